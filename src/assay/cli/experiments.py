"""`assay experiments`: every revision in a table that fits a terminal."""

from typing import Annotated

import typer

from assay.cli.options import AsJson
from assay.errors import reported
from assay.root import enter_root
from assay.terminal import say

ROWS_SHOWN = 30  # rows that are shown unless more are asked for


def experiments(
    conditions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CONDITION...",
            help="Only rows that meet it: a text that they contain, or COLUMN=VALUE (also != < > <= >=).",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            help="Columns, with commas: name,changed,recall,test.recall,model.max_depth; + before the first adds."
        ),
    ] = None,
    sort: Annotated[
        str | None, typer.Option(help="Order by this column: a metric from the best, another ascending.")
    ] = None,
    reverse: Annotated[bool, typer.Option(help="The other way round.")] = False,
    flat: Annotated[bool, typer.Option("--flat", help="One list, not a group for each commit.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="So many rows; 0 for all.")] = ROWS_SHOWN,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, every column or those named: all rows.")] = False,
    as_json: AsJson = False,
) -> None:
    """List experiments in any state, branches, tags and the workspace: what each changes, and what that gives.

    Figures are out of fold; those of the test fold have names of their own, as in test.recall. Takes none of DVC's
    locks, so it answers while something runs.
    """
    from assay.overview import output

    with reported("assay experiments"):
        enter_root()
        rows = output.rows(conditions or [], sort, reverse, flat)
        if as_json:
            typer.echo(output.json_of(rows))
        elif as_csv:
            typer.echo(output.csv_of(rows, columns), nl=False)
        else:
            say(output.table_of(rows, columns, limit, flat))
