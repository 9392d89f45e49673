"""`assay enlarge`: a larger table that resembles a given one."""

from pathlib import Path
from typing import Annotated

import typer

from assay.errors import reported
from assay.terminal import say


def enlarge(
    table: Annotated[Path, typer.Argument(help="A CSV with a header, or a Parquet file.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A .csv or .parquet file; with --part-rows, a folder.")
    ],
    rows: Annotated[int, typer.Option(min=1, help="How many rows to write.")],
    target: Annotated[str | None, typer.Option(help="The column of the outcome.")] = None,
    number: Annotated[
        list[str] | None,
        typer.Option(help="A column that gets the number of the copy behind its values: a key, a group. Repeatable."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    part_rows: Annotated[int | None, typer.Option(min=1, help="Write Parquet files of so many rows each.")] = None,
) -> None:
    """Write a larger table with the distributions, correlations, gaps and prevalence of a given one.

    For benchmarks, and to see what a table will cost before it is there.
    """
    from assay.enlarging.enlarge import Wish
    from assay.enlarging.write import enlarge as enlarged

    with reported("assay enlarge"):
        enlarged(table, output, Wish(rows, seed, target, tuple(number or ())), part_rows)
        say(f"written: {output}: {rows:,} rows like those of {table}")
