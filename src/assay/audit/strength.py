"""How well a feature alone ranks the positives before the rest, for many features at once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

CHUNK, VALUES = 64, 2**21  # columns at a time, and values in them, at most, which bounds the memory


class Alone(NamedTuple):
    """The average precision of features: by their values, and by whether a value is missing, where some are."""

    values: dict[str, float]
    gaps: dict[str, float]

    @property
    def named(self) -> dict[str, float]:
        """Both, the latter as "NAME is missing"."""
        return self.values | {f"{name} is missing": found for name, found in self.gaps.items()}

    @property
    def best(self) -> dict[str, float]:
        """The higher of the two for each feature."""
        return {name: max(found, self.gaps.get(name, 0.0)) for name, found in self.values.items()}


def alone(X: pd.DataFrame, y: np.ndarray) -> Alone:
    """The average precision of each feature (n, k) for labels y (n,) of 0 and 1, in the direction that suits it.

    A missing value ranks last. A category ranks by its share of positives in the other half of the records, so that
    none reveals its own label.
    """
    names, gaps = list(map(str, X)), X.isna().to_numpy().T
    some = np.flatnonzero(gaps.any(axis=1))
    of_values = average_precisions(numbers(X, y), y)
    of_gaps = _of_gaps(gaps[some], y)
    return Alone(dict(zip(names, of_values, strict=True)), {names[j]: a for j, a in zip(some, of_gaps, strict=True)})


def numbers(X: pd.DataFrame, y: np.ndarray) -> np.ndarray:
    """The features as numbers (k, n), NaN if missing; categories as `alone` ranks them."""
    return np.array(list(_numbers(X, y)), dtype=float).reshape(len(X.columns), len(y))


def average_precisions(values: np.ndarray, y: np.ndarray) -> list[float]:
    """The average precision of each row (k, n) of values as scores, NaN if missing, ties taken together.

    >>> average_precisions(np.array([[1.0, 2.0, 3.0], [3.0, np.nan, 1.0]]), np.array([0, 0, 1]))
    [1.0, 1.0]
    """
    most = max(1, min(CHUNK, VALUES // max(len(y), 1)))
    chunks = (values[start : start + most] for start in range(0, len(values), most))
    return [float(found) for chunk in chunks for found in _average_precisions(chunk, y)]


def midranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value in its row (k, n), from 1, equal ones their mean; NaN stays NaN.

    It equals that of pandas, which takes several times as long for a whole table.

    >>> midranks(np.array([[5.0, np.nan, 1.0, 5.0]])).tolist()
    [[2.5, nan, 1.0, 2.5]]
    """
    order = np.argsort(values, axis=1)
    first, last = _ties(np.take_along_axis(values, order, axis=1))
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=1)
    ranks[np.isnan(values)] = np.nan
    return ranks


def correlations(values: np.ndarray) -> np.ndarray:
    """The rank correlation (Spearman) of each pair of rows (k, n), (k, k); missing values count as middle ones.

    >>> correlations(np.array([[1.0, 2.0, 3.0], [9.0, 4.0, 1.0], [7.0, 7.0, 7.0]])).round(9).tolist()
    [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    unit = unit_ranks(values)
    return np.asarray(unit @ unit.T)


def unit_ranks(values: np.ndarray) -> np.ndarray:
    """The ranks of the values in each row (k, n), centred and of length 1: their products are rank correlations."""
    ranks = midranks(values)
    middle = np.nansum(ranks, axis=1, keepdims=True) / np.maximum((~np.isnan(ranks)).sum(axis=1, keepdims=True), 1)
    centred = np.nan_to_num(ranks - middle)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(length > 0, length, 1.0))


def _average_precisions(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Both directions from one sort, which puts missing values at the end: they are the lowest in either direction."""
    order = np.argsort(values, axis=1)
    first, last = _ties(np.take_along_axis(values, order, axis=1))
    positive, known = y[order], (~np.isnan(values)).sum(axis=1, keepdims=True)
    there = np.arange(len(y)) < known
    upto = np.cumsum(positive, axis=1)
    total = np.where(there, positive, 0).sum(axis=1, keepdims=True)
    below = np.take_along_axis(upto - positive, first, axis=1)
    rising = (total - below) / np.maximum(known - first, 1)
    falling = np.take_along_axis(upto, last, axis=1) / (last + 1)
    place = np.where(there, (first + last) / 2, 0.0)
    high, all_places = (place * positive).sum(axis=1, keepdims=True), place.sum(axis=1, keepdims=True)
    descends = high * known < all_places * total
    precision = np.where(there, np.where(descends, falling, rising), y.mean())
    return np.asarray((precision * positive).sum(axis=1) / max(y.sum(), 1))


def _of_gaps(gaps: np.ndarray, y: np.ndarray) -> list[float]:
    """The average precision of each row (k, n) of booleans: the side with the higher share of positives comes first."""
    inside, positives = gaps.sum(axis=1), gaps @ y
    outside, rest = len(y) - inside, y.sum() - positives
    first = np.maximum(positives / np.maximum(inside, 1), rest / np.maximum(outside, 1))
    caught = np.where(positives * outside >= rest * inside, positives, rest)
    return [float(a) for a in (first * caught + y.mean() * (y.sum() - caught)) / max(y.sum(), 1)]


def _ties(ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each value of ordered rows (k, n) the position of the first and of the last that is equal."""
    place = np.arange(ordered.shape[1])
    starts = np.ones((len(ordered), len(place) + 1), dtype=bool)
    starts[:, 1:-1] = ordered[:, 1:] != ordered[:, :-1]
    first = np.maximum.accumulate(np.where(starts[:, :-1], place, 0), axis=1)
    last = np.minimum.accumulate(np.where(starts[:, 1:], place, len(place))[:, ::-1], axis=1)[:, ::-1]
    return first, last


def _numbers(X: pd.DataFrame, y: np.ndarray) -> Iterator[np.ndarray]:
    for _, column in X.items():
        yield column.to_numpy(dtype=float) if pd.api.types.is_numeric_dtype(column) else _rates(column, y)


def _rates(column: pd.Series, y: np.ndarray) -> np.ndarray:
    """Categories as their share of positives in the other half of the records."""
    codes, half, rates = pd.factorize(column)[0] + 1, np.arange(len(y)) % 2, np.zeros(len(y))
    for part in (0, 1):
        other = half != part
        counts, positives = (np.bincount(codes[other], w, minlength=codes.max() + 1) for w in (None, y[other]))
        rates[~other] = (positives / np.maximum(counts, 1))[codes[~other]]
    return rates
