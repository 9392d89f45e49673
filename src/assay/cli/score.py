"""`assay score`: score files of raw records."""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from assay.cli.options import ModelFile, Trust, require_one_name
from assay.errors import AssayError, reported, warn
from assay.scoring.reason_choice import Reasons
from assay.terminal import say

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle

STREAM = "-"
Records = Annotated[str, typer.Argument(metavar="IN", help="A CSV or Parquet file of raw records; -: CSV on stdin.")]
Output = Annotated[
    str, typer.Option("--output", "-o", metavar="OUT", help="A .csv, .jsonl or .parquet file; -: CSV on stdout.")
]
Tables = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=FILE", help="A table that columns are made of, where the records do not have them."),
]
MOST_THREADS = 4  # more would mostly wait for each other


class Extra(StrEnum):
    """The choice for columns that the contract does not declare."""

    REFUSE = "refuse"
    IGNORE = "ignore"


class InUse(NamedTuple):
    """A model, what its rows are to call it, and where it was found, in words."""

    bundle: "Bundle"
    name: str
    place: str


InStage = Callable[[str | None], InUse]


def command(in_stage: InStage) -> Callable[..., None]:
    """The command; in_stage: gives the model in use if no bundle is given."""

    def score(
        records: Records,
        output: Output,
        bundle: ModelFile = None,
        stage: Annotated[str | None, typer.Option(help="Score with what is in this stage.")] = None,
        reasons: Annotated[Reasons | None, typer.Option(help="Which records get reasons; by default alerts.")] = None,
        extra: Annotated[Extra, typer.Option(help="Columns that the contract does not declare.")] = Extra.REFUSE,
        jobs: Annotated[
            int | None, typer.Option("-j", min=1, help="Threads; by default one for each processor, up to 4.")
        ] = None,
        table: Tables = None,
        trust: Trust = None,
    ) -> None:
        """Score a file of raw records of any size: a row for each, with its score, or with the reason why it has none.

        OUT is written whole or not at all, and replaces a file of that name. On stdout rows come as they are made.
        """
        with reported("assay score"):
            from assay.scoring.files import score_file
            from assay.scoring.outputs import Target

            source = None if records == STREAM else Path(records).absolute()
            target = None if output == STREAM else Target.of(Path(output).absolute(), source)
            tables = named(table or [])
            model = chosen(bundle, stage, trust or (), in_stage)
            start, replaced = time.perf_counter(), bool(target and target.path.exists())
            threads, ignore = jobs or min(MOST_THREADS, os.cpu_count() or 1), extra == Extra.IGNORE
            tally = score_file(model.bundle, source, target, reasons, ignore, threads, name=model.name, tables=tables)
            say(tally.summary(time.perf_counter() - start), error=True)
            say(f"model: {model.name}, {model.place}", error=True)
            if target:
                say(f"{output}: {'replaced' if replaced else 'written'}", error=True)
            for one in tally.warnings(model.bundle.description):
                warn(one)

    return score


def named(tables: Sequence[str]) -> dict[str, Path]:
    """The files of tables, by name, from texts NAME=FILE; AssayError if one is none."""
    if wrong := [one for one in tables if not all(one.partition("="))]:
        raise AssayError(f"not NAME=FILE: {', '.join(wrong)}", where="--table", todo="such as --table labs=labs.csv")
    given = [(name, Path(file).absolute()) for name, _, file in (one.partition("=") for one in tables)]
    if twice := sorted(name for name, count in Counter(name for name, _ in given).items() if count > 1):
        todo = "a table is one file here: write its rows into one"
        raise AssayError(f"given more than once: {', '.join(twice)}", where="--table", todo=todo)
    return dict(given)


def chosen(bundle: Path | None, stage: str | None, trusted: Collection[str], in_stage: InStage) -> InUse:
    """The model of this folder or archive, else of this stage, else the one in use."""
    require_one_name(bundle, stage)
    return of_place(bundle, trusted) if bundle else in_stage(stage)


def of_place(place: Path, trusted: Collection[str]) -> InUse:
    """The model of a folder or an archive, as somebody names it."""
    from assay.bundle.loading import load
    from assay.scoring.files import model_name

    loaded = load(place.absolute(), trusted=trusted)
    return InUse(loaded, model_name(loaded), f"of {place}")
