"""The `assay` command: what DVC's own commands do not do."""

import os
import sys
from typing import Annotated

import typer

from assay.config.stage import enter_root
from assay.errors import DEBUG_VARIABLE, AssayError, reported

HELP = """
Reproducible experiments on rare-outcome tables.

The work itself is plain DVC; this command adds what DVC does not have.

\b
  dvc repro                      run what is out of date, from raw records to metrics
  dvc exp run -S model=logistic  try something, keep it as an experiment
  dvc exp show                   compare the experiments
  assay params                   write params.yaml from conf/ after an edit there
  assay report                   open the report of the last run

What can be set stands in conf/, one folder per choice; each file opens with the command that uses it.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"


@app.command()
def params(
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Choices other than conf's own: model=logistic model.C=0.3")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; fail with a diff when params.yaml and conf/ disagree."),
    ] = False,
) -> None:
    """Compose conf/ into params.yaml, the one file that `dvc repro` reads.

    The bytes are those that `dvc exp run` writes. Run it after an edit in conf/, and commit both.
    """
    from assay.config.compose import PARAMS, composed, difference
    from assay.files import write_text

    with reported("assay params"):
        enter_root()
        text = composed(overrides or [])
        changed = difference(text)
        if check and changed:
            raise AssayError(
                f"{PARAMS} is not what conf/ composes to:\n{changed}",
                todo=f"assay params (takes conf/ as it is), or put the change of {PARAMS} into conf/",
            )
        if not check:
            write_text(PARAMS, text)
        typer.echo(f"{PARAMS}: {'unchanged' if not changed else 'written'}")


@app.command()
def report(
    browser: Annotated[bool, typer.Option(help="Open it; otherwise only print where it is.")] = True,
) -> None:
    """Open reports/report.html, the page of the last run; it needs no network."""
    import webbrowser

    from assay.paths import REPORT

    with reported("assay report"):
        root = enter_root()
        page = root / REPORT
        if not page.exists():
            raise AssayError("there is no report yet", where=str(page), todo="run: dvc repro")
        typer.echo(page)
        if browser and sys.stdout.isatty():
            webbrowser.open(page.as_uri())


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
