"""The `assay` command of the small distribution: what a machine needs that only scores."""

import os
from typing import Annotated

import typer

from assay.cli import score, serve
from assay.cli.bundle import bundle
from assay.errors import DEBUG_VARIABLE

HELP = """
Score records with a model that `assay bundle export` has packed.

\b
  assay bundle show FILE                    the model: for what, at which threshold, with which figures
  assay bundle check FILE                   is it whole, and does it fit what is installed here?
  assay score IN -o OUT --bundle FILE       score a file of raw records: each gets a score, or the reason why not
  assay serve --bundle FILE --port 8000     score records over HTTP; a page to try it
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(bundle, name="bundle")
app.command()(score.command(None))
app.command()(serve.command(None))


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"


def main() -> None:
    """The entry point."""
    app()
