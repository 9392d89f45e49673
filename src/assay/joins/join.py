"""Makes the columns of other tables: each record gets what was known of it before its time."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.contract.values import ColumnReader
from assay.errors import AssayError, sample
from assay.joins import sql
from assay.joins.checks import MOST_NAMED, NAMED, plain, require_alike, require_known, require_useful, require_values
from assay.joins.rows import as_number, of_table, places, rows
from assay.records.database import MEMORY, database, in_bytes
from assay.records.feature_table import with_columns
from assay.records.query_result import Answer
from assay.records.writing import texts

if TYPE_CHECKING:
    import duckdb

    from assay.config.dataset import Dataset

ASKS = "dataset.made"
COUNTED = ("rows", "of_records", "before", "no_time", "repeated")
BATCH = "batch"  # what is loaded next
BATCH_ROWS = 1 << 16  # records whose columns are read at a time
PAIR = 64  # bytes of memory for each made column of each record, and of each row of one: as measured, with numbers
SHARE = 2  # what is joined at a time may take this part of the memory: one half
DISK_IS_FULL = "offload"  # what DuckDB says of memory where there is no room for what it would write
MOST_PARTS = 1 << 20  # of a key's records: more do not help

Batches = Iterable[pd.DataFrame]


@contextmanager
def joining(
    tables: Mapping[str, Batches], dataset: "Dataset", scratch: Path | None = None, memory: str = MEMORY
) -> "Iterator[Joiner]":
    """A `Joiner` of records with the rows of other tables: DuckDB has these rows, on the disk if they are many.

    tables: for each of `dataset.tables`, its rows in batches as `assay.records.reading.read` gives them, the index
    being the number of the row. scratch: a folder for what does not fit into `memory`. AssayError if a table is not
    given, lacks a column, or holds a time or number that cannot be read.
    """
    if absent := [name for name in dataset.tables if name not in tables]:
        given = ", ".join(sorted(tables)) or "none"
        what = f"missing table {sample(absent)} (given: {given})"
        raise AssayError(what, where=ASKS, todo=f"give it: {absent[0]}=FILE")
    folder = scratch or Path(tempfile.gettempdir())
    with database(folder, "dataset.tables", ASKS, memory=memory) as connection:
        connection.create_function(sql.PLAIN, plain, ["VARCHAR"], "VARCHAR")
        for name in dataset.tables:
            found = (rows(name, one, dataset) for one in tables[name])
            with _loaded(connection, sql.types_of_rows(name, dataset), found):
                run(connection, sql.stored_rows(name, dataset))
            run(connection, sql.stored_keys(name, dataset))
        yield Joiner(connection, dataset, in_bytes(memory))


class Joiner:
    """Makes the columns of any number of batches of records; several threads may do so at a time.

    needed: the columns of a record that say which rows belong to it. memory: in bytes. See `joining`.
    """

    def __init__(self, connection: "duckdb.DuckDBPyConnection", dataset: "Dataset", memory: int) -> None:
        self.connection, self.dataset, self.memory, self.lock = connection, dataset, memory, Lock()
        self.needed = sorted({one for one in (dataset.index, *sql.compared(dataset)) if one})

    def __call__(self, records: pd.DataFrame) -> pd.DataFrame:
        """The raw records with the made columns behind their own: float64, Int64 for a count, or str.

        AssayError as of `pending`.
        """
        with self.pending([records]) as join:
            join.make()
            return next(with_made([records], join.made(), self.dataset))

    @contextmanager
    def pending(self, batches: Batches) -> "Iterator[PendingJoin]":
        """The join of these records, which have been read; batches: with the columns `needed`, others are ignored.

        AssayError if the records lack a column that says which rows belong to them, or have a made one already, or
        their keys are written in another way than those of a table.
        """
        with self.connection.cursor() as cursor:
            found = _keys_and_times(batches, self.dataset, self.needed)
            with _loaded(cursor, sql.types_of_records(self.dataset), found):
                for column in sql.compared(self.dataset):
                    run(cursor, sql.stored_records(column, self.dataset))
            for name in self.dataset.tables:
                require_alike(name, self._written_otherwise(name, cursor))
            yield PendingJoin(cursor, self.dataset, self.memory)

    def _written_otherwise(self, name: str, cursor: "duckdb.DuckDBPyConnection") -> list[Any]:
        if not run(cursor, f"{sql.without_rows(name, self.dataset)} LIMIT 1"):
            return []
        with self.lock:
            run(cursor, sql.stored_plain_keys(name, self.dataset))
        return run(cursor, sql.written_otherwise(name, self.dataset, NAMED))


class PendingJoin:
    """Records in DuckDB beside the rows of other tables: `make` makes their columns. One thread at a time."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection", dataset: "Dataset", memory: int) -> None:
        self.connection, self.dataset = connection, dataset
        self.pairs = memory // SHARE // PAIR

    def counts(self) -> dict[str, dict[str, int]]:
        """Of each table how many rows it has, belong to records, were known before, lack a time, and are repeated.

        `repeated`: rows that agree with another one in all that is read of them. AssayError if no row belongs to any
        record, or was known at its time, or none has a value that `where` asks for.
        """
        found = {}
        for name in self.dataset.tables:
            (row,) = run(self.connection, sql.counts(name, self.dataset))
            found[name] = dict(zip(COUNTED, row, strict=True))
            require_known(name, found[name], self.dataset)
            self._require_where(name)
        return found

    def _require_where(self, name: str) -> None:
        for made, one in of_table(name, self.dataset).items():
            for column, wanted in one.where.items():
                found = run(self.connection, sql.values(name, column, wanted, MOST_NAMED, self.dataset))
                require_values(made, column, found, self.dataset)

    def make(self, prefix: str = sql.TAKEN) -> None:
        """Make the columns, of a span of keys at a time, as relations with this prefix."""
        for name in self.dataset.tables:
            relation = sql.taken(prefix, name, self.dataset)
            empty = sql.joined(name, self.dataset, sql.Span(0, 0))
            run(self.connection, f"CREATE TEMP TABLE {relation} AS {empty} WITH NO DATA")
            for span in self._spans(name):
                self._insert(relation, name, span)

    def _spans(self, name: str) -> Iterator[sql.Span]:
        """The spans of keys that are joined with a table at a time."""
        most = max(1, self.pairs // (1 + len(of_table(name, self.dataset))))
        for first, last, pairs in run(self.connection, sql.spans(name, self.dataset, most)):
            parts = 1 + int(pairs) // (SHARE * most)
            yield from (sql.Span(first, last, part, parts) for part in range(parts))

    def _insert(self, relation: str, name: str, span: sql.Span) -> None:
        """Make the columns of a span; where that needs more memory than there is (long texts), half at a time."""
        import duckdb

        try:
            run(self.connection, f"INSERT INTO {relation} {sql.joined(name, self.dataset, span)}")
        except duckdb.OutOfMemoryException as error:
            if span.parts > MOST_PARTS or DISK_IS_FULL in str(error):
                raise
            for half in span.halves():
                self._insert(relation, name, half)

    def require_useful(self) -> None:
        """AssayError for a made column that is empty, or 0, for every record."""
        for name in self.dataset.tables:
            (found,) = run(self.connection, sql.useful(name, self.dataset))
            require_useful(dict(zip(of_table(name, self.dataset), found, strict=True)), self.dataset)

    def made(self) -> pa.RecordBatchReader:
        """The columns that `make` made, under the names of their places, a row for each record, in their order."""
        return self.connection.sql(sql.every_made(self.dataset)).to_arrow_reader(BATCH_ROWS)


def with_made(batches: Batches, made: pa.RecordBatchReader, dataset: "Dataset") -> Iterator[pd.DataFrame]:
    """Batches of records with the made columns behind their own."""
    names, answer = places(dataset.made), Answer(made)
    for batch in batches:
        found = answer.take(len(batch))
        yield with_columns(batch, {name: _typed(found[place], batch.index) for name, place in names.items()})


def run(connection: "duckdb.DuckDBPyConnection", query: str) -> list[Any]:
    """Run a query to its end; its rows."""
    return connection.execute(query).fetchall()


@contextmanager
def _loaded(connection: "duckdb.DuckDBPyConnection", types: Mapping[str, str], batches: Batches) -> Iterator[None]:
    """All batches as the relation `sql.LOADED`, dropped after the block; types: of its columns, in SQL."""
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    run(connection, f"CREATE TEMP TABLE {sql.LOADED} ({columns})")
    for batch in batches:
        # To DuckDB NaN is more than any number: a record without time would get all rows. NULL gets none.
        connection.register(BATCH, pa.Table.from_pandas(batch, preserve_index=False))
        run(connection, f"INSERT INTO {sql.LOADED} BY NAME SELECT * FROM {BATCH}")
        connection.unregister(BATCH)
    yield
    run(connection, f"DROP TABLE {sql.LOADED}")


def _keys_and_times(batches: Batches, dataset: "Dataset", needed: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Each record's number, its time as a number (0 without `dataset.index`), and its keys in other tables (str)."""
    start = 0
    for records in batches:
        _require_own(records, dataset, needed)
        found = {sql.ROW: start + np.arange(len(records)), sql.AT: _moments(records, dataset)}
        keys = {sql.key_of(one, dataset): texts(records[one]).array for one in sql.compared(dataset)}
        yield pd.DataFrame({**found, **keys})
        start += len(records)


def _require_own(records: pd.DataFrame, dataset: "Dataset", needed: Sequence[str]) -> None:
    if absent := [name for name in needed if name not in records]:
        todo = "it says which rows of other tables belong to a record"
        raise AssayError(f"missing column {sample(absent)}", where="the records", todo=todo)
    if there := [name for name in dataset.made if name in records]:
        what = f"the records have a column {sample(there)}, which is to be made of another table"
        todo = "give the made column another name, or take that of the records out"
        raise AssayError(what, where=ASKS, todo=todo)


def _moments(records: pd.DataFrame, dataset: "Dataset") -> np.ndarray:
    if not dataset.index:
        return np.zeros(len(records))
    column = dataset.columns[dataset.index]
    return as_number(ColumnReader(column, dataset.missing)(records[dataset.index].array).values, column)


def _typed(values: np.ndarray, index: pd.Index) -> pd.Series:
    """Whole numbers as Int64, numbers as float64, all else as str, "" where there is none."""
    found = pd.Series(values, index)
    if pd.api.types.is_integer_dtype(found.dtype):
        return found.astype("Int64")
    return found if pd.api.types.is_float_dtype(found.dtype) else found.fillna("").astype("str")
