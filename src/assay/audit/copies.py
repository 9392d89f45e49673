"""Columns that say the same as another one: equal, renamed, or in another unit."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from assay.audit.strength import correlations

FEW_LEVELS = 20  # a column of no more values must agree value by value: order alone would say little
UNUSUAL = 5  # records without the most frequent value: columns with fewer may agree by chance
SAMPLE, LIKELY = 2000, 0.98  # records, and the rank correlation among them from which a pair is compared in full
COPY_CORRELATION = 0.999  # rank correlation of all records: rounding after a conversion leaves more
COMMON = 0.9  # of the records that have one of the two: the share that has both


def copies(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of columns that say the same, (earlier, later); each later column once.

    Columns of few values say the same if each value of one stands for one of the other, in all records. Numbers do if
    a higher one is never paired with a lower, or always, and hardly any is rounded away: a unit was converted, or a
    logarithm taken.
    """
    place = {name: i for i, name in enumerate(table)}
    found = sorted([*_renamed(table), *_converted(table)], key=lambda pair: (place[pair[0]], place[pair[1]]))
    first: dict[str, str] = {}
    for one, other in found:
        if one not in first:
            first.setdefault(other, one)
    return [(one, other) for other, one in first.items()]


def _renamed(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    known: dict[bytes, str] = {}
    for name in table:
        codes = pd.factorize(table[name])[0]  # in order of appearance: two columns of the same division are equal
        counts = np.bincount(codes + 1)
        if np.count_nonzero(counts) <= FEW_LEVELS + 1 and len(codes) - counts.max() >= UNUSUAL:
            same = known.setdefault(codes.tobytes(), str(name))
            if same != name:
                yield same, str(name)


def _converted(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    numbers = table.select_dtypes("number")
    names = [str(name) for name in numbers]
    sample = np.unique(np.linspace(0, len(numbers) - 1, min(SAMPLE, len(numbers))).astype(int))
    likely = np.abs(correlations(numbers.iloc[sample].to_numpy(dtype=float).T)) >= LIKELY
    for i, j in zip(*np.nonzero(np.triu(likely, 1)), strict=True):
        if monotone(numbers.iloc[:, i].to_numpy(dtype=float), numbers.iloc[:, j].to_numpy(dtype=float)):
            yield names[i], names[j]


def monotone(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two columns (n,), NaN if missing, are the same number in different units, however rounded.

    >>> celsius = np.arange(30.0)
    >>> monotone(celsius, (celsius * 1.8 + 32).round()), monotone(celsius, -celsius), monotone(celsius, celsius % 9)
    (True, True, False)
    """
    both = ~np.isnan(one) & ~np.isnan(other)
    either = ~np.isnan(one) | ~np.isnan(other)
    if both.sum() < COMMON * either.sum() or min(len(np.unique(column[both])) for column in (one, other)) <= FEW_LEVELS:
        return False
    pair = np.vstack([one[both], other[both]])
    correlation = float(correlations(pair)[0, 1])
    return abs(correlation) >= COPY_CORRELATION and _in_order(pair[0], pair[1] * np.sign(correlation))


def _in_order(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether no record has more of one and less of the other than another record."""
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    return not bool(((one[1:] > one[:-1]) & (other[1:] < other[:-1])).any())
