"""The same record twice, under two ids, where chance does not explain it."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

TOLERANCE = 1e-3  # relative: recorded values that differ do so by more; a conversion of units does not
EXPECTED = 0.05  # pairs of the whole table that may coincide by chance
CORRELATED = 0.5  # of ranks: the second of two such columns says too little that the first has not said
COUNTED = 12  # columns: they tell any two records apart, and more would only cost time


def near_duplicates(content: pd.DataFrame) -> tuple[list[tuple[int, int]], int]:
    """Pairs of positions whose records agree in every column, and how many records could be compared at all.

    Numbers agree within `TOLERANCE`; everything else, missing values included, must be equal. A record is compared
    only if what it says is rare enough: the probability that another one says the same, by the shares of its known
    numbers, times the number of pairs stays below `EXPECTED`. Records that say little coincide by chance and are left
    alone. Columns correlated with one counted before do not count, nor does anything but numbers: the probability is
    rather too high than too low.
    """
    numbers = content.select_dtypes("number")
    if numbers.empty or len(content) < 2:
        return [], 0
    values = numbers.to_numpy(dtype=float)
    counted = _independent(numbers)
    surprise = -np.log(np.column_stack([_shares(values[:, column]) for column in counted])).sum(axis=1)
    enough = np.flatnonzero(surprise > np.log(len(content) ** 2 / 2 / EXPECTED))
    if len(enough) < 2:
        return [], len(enough)
    kept = values[enough]
    block = _blocks(content.iloc[enough], numbers.columns)
    pairs = [
        (int(one), int(other))
        for left, right in _candidates(kept[:, counted], block)
        for one, other in zip(*_agreeing(kept, left, right), strict=True)
    ]
    return [(int(enough[i]), int(enough[j])) for i, j in pairs], len(enough)


def _shares(values: np.ndarray) -> np.ndarray:
    """For each value the share of all records whose value is within tolerance; 1 where it is missing."""
    known = np.sort(values[~np.isnan(values)])
    margin = TOLERANCE * np.abs(values)
    low, high = np.searchsorted(known, values - margin), np.searchsorted(known, values + margin, side="right")
    return np.where(np.isnan(values), 1.0, (high - low) / len(values))


def _independent(numbers: pd.DataFrame) -> list[int]:
    """Positions of at most `COUNTED` columns, those of most values first, none correlated with one before."""
    ranks = numbers.rank()
    centred = (ranks - ranks.mean()).fillna(0).to_numpy()
    length = np.linalg.norm(centred, axis=0)
    unit = centred / np.where(length, length, 1.0)
    correlation = np.abs(unit.T @ unit)
    chosen: list[int] = []
    for column in np.argsort(-numbers.nunique().to_numpy(), kind="stable"):
        if len(chosen) < COUNTED and not (correlation[column, chosen] > CORRELATED).any():
            chosen.append(int(column))
    return chosen


def _blocks(content: pd.DataFrame, numbers: pd.Index) -> np.ndarray:
    """A number for each record, equal where everything but the known numbers is."""
    other = pd.concat([content.drop(columns=numbers), content[numbers].isna()], axis=1)
    return pd.util.hash_pandas_object(other, index=False).to_numpy()


def _candidates(values: np.ndarray, block: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of the same block that lie close on one random line: the sorted neighbourhood of Hernández & Stolfo (1995).

    On the scale of asinh a relative difference is at most an absolute one, so no pair within tolerance is missed.
    """
    size = np.abs(np.nan_to_num(values)).mean(axis=0)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, values.shape[1])
    place = np.arcsinh(np.nan_to_num(values) / np.where(size, size, 1.0)) @ weights
    radius = 2 * TOLERANCE * float(np.sum(weights))
    order = np.lexsort((place, block))
    for step in range(1, len(order)):
        left, right = order[:-step], order[step:]
        close = (block[left] == block[right]) & (place[right] - place[left] <= radius)
        if not close.any():
            return
        yield left[close], right[close]


def _agreeing(values: np.ndarray, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    same = np.isclose(values[left], values[right], rtol=TOLERANCE, atol=0, equal_nan=True).all(axis=1)
    return left[same], right[same]
