"""Scores files of records, in batches, into files of scores: `assay score`."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from assay.ahead import ahead
from assay.bundle.contributions import no_reasons
from assay.errors import AssayError, sample, warn
from assay.joins.join import Joiner, joining
from assay.progress import progress
from assay.records.batches import raw_batches
from assay.records.dialect import one_cell
from assay.records.formats import CSV, SUFFIXES
from assay.records.streaming import Batch, CsvRecords, ParquetRecords
from assay.scoring.outputs import Output, Target, to_file, to_stdout
from assay.scoring.reason_choice import Reasons
from assay.scoring.rows import HASH, rows
from assay.scoring.scorer import Scorer, wanted
from assay.scoring.tally import Tally

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle
    from assay.config.dataset import Dataset
    from assay.config.source import Dialect

Item = TypeVar("Item")
Made = TypeVar("Made")
STDIN = "stdin"
CORRECT = "correct the file"
Records = CsvRecords | ParquetRecords


@dataclass(frozen=True)
class Job:
    """Scores batches of one file for one output; several threads may do so at a time.

    model: what the rows call the model. join: makes the columns of other tables, where they are given.
    """

    scorer: Scorer
    output: Output
    reasons: Reasons
    where: str
    model: str
    join: Joiner | None

    def __call__(self, batch: Batch) -> tuple[bytes | pa.RecordBatch, Tally]:
        """The rows of a batch as they are written, and their counts."""
        table = batch.table(self.where, CORRECT)
        scored = self.scorer(self.join(table) if self.join else table, self.where)
        explanations = self.scorer.explanations(scored, wanted(scored, self.reasons))
        made = rows(scored, explanations, self.model, self.scorer.bundle.data[:HASH])
        return self.output.encoded(made), Tally.of(scored)


def score_file(
    bundle: "Bundle",
    source: Path | None,
    target: Target | None,
    reasons: Reasons | None,
    ignore_extra: bool,
    threads: int,
    *,
    name: str = "",
    tables: Mapping[str, Path] | None = None,
) -> Tally:
    """Score the records of a file, or of stdin, into a file, or to stdout; its counts.

    tables: files of the tables of which columns are made, by name; none if the records have these columns. reasons:
    None is for alerts, if the model has exact ones. name: what the rows call the model, by default `model_name`.
    AssayError as of `score`, if reasons are asked of a model that has none, and as of
    `assay.scoring.outputs.to_file`.
    """
    chosen = chosen_reasons(bundle.description.get("without_reasons"), reasons)
    dialect = bundle.dataset.source.dialect
    with (
        open_records(source, dialect) as records,
        to_file(target) if target else to_stdout() as output,
        of_files(tables or {}, bundle.dataset) as join,
    ):
        scorer = Scorer(bundle)
        job = Job(scorer, output, chosen, records.where, name or model_name(bundle), join)
        return score(job, records, ignore_extra=ignore_extra, threads=threads)


@contextmanager
def of_files(tables: Mapping[str, Path], dataset: "Dataset") -> Iterator[Joiner | None]:
    """A joiner of records with these files; None if there are none. AssayError for a table that the contract lacks."""
    require_tables(tables, dataset)
    todo = "name the file of its rows: --table NAME=FILE"
    if not tables:
        yield None
        return
    rows = {name: raw_batches(path, dataset.tables[name].source.dialect, todo=todo) for name, path in tables.items()}
    with joining(rows, dataset) as join:
        yield join


def require_tables(names: Iterable[str], dataset: "Dataset") -> None:
    """AssayError for a table that the contract does not have."""
    if unknown := sorted({*names} - {*dataset.tables}):
        known = ", ".join(dataset.tables) or "none"
        raise AssayError(f"no table {sample(unknown)}", where="--table", todo=f"the contract has: {known}")


def chosen_reasons(without: str | None, reasons: Reasons | None) -> Reasons:
    """Which records get reasons, from a wish, or None; `without`: why the model has none."""
    if not without or reasons == Reasons.NONE:
        return reasons or Reasons.ALERTS
    if reasons:
        raise no_reasons(without)
    warn(f"no reasons: {without}")
    return Reasons.NONE


def score(job: Job, records: Records, *, ignore_extra: bool = False, threads: int = 1) -> Tally:
    """Write a row for each record, in their order, and count what became of them.

    AssayError if columns are missing or (unless `ignore_extra`) unknown, if there is no record, or if the file is none.
    """
    columns = read_columns(job.scorer, records, ignore_extra=ignore_extra, join=job.join)
    tally = Tally()
    with progress(records.size, "scoring", records.unit) as bar:
        for encoded, counts in in_order(job, records.batches(columns), threads):
            job.output.write(encoded)
            tally.add(counts)
            bar.update(records.done() - bar.n)
    if not tally.rows:
        raise AssayError("the table has no rows", where=records.where, todo=CORRECT)
    return tally


@contextmanager
def open_records(path: Path | None, dialect: "Dialect | None" = None) -> Iterator[Records]:
    """The records of a CSV or Parquet file, or without a path those of a CSV on stdin; AssayError if it is none.

    dialect: how the CSV is written, if not in the usual way.
    """
    if path is None:
        yield CsvRecords(sys.stdin.buffer, STDIN, CORRECT, dialect)
        return
    form = SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise AssayError(f"a file of records ends with {', '.join(SUFFIXES)}", where=str(path), todo="convert it")
    with path.open("rb") as stream:
        where = str(path)
        yield CsvRecords(stream, where, CORRECT, dialect) if form == CSV else ParquetRecords(stream, where, CORRECT)


def read_columns(scorer: Scorer, records: Records, *, ignore_extra: bool, join: Joiner | None = None) -> list[str]:
    """The columns of a file that are read: those that a score needs, and what others are checked against, if there.

    With `join`, which makes columns, the file has those instead that say which rows of other tables belong to a record.

    AssayError for one that is missing, and (unless `ignore_extra`) for one that the contract does not declare.
    """
    dataset, there = scorer.bundle.dataset, {*records.names}
    needed = columns_of(scorer, join)
    missing = [name for name in needed if name not in there and name not in scorer.optional]
    unknown = [name for name in records.names if name not in needed and name not in scorer.unread]
    unknown = [] if ignore_extra else unknown
    if missing:
        more = f"; unknown column {sample(unknown)}" if unknown else ""
        todo = "give them these names; a column without values needs its name too"
        todo = one_cell(records.names, dataset.source.dialect) or todo
        todo = join_them(dataset) if not join and {*missing} <= {*dataset.made} else todo
        raise AssayError(f"missing column {sample(missing)}{more}", where=records.where, todo=todo)
    if unknown:
        todo = "rename or remove them, or leave them unread: --extra ignore"
        raise AssayError(f"unknown column {sample(unknown)}", where=records.where, todo=todo)
    return [name for name in records.names if name in needed]


def columns_of(scorer: Scorer, join: Joiner | None) -> list[str]:
    """The columns that a file is to have. With `join`, which makes columns, those by which it does instead of these."""
    names = [*scorer.contract.columns]
    if not join:
        return names
    return list(dict.fromkeys([*(name for name in names if name not in scorer.bundle.dataset.made), *join.needed]))


def join_them(dataset: "Dataset") -> str:
    """The advice where a file lacks the columns that are made of other tables."""
    return "join it with the tables: " + " ".join(f"--table {name}=FILE" for name in dataset.tables)


def in_order(function: Callable[[Item], Made], items: Iterable[Item], threads: int) -> Iterator[Made]:
    """The results for items, in their order; `threads` of them are made at a time, and few more items are taken.

    >>> list(in_order(str, range(5), threads=2))
    ['0', '1', '2', '3', '4']
    """
    if threads == 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        for future in ahead(lambda item: pool.submit(function, item), items, most=threads + 1):
            yield future.result()


def model_name(bundle: "Bundle", version: str = "") -> str:
    """The version of a model, or the name of one without, and the start of the hash of its bundle."""
    return f"{version or bundle.name}/{bundle.hash[:HASH]}"
