"""`assay reasons`: why the model gives a record its score."""

from pathlib import Path
from typing import Annotated

import typer

from assay.cli.options import AsMarkdown
from assay.errors import AssayError, reported
from assay.root import enter_root
from assay.terminal import print_markdown, say


def reasons(
    records: Annotated[list[str] | None, typer.Argument(help="Ids of records, of any fold.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All records of the folds, a row for each.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write a table with every contribution to this file.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="Reasons for each; by default evaluation.reasons.")] = None,
    markdown: AsMarkdown = False,
) -> None:
    """Why does a record have its score? Show the features that raise and lower it most, and by how much.

    What a feature adds is exact, in log odds, and adds up to those of the model's own score, which may be recalibrated
    afterwards. It says how the model came to the score, not what brought the outcome about.
    """
    with reported("assay reasons"):
        from assay.config.load import load
        from assay.report.records import as_table, in_full, in_short, reasoned
        from assay.tables import write_table

        path = csv.absolute() if csv else None
        enter_root()
        if bool(records) == every:
            raise AssayError(
                "name records, or say --all", todo="assay reasons RECORD, or: assay reasons --all --csv FILE"
            )
        found = reasoned(None if every else records, top or load().evaluation.reasons)
        if path:
            write_table(path, as_table(found))
            say(f"{path}: {len(found.X)} records")
        else:
            print_markdown(in_short(found) if every else in_full(found), as_it_is=markdown)
