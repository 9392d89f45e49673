"""Reads numbers as float64, and finds the whole numbers that float64 does not hold: they would become others."""

import re

import numpy as np
import pandas as pd

EXACT = 2**53  # up to here float64 holds every whole number
WHOLE_NUMBER = re.compile(r"\s*([+-]?\d+)(?:\.0*)?\s*", re.ASCII)

LARGEST = float(np.finfo("float32").max)  # what a model holds: to XGBoost a larger number is infinite

Mask = np.ndarray  # of truth values, one for each row


def number(each: np.ndarray) -> np.ndarray:
    """Texts (or None) as float64: NaN for what is no number; -0 is 0."""
    return np.asarray(pd.to_numeric(each, errors="coerce"), "float64") + 0.0  # a -0 among whole numbers is read as 0


def held(values: np.ndarray) -> Mask:
    """Which numbers (float64) a model can hold; NaN and infinity are none.

    >>> held(np.array([1e38, -1e39, np.inf, np.nan])).tolist()
    [True, False, False, False]
    """
    return np.abs(values) <= LARGEST


def rounded_texts(each: np.ndarray, values: np.ndarray) -> Mask:
    """Which texts (or None) are whole numbers that differ from the values, float64, that `number` gives for them."""
    found = np.zeros(len(each), "bool")
    for row in np.flatnonzero(np.abs(values) >= EXACT):
        whole = WHOLE_NUMBER.fullmatch(each[row])
        found[row] = whole is not None and (np.isinf(values[row]) or int(whole[1]) != int(values[row]))
    return found


def rounded_integers(raw: pd.Series, values: np.ndarray) -> Mask:
    """Which whole numbers, signed or not, perhaps missing, differ from their values as float64."""
    kind = np.dtype("uint64" if pd.api.types.is_unsigned_integer_dtype(raw.dtype) else "int64")
    beyond = values >= float(np.iinfo(kind).max)  # what rounds to the power of two that the type does not hold
    back = np.where(np.isnan(values) | beyond, 0, values).astype(kind)
    return beyond | (back != raw.to_numpy(kind, na_value=0))
