"""The `assay` command, which adds what DVC's own commands do not do."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assay.cli import monitor, score, serve
from assay.cli.board import board
from assay.cli.budget import budget
from assay.cli.bundle import bundle
from assay.cli.costs import costs, write_page
from assay.cli.deps import deps
from assay.cli.diagnose import diagnose
from assay.cli.doctor import doctor, go_back
from assay.cli.enlarge import enlarge
from assay.cli.experiments import experiments
from assay.cli.export import export
from assay.cli.export_mlflow import export_mlflow
from assay.cli.labels import labels
from assay.cli.merge import merge, rebase, settle
from assay.cli.options import AsJson, AsMarkdown, Base, Head, command_line
from assay.cli.params import params
from assay.cli.proof import pr_report, remote, verify
from assay.cli.readiness import readiness
from assay.cli.reasons import reasons
from assay.cli.registry import promote, registry, rollback, scored, served
from assay.cli.replay import replay
from assay.cli.retrain import retrain
from assay.cli.review import review
from assay.cli.tables import init_dataset, start, update
from assay.errors import AssayError, reported, warn
from assay.root import enter_root
from assay.terminal import print_markdown, say

HELP = """
Reproducible experiments on rare-outcome tables.

Plain DVC does the work; this command adds what DVC does not have.

\b
  dvc repro                      run what is out of date, from raw records to metrics
  dvc exp run -S model=logistic  try something, keep it as an experiment
  dvc exp show                   compare the experiments
  assay experiments              the same in any state, with branches and tags, as a table that fits a terminal
  assay params                   write params.yaml from conf/ after an edit there
  assay deps                     link what code each stage depends on (src/deps), after a change of imports
  assay params --keep            keep an experiment: write its values from params.yaml into conf/
  assay board                    a local page: experiments, comparison, data, labels, models, watch
  assay report                   open the report of the last run
  assay reasons RECORD           why does the model give a record its score?
  assay bundle show              the model folder: for what, at which threshold; check: is it whole?
  assay score IN -o OUT          score a file of raw records of any size: each gets a score, or the reason why not
  assay serve --port 8000        score records over HTTP with the model; a page to try it
  assay monitor BATCH|LOG        do arriving records resemble the training? Fine, watch or retrain
  assay diagnose                 what holds the model back: features, parameters, labels, data, or too few records?
  assay costs                    what each stage cost: time, memory, bytes, beside the run before
  assay budget                   what does the model cost to run? Size, memory, latency, records per second
  assay readiness                can it go into use? One page: needs, costs, risks, what is open
  assay compare main             is the workspace really better than main?
  assay learning-curve           would more data help?
  assay replay                   what would retraining have been worth? Production simulated month by month
  assay verify                   run the last commit afresh: does it give what its dvc.lock says?
  assay labels diff main         which records are labelled differently, and who decided that?
  assay merge BRANCH             merge: you decide on conf/, labels, code; a run makes the rest
  assay rebase main              the same for a rebase
  assay settle                   after git merge or cherry-pick: run what the result needs, and complete the commit
  assay pr-report                report on a pull request: is the branch reproducible, and what does it change?
  assay review --annotator ann   decide on the labels that most deserve a second look, on a local page
  assay init-dataset FILE        describe a table of your own, so that all of this runs on it
  assay enlarge FILE -o OUT --rows N    a larger table that resembles one: what will that one cost?
  assay start FOLDER --table FILE    a repository of your own, around that table;  assay update: later versions in it
  assay choose                   which model should it be? Decided out of fold, by a rule that was fixed before
  assay promote                  put the model of the last commit in use, if it passes the gate
  assay rollback --reason TEXT   put the version before in use again
  assay retrain --data FILE      learn from new records: an experiment, compared with what is in use
  assay registry                 which version is in use, who decided that and why, who has signed it
  assay export-mlflow --to URL   the experiments as runs of MLflow, each once
  assay sweep depth              run the experiments of conf/sweep/depth.yaml, fast
  assay remote                   does the DVC remote hold the last commit's data and models, unharmed?
  assay doctor                   what is wrong with this clone? --mend repairs it and keeps what it replaces
  assay back                     restore the results of the last commit

All settings are in conf/, one folder per choice; each file begins with the command that uses it.
"""


class FailOn(StrEnum):
    """Verdicts that can be made to fail a command."""

    WORSE = "worse"
    UNDECIDED = "undecided"


app = command_line(HELP)
app.add_typer(labels, name="labels")
bundle.command()(export)
app.add_typer(bundle, name="bundle")
app.command()(params)
app.command()(board)
app.command()(review)
app.command()(serve.command(served))
app.command()(reasons)
app.command()(replay)
app.command()(retrain)
app.command()(score.command(scored))
app.command()(monitor.command(scored))
app.command()(costs)
app.command()(budget)
app.command()(readiness)
app.command()(deps)
app.command()(diagnose)
app.command()(doctor)
app.command()(experiments)
app.command()(export_mlflow)
app.command("back")(go_back)
for command in (
    init_dataset,
    enlarge,
    start,
    update,
    verify,
    pr_report,
    remote,
    merge,
    rebase,
    settle,
    promote,
    rollback,
    registry,
):
    app.command()(command)


@app.command()
def report(
    browser: Annotated[bool, typer.Option(help="Open it; otherwise only print where it is.")] = True,
) -> None:
    """Open reports/report.html, the page of the last run; it needs no network."""
    import webbrowser

    from assay.lineage.checks import require
    from assay.lineage.graph import graph
    from assay.paths import REPORT

    with reported("assay report"):
        root = enter_root()
        page = root / REPORT
        if not page.exists():
            raise AssayError("there is no report yet", where=str(page), todo="run: dvc repro")
        require(REPORT)
        say(page)
        if costs_page := write_page(list(graph().nodes)):
            say(f"what each stage cost: {root / costs_page[1]}")
        if browser and sys.stdout.isatty():
            webbrowser.open(page.as_uri())


@app.command()
def compare(
    base: Base = "main",
    head: Head = "workspace",
    markdown: AsMarkdown = False,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option(help="Write the page with pictures to this file.")] = None,
    fail_on: Annotated[FailOn | None, typer.Option(help="Exit with 3 if the verdict is this.")] = None,
    resamples: Annotated[int, typer.Option(min=100, help="Bootstrap resamples.")] = 10_000,
    out_of_fold: Annotated[
        bool, typer.Option("--out-of-fold", help="On train and validation, to choose by: the test fold is left alone.")
    ] = False,
) -> None:
    """Is HEAD really better than BASE? The same records, paired, with intervals.

    Reads both sides' tracked predictions by hash, from the cache or a remote; nothing is checked out or run.
    """
    import json

    from assay.compare import show
    from assay.compare.page import compared
    from assay.experiments.revisions import WORKSPACE, revision

    with reported("assay compare"):
        enter_root()
        page = compared(revision(base), revision(head), resamples, out_of_fold)
        if WORKSPACE in (base, head):
            _warn_of_the_workspace()
        if html:
            from assay.files import write_text

            write_text(html, show.as_html(page))
        if as_json:
            typer.echo(json.dumps(show.as_json(page), indent=2))
        else:
            print_markdown(show.as_markdown(page), as_it_is=markdown)
    if fail_on and page.comparison.verdict == fail_on.value:
        raise typer.Exit(3)


def _warn_of_the_workspace() -> None:
    """Say if what was compared is not of the parameters and files that are here now."""
    from assay.overview.local import workspace
    from assay.sweep.log import DONE

    row = workspace("")
    if row.state != DONE:
        warn(f"the results in the workspace are not of what is here now: {row.state}, {row.note}")


@app.command()
def sweep(
    name: Annotated[str, typer.Argument(help="A file of conf/sweep/, or with -S a name of your own.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("-S", "--set-param", help="As dvc exp run takes it: 'model.max_depth=2,3,4'"),
    ] = None,
    jobs: Annotated[int | None, typer.Option("-j", min=1, help="Workers; by default one for each processor.")] = None,
    on: Annotated[
        str, typer.Option(metavar="tcp://HOST:PORT", help="A scheduler of dask: its workers run the experiments.")
    ] = "",
) -> None:
    """Run many experiments fast, each a real DVC experiment; the same command continues a killed sweep.

    Every combination is checked before the first one runs. See them with dvc exp show, take one with dvc exp apply.
    """
    from assay.sweep.command import swept

    with reported("assay sweep"):
        summary, complete = swept(enter_root(), name, overrides or [], jobs, on)
        print_markdown(summary)
    if not complete:
        raise typer.Exit(1)


@app.command()
def choose(
    name: Annotated[str, typer.Argument(help="A file of conf/choice/.")] = "models",
    jobs: Annotated[int | None, typer.Option("-j", min=1, help="Processes; by default one for each processor.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether the last decision holds and is in use.")
    ] = False,
) -> None:
    """Which model should the line use? Decide by scores out of fold, under a rule that was fixed before.

    The test fold is not read before the decision is written, to choices/. The same command continues one that was
    killed.
    """
    from assay.choose import check as checking
    from assay.choose import command

    with reported("assay choose"):
        root = enter_root()
        if check:
            say(checking.check(name))
        else:
            print_markdown(command.choose(root, name, jobs or os.cpu_count() or 1))


@app.command()
def learning_curve(
    doublings: Annotated[int, typer.Option(min=1, help="How often to halve the number of records.")] = 4,
    repeats: Annotated[int, typer.Option(min=1, help="Random parts of each size.")] = 3,
    output: Annotated[Path, typer.Option(help="The folder for the table and the picture.")] = Path(".assay/learning"),
) -> None:
    """Would more data help? Show average precision out of fold by number of training records.

    Needs the model of the last run; fits it anew many times, which takes a minute or two.
    """
    from assay.config.load import load
    from assay.experiments.learning_curve import as_markdown, of_the_last_run, write
    from assay.presentation.markdown import Markdown, code

    with reported("assay learning-curve"):
        enter_root()
        points = of_the_last_run(load().training.folds, doublings, repeats)
        write(points, output)
        print_markdown(Markdown("{}\n\nTable and picture: {}").format(as_markdown(points), code(str(output))))


def main() -> None:
    """The entry point."""
    app()
