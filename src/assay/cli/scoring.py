"""The `assay` command of the small distribution: what a machine needs that only scores."""

from assay.cli import score, serve
from assay.cli.bundle import bundle
from assay.cli.options import command_line, no_stage

HELP = """
Score records with a model that `assay bundle export` has packed.

\b
  assay bundle show FILE                    the model: for what, at which threshold, with which figures
  assay bundle check FILE                   is it whole, and does it fit what is installed here?
  assay score IN -o OUT --bundle FILE       score a file of raw records: each gets a score, or the reason why not
  assay serve --bundle FILE --port 8000     score records over HTTP; a page to try it
"""

app = command_line(HELP)
app.add_typer(bundle, name="bundle")
app.command()(score.command(no_stage))
app.command()(serve.command(no_stage))


def main() -> None:
    """The entry point."""
    app()
