"""Makes the columns of other tables: each record gets what was known of it before its time."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.contract.values import ColumnReader
from assay.errors import AssayError, sample
from assay.joins import sql
from assay.joins.checks import Spellings, require_known, require_where
from assay.joins.rows import KEY, as_number, of_table, places, rows
from assay.records.engine import engine
from assay.records.tables import with_columns
from assay.records.writing import texts

if TYPE_CHECKING:
    import duckdb

    from assay.config.dataset import Dataset, Table

ASKS = "dataset.made"
COUNTED = ("rows", "of_records", "before", "no_time", "repeated")


class Joiner:
    """Makes the columns of any number of batches of records.

    tables: for each of `dataset.tables`, its rows as `assay.records.reading.read` gives them. AssayError if one is not
    given, lacks a column, or holds a time or number that cannot be read.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], dataset: "Dataset") -> None:
        self.dataset = dataset
        keys = [one.of or dataset.key for one in dataset.tables.values()]
        self.needed = sorted({one for one in (dataset.index, *keys) if one})
        if absent := [name for name in dataset.tables if name not in tables]:
            given = ", ".join(sorted(tables)) or "none"
            what = f"missing table {sample(absent)} (given: {given})"
            raise AssayError(what, where=ASKS, todo=f"give it: {absent[0]}=FILE")
        self.rows = {name: rows(name, tables[name], dataset) for name in dataset.tables}
        self.keys = {name: Spellings(one[KEY], f"dataset.tables.{name}") for name, one in self.rows.items()}

    def with_rows(self, more: Mapping[str, pd.DataFrame]) -> "Joiner":
        """The same with further rows of each table, as `assay.joins.rows.rows` gives them."""
        other = copy(self)
        other.rows = {name: pd.concat([one, more[name]], ignore_index=True) for name, one in self.rows.items()}
        return other

    def __call__(self, records: pd.DataFrame) -> pd.DataFrame:
        """The raw records with the made columns behind their own: float64, Int64 for a count, or str.

        AssayError if the records lack a column that says which rows belong to them, or have a made one already, or
        their keys are written in another way than those of a table.
        """
        if absent := [name for name in self.needed if name not in records]:
            todo = "it says which rows of other tables belong to a record"
            raise AssayError(f"missing column {sample(absent)}", where="the records", todo=todo)
        if there := [name for name in self.dataset.made if name in records]:
            what = f"the records have a column {sample(there)}, which is to be made of another table"
            raise AssayError(
                what, where=ASKS, todo="give the made column another name, or take that of the records out"
            )
        made: dict[str, pd.Series] = {}
        names = places(self.dataset.made)
        for table in self.dataset.tables:
            with self._opened(table, records) as connection:
                found = connection.execute(sql.joined(self.dataset, table)).df()
                made |= {one: _typed(found[names[one]], records.index) for one in of_table(table, self.dataset)}
        return with_columns(records, {name: made[name] for name in self.dataset.made})

    def counts(self, records: pd.DataFrame) -> dict[str, dict[str, int]]:
        """Of each table how many rows it has, belong to records, were known before, lack a time, and are repeated.

        `repeated`: rows that agree with another one in all that is read of them. AssayError if no row belongs to any
        record, or was known at its time, or none has a value that `where` asks for.
        """
        found = {}
        for name in self.dataset.tables:
            with self._opened(name, records) as connection:
                row = connection.execute(sql.counts()).fetchone() or ()
            found[name] = dict(zip(COUNTED, row, strict=True))
            require_known(name, found[name], self.dataset)
            require_where(name, self.rows[name], self.dataset)
        return found

    @contextmanager
    def _opened(self, name: str, records: pd.DataFrame) -> "Iterator[duckdb.DuckDBPyConnection]":
        """DuckDB with the relations `sql.RECORDS` and `sql.ROWS`."""
        where, asked = f"dataset.tables.{name}", asking(records, self.dataset.tables[name], self.dataset)
        self.keys[name].require_those_of(asked[KEY])
        with tempfile.TemporaryDirectory() as scratch, engine(Path(scratch), where, ASKS) as connection:
            # To DuckDB NaN is more than any number: a record without time would get all rows. NULL gets none.
            for relation, table in ((sql.RECORDS, asked), (sql.ROWS, self.rows[name])):
                connection.register(relation, pa.Table.from_pandas(table, preserve_index=False))
            yield connection


def asking(records: pd.DataFrame, table: "Table", dataset: "Dataset") -> pd.DataFrame:
    """Each record's number, its key in another table (str), and its time as a number; 0 without `dataset.index`."""
    key, index = table.of or dataset.key or "", dataset.index
    at = np.zeros(len(records))
    if index:
        column = dataset.columns[index]
        at = as_number(ColumnReader(column, dataset.missing)(records[index].array).values, column)
    return pd.DataFrame({sql.ROW: np.arange(len(records)), KEY: texts(records[key]).array, sql.AT: at})


def _typed(values: pd.Series, index: pd.Index) -> pd.Series:
    """Whole numbers as Int64, numbers as float64, all else as str, "" where there is none."""
    values = values.set_axis(index)
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype("Int64")
    return values if pd.api.types.is_float_dtype(values.dtype) else values.fillna("").astype("str")
