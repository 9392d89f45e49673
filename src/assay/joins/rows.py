"""The rows of other tables as they are joined: keys as texts, times as numbers, values of the contract's types."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.config.dataset import DAY, NUMBER, TEXT, Column
from assay.contract.values import ColumnReader
from assay.errors import AssayError, sample

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Made, Table

KEY, TIME = "key", "time"
ALWAYS = -np.inf  # the time of a row of a table without times: it was known before any record
RESTORE = "restore the table, or correct dataset.tables and dataset.made"
UNREAD = "correct the table, or list the text under dataset.missing if it means no value"


@dataclass(frozen=True)
class Read:
    """How a column of a table is read: its values as numbers or as texts, under another name.

    To DuckDB value and Value would be one name. A column may be read in both ways.
    """

    column: str
    is_number: bool

    def name(self, reads: "Sequence[Read]") -> str:
        """Its name among the rows: that of its place among all that is read."""
        return f"value_{reads.index(self)}"


def reads(table: str, dataset: "Dataset") -> list[Read]:
    """The columns of a table that are read for those made of it, each once."""
    found = [one for name, made in of_table(table, dataset).items() for one in _reads(name, made, dataset)]
    return list(dict.fromkeys(found))


def _reads(name: str, made: "Made", dataset: "Dataset") -> Iterator[Read]:
    if made.value is not None:
        yield read_of(name, made, dataset)
    for column in made.where:
        yield Read(column, is_number=False)


def read_of(name: str, made: "Made", dataset: "Dataset") -> Read:
    """How the value of a made column is read: as a number, if the made column is one."""
    return Read(str(made.value), dataset.columns[name].type == NUMBER)


def of_table(table: str, dataset: "Dataset") -> "dict[str, Made]":
    """The columns that are made of a table, by name."""
    return {name: made for name, made in dataset.made.items() if made.table == table}


def needed(table: str, dataset: "Dataset") -> list[str]:
    """The columns that a table must have, each once."""
    one = dataset.tables[table]
    named = [one.key, one.time, *(read.column for read in reads(table, dataset))]
    return list(dict.fromkeys(name for name in named if name))


def rows(name: str, table: pd.DataFrame, dataset: "Dataset") -> pd.DataFrame:
    """A row for each of a table, or of a batch of it: `KEY` (str), `TIME` (float64), and what is read (float64 or str).

    The index is the number of the row. Missing is what has no value. AssayError for a column that is missing, and for
    values that cannot be read.
    """
    where, one = f"dataset.tables.{name}", dataset.tables[name]
    if absent := sorted({*needed(name, dataset)} - {*table.columns}):
        raise AssayError(f"missing column {sample(absent)}", where=where, todo=RESTORE)
    found = {
        KEY: _values(table[one.key], Column(TEXT), dataset.missing, where),
        TIME: _times(table, one, dataset, where),
    }
    every = reads(name, dataset)
    for read in every:
        column = Column(NUMBER if read.is_number else TEXT)
        found[read.name(every)] = _values(table[read.column], column, dataset.missing, where)
    return pd.DataFrame(found)


def _times(table: pd.DataFrame, one: "Table", dataset: "Dataset", where: str) -> np.ndarray:
    if one.time is None:
        return np.full(len(table), ALWAYS)
    column = Column(DAY, format=one.format) if one.format else Column(NUMBER)
    return as_number(_values(table[one.time], column, dataset.missing, where), column)


def as_number(times: Iterable[object], column: Column) -> np.ndarray:
    """Times as numbers, dates as days since 1970; NaN where there is none."""
    if column.type != DAY:
        return np.asarray(times, "float64")
    return (np.asarray(times, "datetime64[s]") - np.datetime64(0, "s")) / np.timedelta64(1, "D")


def _values(values: pd.Series, column: Column, missing: Sequence[str], where: str) -> "pd.Series":
    """The values as the contract's own columns of this type are read."""
    cells = ColumnReader(column, missing)(values.array)
    if cells.unread.any():
        wrong = values[cells.unread]
        kind = f"date like {column.format}" if column.type == DAY else column.type
        what = f"column {values.name}: no {kind}: {sample(list(dict.fromkeys(map(str, wrong))))}"
        numbers = [f"row {row + 1}" for row in values.index[cells.unread]]
        raise AssayError(what, where=where, rows=numbers, todo=UNREAD)
    return pd.Series(cells.values)


def places(made: "Mapping[str, Made]") -> dict[str, str]:
    """A name for each made column that differs from the others in more than capitals, by its own name."""
    return {name: f"made_{place}" for place, name in enumerate(made)}
