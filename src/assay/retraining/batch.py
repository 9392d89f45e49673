"""A batch of new records: read, given its labels, held to the contract, and written as it will be stored."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from assay.config.dataset import Dataset, personal_columns, targets
from assay.config.schema import Config, Labels
from assay.config.source import Source, sources
from assay.contract.population import exclusions
from assay.errors import AssayError, sample
from assay.joins.join import joining
from assay.labels.policy import ungradable
from assay.monitoring.label_file import codes, label_file
from assay.paths import ARRIVED
from assay.preparation.prepare import prepare, require_columns
from assay.preparation.reconcile import Cleaned, clean
from assay.records.columns import CODE, DATE
from assay.records.dialect import one_cell
from assay.records.formats import CSV, PARQUET, SUFFIXES
from assay.records.reading import read
from assay.records.writing import texts, write_csv
from assay.stages.collect import without

NAME_LENGTH = 12  # hexadecimal digits of the hash in the names of file and experiment
MEND = "correct the batch, and hand it over again"


@dataclass(frozen=True)
class Arrived:
    """A file of new rows as it will be stored.

    where: the file as the user named it. content: its bytes. table: its rows as `assay.records.reading.read` gives
    them.
    """

    where: str
    content: bytes
    suffix: str
    table: pd.DataFrame

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def path(self) -> Path:
        """Where it is kept in the repository."""
        return ARRIVED / f"{self.sha256[:NAME_LENGTH]}{self.suffix}"


@dataclass(frozen=True)
class Batch(Arrived):
    """New records, without personal columns, with their labels.

    unlabelled: how many rows were left out because the file of labels has none for them. tables: the new rows of the
    tables of which columns are made, by name.
    """

    unlabelled: int = 0
    tables: Mapping[str, Arrived] = field(default_factory=dict)

    @property
    def experiment(self) -> str:
        """The name of the experiment that learns from it: the same batch has the same."""
        all_of_it = [self.sha256, *(self.tables[name].sha256 for name in sorted(self.tables))]
        one = all_of_it[0] if len(all_of_it) == 1 else hashlib.sha256("".join(all_of_it).encode()).hexdigest()
        return f"retrain-{one[:NAME_LENGTH]}"

    def place_in(self, dataset: Dataset) -> str:
        """What a contract that names all of it calls the file of its records; "" if it does not."""
        tables = [_named(one, dataset.tables[name].source) for name, one in self.tables.items()]
        return _named(self, dataset.source) if all(tables) else ""


def _named(arrived: Arrived, source: Source) -> str:
    return next((str(one.uri) for one in sources(source) if one.sha256 == arrived.sha256), "")


def batch_of(path: Path, labels: Path | None, dataset: Dataset, tables: Mapping[str, Path] | None = None) -> Batch:
    """The batch in a file; AssayError if it cannot be read, or its labels cannot be joined to it.

    labels: a file with the key and the target of each record, if the batch comes without them. tables: files of new
    rows of the contract's tables, by name.
    """
    rows = {name: _rows(file, dataset.tables[name].source) for name, file in (tables or {}).items()}
    with _copied(path) as (copy, form):
        source = replace(dataset.source, uri=str(path))
        names = _columns(copy, form, source)
        if todo := one_cell(names, source.dialect):
            raise AssayError(f"one column: {sample(names)}", where=str(path), todo=todo)
        there = [name for name in personal_columns(dataset) if name in names]
        if there or form != CSV:
            without(there, copy, form, source)
        unlabelled = _give_labels(copy, form, labels, dataset, str(path)) if labels else 0
        table = read(copy, form, MEND, str(path), dataset.source.dialect)
        return Batch(str(path), copy.read_bytes(), copy.suffix, table, unlabelled, rows)


def _rows(path: Path, source: Source) -> Arrived:
    """New rows of a table of which columns are made."""
    with _copied(path) as (copy, form):
        without([], copy, form, replace(source, uri=str(path)))
        table = read(copy, form, MEND, str(path), source.dialect)
        return Arrived(str(path), copy.read_bytes(), copy.suffix, table)


@contextmanager
def _copied(path: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the file, for a while, and its format; AssayError if it is none."""
    suffix = path.suffix.lower()
    form = SUFFIXES.get(suffix)
    if form is None:
        raise AssayError(f"not one of: {', '.join(SUFFIXES)}", where=str(path), todo="write it as CSV or Parquet")
    if not path.is_file():
        raise AssayError("there is no such file", where=str(path), todo="name the file of the new rows")
    with tempfile.TemporaryDirectory(prefix="assay-batch-") as folder:
        copy = Path(folder, f"batch{'.parquet' if form == PARQUET else suffix}")
        shutil.copyfile(path, copy)
        yield copy, form


def joined(batch: Batch, before: Mapping[str, pd.DataFrame], dataset: Dataset) -> Batch:
    """The batch with the columns that are made of other tables: their rows before, and the new ones.

    AssayError if a table is not given, or has other columns than before, or the batch has a made column.
    """
    if lacking := [name for name in dataset.tables if name not in batch.tables]:
        todo = "give their new rows: " + " ".join(f"--table {name}=FILE" for name in lacking)
        raise AssayError(f"a batch has no rows of other tables: {sample(lacking)}", where=batch.where, todo=todo)
    if there := [name for name in dataset.made if name in batch.table]:
        what = f"the batch has columns that are made of other tables: {sample(there)}"
        raise AssayError(what, where=batch.where, todo="leave them out: the line makes them")
    for name, one in batch.tables.items():
        require_columns([*one.table], [*before[name]], one.where, MEND)
        _require_new_rows(before[name], one)
    rows = {name: [before[name], one.table] for name, one in batch.tables.items()}
    with joining(rows, dataset) as join:
        return replace(batch, table=join(batch.table))


def _require_new_rows(before: pd.DataFrame, arrived: Arrived) -> None:
    """AssayError for a file that has all rows that are there already: each would count twice."""
    there, new = ({*map(tuple, _texts(one[[*before]]).to_numpy())} for one in (before, arrived.table))
    if there and there <= new:
        what = f"the file has all {len(before)} rows that are there already, and they would count twice"
        raise AssayError(what, where=arrived.where, todo="hand over the new rows alone")


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    return table.apply(texts)


def _columns(copy: Path, form: str, source: Source) -> list[str]:
    from assay.records.reading import names_in

    return names_in(copy, form, source.uri, source.dialect)


def _give_labels(copy: Path, form: str, labels: Path, dataset: Dataset, where: str) -> int:
    """Write the target of each record into the copied batch, without those that have none; how many these are."""
    key, names = dataset.key, targets(dataset)
    if not key:
        raise AssayError("labels are joined by the key of a record, and the contract has none", where="--labels")
    dialect = dataset.source.dialect
    table = read(copy, form, MEND, where, dialect)
    arrived = label_file(labels, dataset, lambda there: {key, *names} <= {*there})
    given = arrived.table
    for name, file, expected in ((key, where, table), *((name, str(labels), given) for name in (key, *names))):
        if name not in expected:
            raise AssayError(f"missing column {name}", where=file, todo="labels have the columns of key and target")
    if there := [name for name in names if name in table]:
        todo = "hand over the batch with its labels and no --labels, or without that column"
        raise AssayError(f"the batch has the column {sample(there)} already", where=where, todo=todo)
    codes(arrived, dataset)
    keys = given[key].astype("str")
    if (twice := keys[keys.duplicated()]).size:
        raise AssayError("a record has two labels", where=str(labels), rows=twice.tolist(), todo="keep the right one")
    found = given[names].set_axis(keys).reindex(table[key].astype("str")).set_axis(table.index)
    labelled = table.join(found)[(found.notna() & (found != "")).any(axis=1)]
    if labelled.empty:
        todo = "wait for the labels, or correct their keys"
        raise AssayError(f"none of {len(table)} records has a label", where=str(labels), todo=todo)
    if form == CSV:
        write_csv(labelled, copy, dialect)
    else:
        labelled.to_parquet(copy, index=False)
    return len(table) - len(labelled)


def require_of_the_contract(batch: Batch, config: Config) -> Cleaned:
    """The cleaned records of a batch.

    AssayError, with the lines of the batch, if it has no rows, columns are unknown or missing, a rule is broken that
    stops the line, or a month has no record from which anything can be learned.
    """
    if batch.table.empty:
        raise AssayError("the batch has no rows", where=batch.where, todo=MEND)
    cleaned = clean(batch.table, config.dataset, batch.where, SUFFIXES[batch.suffix])
    usable = learnable(cleaned.records, config.dataset, config.labels)
    months = cleaned.records[DATE].dt.strftime("%Y-%m") if DATE in cleaned.records else None
    counts = usable.groupby(months).agg(["sum", "size"]) if months is not None else None
    empty = [] if counts is None else [f"{month} ({size})" for month, (some, size) in counts.iterrows() if not some]
    if empty or not usable.any():
        what = "nothing can be learned from: no record is of the population and has a label that can be graded"
        said = f"months (records) that {what}: {sample(empty)}" if empty else what
        raise AssayError(said, where=batch.where, todo="leave those months out until their labels are there")
    return cleaned


def learnable(records: pd.DataFrame, dataset: Dataset, labels: Labels) -> "pd.Series[bool]":
    """Which cleaned records are of the population, and have a code that can be graded."""
    codes: Any = records[CODE].astype("str")
    return (exclusions(records, dataset) == "") & (codes != "") & ~ungradable(codes, labels)


def require_new(batch: Batch, raw: pd.DataFrame, dataset: Dataset) -> None:
    """AssayError if records of the batch are among the raw records already, by their key.

    Without a key a record is its row, and every row is new; `repeats` of the contract drops what is equal.
    """
    if not dataset.key:
        return
    there = set(prepare(raw, dataset, "data/raw").ids)
    known = [one for one in prepare(batch.table, dataset, batch.where).ids if one in there]
    if len(known) == len(batch.table):
        raise AssayError(f"nothing new: all {len(known)} records are there already", where=batch.where)
    if known:
        todo = "leave them out of the batch; a corrected label is a decision: assay review"
        what = f"{len(known)} of {len(batch.table)} records are there already"
        raise AssayError(what, where=batch.where, rows=known, todo=todo)
