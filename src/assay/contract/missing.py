"""Finds missing values: those written as a text that the contract declares to mean none, or equal to its value.

So the contract means the same for a CSV and for Parquet, which does not tell -9 from -9.0.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.config.dataset import DAY, FLAG, NUMBER
from assay.contract.lookup import Lookup
from assay.contract.numbers import WHOLE_NUMBER, Mask, number, rounded_texts
from assay.contract.times import day

if TYPE_CHECKING:
    from assay.config.dataset import Column

TRUE, FALSE = "true", "false"  # how a truth value is written as a text


class Missing:
    """The texts that mean no value in a column. Made once, it serves any number of tables.

    A declared text stands for a number, a date or a truth value too, if the column is of that type and reads it so. Of
    the many spellings of a flag without values of its own only true and false count, in any case: "0" may be meant for
    other columns.
    """

    def __init__(self, column: "Column", declared: Sequence[str]) -> None:
        self._texts = Lookup([*declared, "", None])
        each = np.array(declared, "object")
        self._numbers = _numbers(each) if column.type == NUMBER else np.empty(0)
        self._integers = _integers(each) if column.type == NUMBER else []
        self._days = day(each, column.format).dropna() if column.type == DAY else []
        self._truths = _truths(column, declared) if column.type == FLAG else {}
        self._words = Lookup(list(self._truths)) if self._truths and not column.values else None

    def texts(self, written: pa.Array) -> Mask:
        """Which texts, as they stand in the file, mean no value."""
        return self._texts.has(written)

    def words(self, written: pa.Array) -> Mask:
        """Which texts of a flag without values of its own, trimmed and in lower case, mean no value."""
        return self._words.has(written) if self._words else np.zeros(len(written), "bool")

    def numbers(self, values: np.ndarray) -> Mask:
        """Which numbers (float64) mean no value; NaN does not."""
        return np.isin(values, self._numbers) if len(self._numbers) else np.zeros(len(values), "bool")

    def integers(self, raw: pd.Series) -> Mask:
        """Which whole numbers, perhaps with missing ones, mean no value; exact where float64 is not."""
        kind = np.dtype("uint64" if pd.api.types.is_unsigned_integer_dtype(raw.dtype) else "int64")
        held = [one for one in self._integers if np.iinfo(kind).min <= one <= np.iinfo(kind).max]
        found = np.isin(raw.to_numpy(kind, na_value=0), np.array(held, kind)) if held else np.zeros(len(raw), "bool")
        return found & raw.notna().to_numpy()

    def truths(self, flags: np.ndarray) -> Mask:
        """Which truth values mean no value."""
        return np.isin(flags, list(self._truths.values())) if self._truths else np.zeros(len(flags), "bool")

    def days(self, values: Any) -> Mask:
        """Which dates (datetime64[s]) mean no value; a missing one does not."""
        return np.asarray(values.isin(self._days)) if len(self._days) else np.zeros(len(values), "bool")


def _numbers(declared: np.ndarray) -> np.ndarray:
    values = number(declared)
    return values[~np.isnan(values) & ~rounded_texts(declared, values)]


def _integers(declared: np.ndarray) -> list[int]:
    whole = [int(found[1]) for found in map(WHOLE_NUMBER.fullmatch, declared) if found]
    return whole + [int(value) for value in _numbers(declared) if np.isfinite(value) and value.is_integer()]


def _truths(column: "Column", declared: Sequence[str]) -> dict[str, bool]:
    """The truth values that a declared text names, by their words."""
    words = column.values or [TRUE, FALSE]
    named = set(declared) if column.values else {text.strip().lower() for text in declared}
    return {word: truth for word, truth in zip(words, (True, False), strict=True) if word in named}
