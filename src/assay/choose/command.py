"""Runs a choice by its name: decides, writes the decision to choices/, and leaves an experiment."""

from collections.abc import Sequence
from pathlib import Path

from assay.choose.candidates import CHOICES, candidates, read_choice
from assay.choose.decision import Record
from assay.choose.folder import DECISIONS, folder_of, write
from assay.choose.judging import judged
from assay.choose.page import candidates_table, sentence
from assay.config.compose import CONF, composed, difference
from assay.dvc_internals.repository import cache_folder
from assay.errors import AssayError, sample
from assay.experiments.refs import experiments
from assay.git import git
from assay.presentation.markdown import Markdown, code
from assay.sweep import execution as sweep
from assay.sweep.folder import Setting
from assay.sweep.log import DONE
from assay.sweep.plan import single

WHY = "a choice is made on a commit, by a rule that is older than its result"


def choose(root: Path, name: str, jobs: int) -> Markdown:
    """Decide, write the decision to choices/, then run the chosen candidate as an experiment; return a summary.

    AssayError unless everything in git is committed, so that the rule is older than what it decides.
    """
    commit = sweep.baseline(root, WHY, besides=str(DECISIONS))
    choice = read_choice(name)
    setting = Setting(f"choose-{name}", root, commit, cache_folder(root), 1)
    _require_committed(root)
    found = candidates(choice)
    record = judged(root, name, choice, found, jobs)
    path = folder_of(name, found[0])
    write(record, path)
    taken = experiment(setting, record.proposal) if record.proposal else ""
    return _summary(record, path, taken)


def experiment(setting: Setting, overrides: Sequence[str]) -> str:
    """Run the whole line with these overrides, as an experiment of DVC; its name. One that exists is not run again."""
    one = single(setting.name, overrides)
    with sweep.warm(setting) as workers:
        listed = sweep.Listed([one], experiments(setting.root, setting.baseline))
        entry = sweep.run(listed, workers, setting)[one.name]
    if entry.state != DONE:
        raise AssayError(
            f"the decision stands, and the line does not run with it: {entry.error or 'see the log'}",
            where=entry.log or one.name,
            todo="mend what it names, and run the command again",
        )
    return one.name


def _require_committed(root: Path) -> None:
    """AssayError unless all of conf/ is committed, and params.yaml is what it composes to."""
    if unknown := git(root, "ls-files", "--others", "--", f"{CONF}/*.yaml").splitlines():
        raise AssayError(
            f"not committed, so what is chosen from could change with the result: {sample(unknown)}",
            where=str(CHOICES.parent),
            todo="git add them; git commit",
        )
    if difference(composed()):
        raise AssayError("params.yaml is not what conf/ composes to", where="params.yaml", todo="assay params")


def _summary(record: Record, path: Path, taken: str) -> Markdown:
    """taken: the name of the experiment, or "" if the incumbent stays."""
    parts = [sentence(record), candidates_table(record), Markdown("Decision: {}").format(code(str(path)))]
    if taken:
        said = Markdown("The experiment {} holds it. Take it: {}. Is it better on the test fold? {}")
        take, ask = f"dvc exp apply {taken}; assay params --keep", f"assay compare HEAD {taken}"
        parts.append(said.format(code(taken), code(take), code(ask)))
    return Markdown("\n\n").join(parts)
