"""Finds the same record under two ids, if its values are too rare to coincide by chance."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from assay.audit.strength import unit_ranks

TOLERANCE = 1e-3  # relative: different records differ by more, a conversion of units changes values by less
EXPECTED = 0.05  # the most pairs of the whole table that may be expected to coincide by chance
CORRELATED = 0.5  # rank correlation from which a column adds too little to another one
COUNTED = 12  # columns: enough to tell any two records apart, and more would only cost time


def alike_hashed(content: pd.DataFrame, key: str) -> np.ndarray:
    """A hash of each record, (n,) uint64, that nearly all pairs of near-duplicates have in common; key: 16 letters.

    It is of everything but the numbers, and of these of their powers of two.
    """
    numbers = content.select_dtypes("number")
    values = numbers.to_numpy(dtype=float, na_value=np.nan)
    _, powers = np.frexp(np.nan_to_num(values))
    told = pd.DataFrame(np.where(np.isnan(values), np.iinfo("int32").min, powers), content.index)
    other = pd.concat([content.drop(columns=numbers.columns), told.add_prefix("power ")], axis=1)
    return pd.util.hash_pandas_object(other, index=False, hash_key=key).to_numpy()


def near_duplicates(content: pd.DataFrame) -> tuple[list[tuple[int, int]], int]:
    """Pairs of positions whose records are equal in every column, and the number of records that could be compared.

    Numbers may differ by `TOLERANCE`; everything else, missing values included, must be equal. A record is compared
    only if its values are rare enough: the probability that another record has the same known numbers, computed from
    their shares, times the number of pairs must be below `EXPECTED`. Other records may coincide by chance. Only numbers
    count, and no column that is correlated with one counted before, so the probability is rather too high than too low.
    """
    numbers = content.select_dtypes("number")
    if numbers.empty or len(content) < 2:
        return [], 0
    values = numbers.to_numpy(dtype=float)
    counted = _independent(values)
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
    """For each value the share of all records whose value is within the tolerance; 1 if it is missing."""
    known = np.sort(values[~np.isnan(values)])
    margin = TOLERANCE * np.abs(values)
    low, high = np.searchsorted(known, values - margin), np.searchsorted(known, values + margin, side="right")
    return np.where(np.isnan(values), 1.0, (high - low) / len(values))


def _independent(values: np.ndarray) -> list[int]:
    """Positions of at most `COUNTED` columns, those with most values first, none correlated with an earlier one."""
    unit = unit_ranks(values.T)
    chosen: list[int] = []
    for column in np.argsort(-_different(values), kind="stable"):
        if not (np.abs(unit[chosen] @ unit[column]) > CORRELATED).any():
            chosen.append(int(column))
        if len(chosen) == COUNTED:
            break
    return chosen


def _different(values: np.ndarray) -> np.ndarray:
    """How many different known values each column has, (k,)."""
    ordered = np.sort(values, axis=0)  # NaN last
    new = np.vstack([np.ones((1, values.shape[1]), dtype=bool), ordered[1:] != ordered[:-1]])
    return np.asarray((new & ~np.isnan(ordered)).sum(axis=0))


def _blocks(content: pd.DataFrame, numbers: pd.Index) -> np.ndarray:
    """A number for each record; two are equal if everything but the known numbers is."""
    other = pd.concat([content.drop(columns=numbers), content[numbers].isna()], axis=1)
    return pd.util.hash_pandas_object(other, index=False).to_numpy()


def _candidates(values: np.ndarray, block: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of the same block that are close on one random line: the sorted neighbourhood of Hernández & Stolfo (1995).

    On the scale of asinh an absolute difference is at most the relative one, so no pair within the tolerance is missed.
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
