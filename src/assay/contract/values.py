"""Reads raw columns as values of the contract's types, and notes which values cannot be read. Checks no rule.

A raw column holds texts, "" for a missing value, as a CSV file does, or typed values, as a Parquet file does. Typed
values of the contract's type are taken as they are. All others are read as the texts that people would write for them,
so that the same table gives the same values in both formats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from assay.config.dataset import DAY, FLAG, NUMBER, is_the_time
from assay.config.patterns import first_group
from assay.contract.arrays import Array, arrow, is_text, pandas
from assay.contract.lookup import Lookup
from assay.contract.missing import FALSE, TRUE, Missing
from assay.contract.number_formats import WrittenNumbers
from assay.contract.numbers import Mask, held, number, rounded_integers, rounded_texts
from assay.contract.times import day, seconds
from assay.records.columns import DATE
from assay.records.writing import texts

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset, Time

# Spellings of yes and no, in lower case, for a flag that declares no values of its own.
YES, NO = ("true", "t", "yes", "y", "1", "1.0", "on"), ("false", "f", "no", "n", "0", "0.0", "off")
Rows = slice | np.ndarray  # of a column: some in a row, or places
ROWS_TOGETHER = 4096  # rows: of more, each column is read by itself, which needs less memory


@dataclass(frozen=True)
class Cells:
    """A column as read: its values; which are missing; which could not be read, and which of these would be rounded.

    values: float64 (number), bool or pandas' boolean (flag), datetime64[s] (date), str (category, text). rounded: the
    whole numbers that float64 does not hold; None if there can be none. limits: -1 where a value is a bound from below
    ("<0.6"), 1 from above, else 0 (float64); None if the contract declares none.
    """

    values: Array
    blank: Mask
    unread: Mask
    rounded: Mask | None = None
    limits: Array | None = None


@dataclass(frozen=True)
class Raw:
    """Raw columns by name, and the labels of the rows.

    A column is an array as pandas has it, or of texts, as Arrow has it. For a few records that is several times faster
    than a table, which makes an object for each column that is asked for.
    """

    columns: Mapping[str, Array]
    index: pd.Index

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Raw":
        """The columns of a table."""
        return cls({str(name): column.array for name, column in table.items()}, table.index)

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True)
class Values:
    """A raw table read by its contract, column by column, with the rows of `raw` in their order.

    columns: the values by name, and `date` (datetime64[s]) if the contract has a time. ids: one per record (str).
    """

    raw: Raw
    cells: Mapping[str, Cells]
    columns: Mapping[str, Array]
    ids: "pd.Series[str]"

    @cached_property
    def records(self) -> pd.DataFrame:
        """The columns as a table."""
        return pd.DataFrame(dict(self.columns), index=self.raw.index)

    def texts(self, name: str, rows: pd.Index | None = None) -> "pd.Series[str]":
        """A column as texts, or those of some rows (by label); "" where there is no value."""
        raw, blank = pd.Series(pandas(self.raw.columns[name]), self.raw.index), self.cells[name].blank
        if rows is None:
            return _texts_but(raw, blank)
        return _texts_but(raw.loc[rows], blank[raw.index.get_indexer(rows)])


class Reader:
    """Reads raw tables by a contract.

    >>> from assay.config.dataset import Column, Dataset
    >>> contract = Dataset(columns={"age": Column(type="number")}, missing=["", "?"])
    >>> values = Reader(contract)(pd.DataFrame({"age": ["40", "?", "old"]}))
    >>> values.columns["age"].tolist(), values.cells["age"].unread.tolist(), values.ids.tolist()
    ([40.0, nan, nan], [False, False, True], ['000000000', '000000001', '000000002'])
    """

    def __init__(self, dataset: "Dataset") -> None:
        self.key, self.time, self.day = dataset.key, dataset.time, day_name(dataset)
        self.columns = list(dataset.columns)
        self.alike = [
            (
                ColumnReader(column, dataset.missing),
                [name for name, one in dataset.columns.items() if _like(one) == kind],
            )
            for kind, column in {_like(column): column for column in dataset.columns.values()}.items()
        ]

    def __call__(self, table: "pd.DataFrame | Raw") -> Values:
        """Read a table that has the contract's columns."""
        raw = table if isinstance(table, Raw) else Raw.of(table)
        there = raw.columns
        found: dict[str, Cells] = {}
        for read, names in self.alike:
            found |= dict(zip(names, read.all([there[name] for name in names]), strict=True))
        cells = {name: found[name] for name in self.columns}
        columns = {name: one.values for name, one in cells.items()}
        if time := self.time:
            columns[self.day] = dates(there[time.column], cells[time.column].blank, time)
        if not self.key:
            return Values(raw, cells, columns, _numbered(raw.index))
        key = pd.Series(pandas(there[self.key]), raw.index)
        return Values(raw, cells, columns, _texts_but(key, cells[self.key].blank))


def day_name(dataset: "Dataset") -> str:
    """The name of the day of a record among typed values, beside the columns of the contract."""
    return DATE if DATE not in dataset.columns or is_the_time(dataset) else f"{DATE} of the record"


def _like(column: "Column") -> tuple[Any, ...]:
    """Columns for which this is the same are read alike."""
    values = tuple(column.values) if column.type == FLAG else ()
    missing = None if column.missing is None else tuple(column.missing)
    written = column.written and tuple(vars(column.written).items())
    return column.type, values, column.nullable, column.format, missing, written


class ColumnReader:
    """Reads columns that are alike: `missing` are the texts that mean no value."""

    def __init__(self, column: "Column", missing: Sequence[str]) -> None:
        self.column = column
        self.missing = Missing(column, missing if column.missing is None else column.missing)
        self.written = WrittenNumbers(column.written) if column.written else None
        yes, no = ([one] for one in column.values) if column.type == FLAG and column.values else (YES, NO)
        self.truths, self.first_yes = Lookup([*no, *yes]), len(no)
        self.read_typed = {NUMBER: self._numbers, FLAG: self._flags, DAY: self._days}.get(column.type)
        by_type = {NUMBER: self._number_texts, FLAG: self._flag_texts, DAY: self._day_texts}
        self.read_texts = by_type.get(column.type)

    def all(self, raw: Sequence[Array]) -> list[Cells]:
        """Each of several columns of one length. A few rows are read at once, because each reading takes its time."""
        rows = len(raw[0])
        if not self.read_texts or len(raw) == 1 or rows > ROWS_TOGETHER or not all(map(is_text, raw)):
            return [self(one) for one in raw]
        written = pa.concat_arrays([arrow(one) for one in raw])
        together = self.read_texts(written, self.missing.texts(written))
        return [self._part(together, slice(start, start + rows)) for start in range(0, len(written), rows)]

    def __call__(self, raw: Array) -> Cells:
        """One column."""
        if not is_text(raw):
            column = pd.Series(raw)
            if self.read_typed and (found := self.read_typed(column)):
                return found
            raw = texts(column).array
        written = arrow(raw)
        if not self.read_texts:
            return self._as_texts(written, self.missing.texts(written), pandas(raw))
        distinct, rows = of_distinct(written)
        return self._part(self.read_texts(distinct, self.missing.texts(distinct)), rows)

    def _part(self, read: Cells, rows: Rows) -> Cells:
        """The cells of these rows, as if nothing else had been read."""
        blank, unread = read.blank[rows], read.unread[rows]
        rounded = None if read.rounded is None else read.rounded[rows]
        values = read.values[rows]
        limits = None if read.limits is None else read.limits[rows]
        if isinstance(values, pd.arrays.BooleanArray) and not self.column.nullable and not (blank | unread).any():
            values = values.to_numpy("bool")
        return Cells(values, blank, unread, rounded if rounded is not None and rounded.any() else None, limits)

    def _number_texts(self, written: pa.Array, blank: Mask) -> Cells:
        limits = None
        if self.written:
            written, found = self.written(written)
            limits = np.where(blank, 0.0, found) if self.written.written.limits else None
        each = _but(written, blank)
        values = number(each)
        rounded = rounded_texts(each, values)
        blank = blank | (self.missing.numbers(values) & ~rounded)
        unread = (~held(values) & ~blank) | rounded
        return Cells(np.where(unread | blank, np.nan, values), blank, unread, rounded, limits)

    def _flag_texts(self, written: pa.Array, blank: Mask) -> Cells:
        if not self.column.values:
            written = compute.utf8_lower(compute.utf8_trim_whitespace(written))
            blank = blank | self.missing.words(written)
        place = self.truths.place(written)
        nothing = blank | np.isnan(place)
        return Cells(pd.arrays.BooleanArray(place >= self.first_yes, nothing), blank, nothing & ~blank)

    def _day_texts(self, written: pa.Array, blank: Mask) -> Cells:
        values = day(_but(written, blank), self.column.format)
        emptied = self.missing.days(values)
        return Cells(_without(values, emptied), blank | emptied, np.asarray(values.isna()) & ~blank)

    def _as_texts(self, written: pa.Array, blank: Mask, as_they_are: Array) -> Cells:
        if blank.any():
            as_they_are = pd.array(compute.if_else(pa.array(~blank), written, None), dtype="str")
        return Cells(as_they_are, blank, np.zeros(len(blank), bool))

    def _numbers(self, raw: pd.Series) -> Cells | None:
        """Numbers as float64; one that no model holds, or a whole one that float64 does not, counts as unread."""
        if not pd.api.types.is_any_real_numeric_dtype(raw.dtype):
            return None
        values = raw.to_numpy("float64", na_value=np.nan) + 0.0
        whole = pd.api.types.is_integer_dtype(raw.dtype)
        blank = np.isnan(values) | (self.missing.integers(raw) if whole else self.missing.numbers(values))
        unread = (rounded_integers(raw, values) if whole else ~held(values)) & ~blank
        limits = np.zeros(len(raw)) if self.written and self.written.written.limits else None
        return Cells(np.where(unread | blank, np.nan, values), blank, unread, unread if whole else None, limits)

    def _flags(self, raw: pd.Series) -> Cells | None:
        """Truth values, unless the contract says what their texts mean."""
        if not pd.api.types.is_bool_dtype(raw.dtype) or {TRUE, FALSE} & {*self.column.values}:
            return None
        flags = raw.to_numpy("bool", na_value=False)
        blank = raw.isna().to_numpy("bool") | self.missing.truths(flags)
        read = Cells(pd.arrays.BooleanArray(flags, blank), blank, np.zeros(len(raw), bool))
        return self._part(read, slice(None))

    def _days(self, raw: pd.Series) -> Cells | None:
        if not pd.api.types.is_datetime64_any_dtype(raw.dtype):
            return None
        values = seconds(raw)
        emptied = self.missing.days(values)
        return Cells(_without(values, emptied), np.asarray(values.isna()) | emptied, np.zeros(len(raw), "bool"))


def of_distinct(written: pa.Array) -> tuple[pa.Array, Rows]:
    """Texts to read, and where among them that of each row is: each once, if many rows have few."""
    if len(written) > ROWS_TOGETHER:
        encoded = written.dictionary_encode(null_encoding="encode")
        if 2 * len(encoded.dictionary) < len(written):
            return encoded.dictionary, encoded.indices.to_numpy()
    return written, slice(None)


def _but(written: pa.Array, blank: Mask) -> np.ndarray:
    """The texts as objects, None where blank."""
    each = written.to_numpy(zero_copy_only=False).copy()
    each[blank] = None
    return each


def _without(values: Array, emptied: Mask) -> Array:
    return pd.Series(values).mask(emptied).array if emptied.any() else values


def dates(raw: Array, blank: Mask, time: "Time") -> Array:
    """The date of each record, missing where it cannot be read; of typed times, the times themselves."""
    column = pd.Series(pandas(raw))
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return pd.Series(seconds(column)).mask(blank).array
    written = arrow(_texts_but(column, blank).array)
    distinct, rows = of_distinct(first_group(written, time.pattern))
    return day(distinct.to_pylist(), time.format)[rows]


def _texts_but(raw: pd.Series, blank: Mask) -> "pd.Series[str]":
    written = raw if is_text(raw) else texts(raw)
    if not blank.any():
        return written
    emptied = written.array.copy()  # of a single text, Series.mask takes four times as long
    emptied[blank] = ""
    return pd.Series(emptied, written.index)


def _numbered(index: pd.Index) -> "pd.Series[str]":
    return pd.Series([f"{row:09}" for row in index], index, dtype="str")
