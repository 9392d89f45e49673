"""Makes the columns of other tables: each record gets what was known of it before its time."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.config.dataset import DAY, NUMBER
from assay.contract.values import ColumnReader
from assay.errors import AssayError, sample
from assay.joins import sql
from assay.records.engine import engine
from assay.records.tables import with_columns
from assay.records.writing import texts

if TYPE_CHECKING:
    import duckdb

    from assay.config.dataset import Column, Dataset, Made, Table

ASKS = "dataset.made"
RESTORE = "restore the table, or correct dataset.tables and dataset.made"
UNREAD = "correct the table, or list the text under dataset.missing if it means no value"
COUNTED = ("rows", "of_records", "before", "no_time")


class Joiner:
    """Makes the columns of any number of batches of records.

    tables: for each of `dataset.tables`, its rows as `assay.records.reading.read` gives them. AssayError if one is not
    given or lacks a column.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], dataset: "Dataset") -> None:
        self.tables, self.dataset = tables, dataset
        keys = [one.of or dataset.key for one in dataset.tables.values()]
        self.needed = sorted({one for one in (dataset.index, *keys) if one})
        for name in dataset.tables:
            if name not in tables:
                given = ", ".join(sorted(tables)) or "none"
                raise AssayError(f"missing table {name} (given: {given})", where=ASKS, todo=f"give it: {name}=FILE")
            if absent := sorted({*read_columns(name, dataset)} - {*tables[name].columns}):
                raise AssayError(f"missing column {sample(absent)}", where=_named(name), todo=RESTORE)

    def __call__(self, records: pd.DataFrame) -> pd.DataFrame:
        """The raw records with the made columns behind their own: float64, Int64 for a count, or str.

        AssayError if the records lack a column that says which rows belong to them, or a value cannot be read.
        """
        if absent := [name for name in self.needed if name not in records]:
            todo = "it says which rows of other tables belong to a record"
            raise AssayError(f"missing column {sample(absent)}", where="the records", todo=todo)
        made: dict[str, pd.Series] = {}
        for name in self.dataset.tables:
            with self._opened(name, records) as connection:
                self._require_read(name, connection)
                found = connection.execute(sql.joined(self.dataset, name)).df().drop(columns=sql.ROW)
                made |= {str(one): _typed(found[one]).set_axis(records.index) for one in found}
        return with_columns(records, {name: made[name] for name in self.dataset.made})

    def counts(self, records: pd.DataFrame) -> dict[str, dict[str, int]]:
        """Of each table how many `rows` it has, how many are `of_records`, were known `before` its time, lack a time.

        AssayError if no row belongs to any record.
        """
        found = {}
        for name, table in self.dataset.tables.items():
            with self._opened(name, records) as connection:
                row = connection.execute(sql.counts(table, self.dataset.missing)).fetchone() or ()
            found[name] = dict(zip(COUNTED, row, strict=True))
            if not found[name]["of_records"]:
                todo = f"its column {table.key} must hold the values of {table.of or self.dataset.key}, written alike"
                what = f"none of {len(self.tables[name])} rows belongs to a record"
                raise AssayError(what, where=_named(name), todo=todo)
        return found

    @contextmanager
    def _opened(self, name: str, records: pd.DataFrame) -> "Iterator[duckdb.DuckDBPyConnection]":
        """DuckDB with the relations `sql.RECORDS` and `sql.ROWS`."""
        with tempfile.TemporaryDirectory() as scratch, engine(Path(scratch), _named(name), ASKS) as connection:
            connection.register(sql.RECORDS, asking(records, self.dataset.tables[name], self.dataset))
            connection.register(sql.ROWS, self.tables[name])
            yield connection

    def _require_read(self, name: str, connection: "duckdb.DuckDBPyConnection") -> None:
        """AssayError for times and numbers of a table that are none."""
        table, missing = self.dataset.tables[name], self.dataset.missing
        numbers = {one.value for column, one in _made(name, self.dataset) if one.value and column.type == NUMBER}
        read = {one: ("number", sql.number(one, missing)) for one in sorted(numbers)}
        if table.time:
            read[table.time] = (f"date like {table.format}" if table.format else "number", sql.time(table, missing))
        for column, (kind, expression) in read.items():
            if wrong := connection.execute(sql.unread(expression, column, missing)).fetchall():
                found = sample([str(one) for (one,) in wrong])
                raise AssayError(f"column {column}: no {kind}: {found}", where=_named(name), todo=UNREAD)


def asking(records: pd.DataFrame, table: "Table", dataset: "Dataset") -> pa.Table:
    """Each record's number, its key in another table (text), and its time as a number; 0 without `dataset.index`."""
    index = dataset.index
    at = moments(records[index], dataset.columns[index], dataset.missing) if index else np.zeros(len(records))
    keys = texts(records[table.of or dataset.key or ""])
    # To DuckDB NaN is more than any number: a record without time would get all rows. NULL gets none.
    columns = [pa.array(np.arange(len(records))), pa.array(keys), pa.array(at, from_pandas=True)]
    return pa.table(dict(zip((sql.ROW, sql.KEY, sql.AT), columns, strict=True)))


def moments(values: pd.Series, column: "Column", missing: Sequence[str]) -> np.ndarray:
    """The times of records as numbers, dates as days since 1970; NaN where there is none."""
    found = ColumnReader(column, missing)(values.array).values
    if column.type != DAY:
        return np.asarray(found, "float64")
    return (np.asarray(found, "datetime64[s]") - np.datetime64(0, "s")) / np.timedelta64(1, "D")


def _made(table: str, dataset: "Dataset") -> "list[tuple[Column, Made]]":
    return [(dataset.columns[name], one) for name, one in dataset.made.items() if one.table == table]


def read_columns(name: str, dataset: "Dataset") -> list[str]:
    """The columns of a table that are read, each once."""
    table, made = dataset.tables[name], [one for _, one in _made(name, dataset)]
    named = [table.key, table.time, *(one.value for one in made), *(column for one in made for column in one.where)]
    return [*dict.fromkeys(one for one in named if one)]


def _named(name: str) -> str:
    return f"dataset.tables.{name}"


def _typed(values: pd.Series) -> pd.Series:
    """Whole numbers as Int64, numbers as float64, all else as str, "" where there is none."""
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype("Int64")
    return values if pd.api.types.is_float_dtype(values.dtype) else values.fillna("").astype("str")
