"""Features and pairs of features from which the label can be computed."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

SAMPLES = (12, 128)  # records of each class, tried first: what does not separate these does not separate all

Operation = Callable[[np.ndarray, np.ndarray], np.ndarray]
OPERATIONS: dict[str, Operation] = {
    "+": np.add,
    "-": np.subtract,
    "/": np.divide,
    "=": lambda one, other: np.abs(one - other),  # equal or not
}


class Separation(NamedTuple):
    """A feature, or an operation on two, that separates the classes; the positions of the features."""

    name: str
    features: tuple[int, ...]


def separating(values: np.ndarray, y: np.ndarray, names: list[str], enough: int) -> tuple[list[Separation], int]:
    """Features and pairs of them that separate the classes without error; and the number of features and pairs tried.

    values: (n, k), NaN if missing; y: (n,) of 0 and 1; names: of the k features. Features and pairs are tried if at
    least `enough` records of each class have a value. Each operation is first tried on few records of each class, the
    most complete ones, so the time grows with k² and hardly with n: about a second for 500 features.

    >>> values, y = np.array([[1.0, 5.0], [9.0, 9.0], [2.0, 3.0], [8.0, 8.5]]), np.array([0, 1, 0, 1])
    >>> found, tried = separating(values, y, ["a", "b"], enough=1)
    >>> [one.name for one in found], tried
    (['a', 'b'], 2)
    """
    known = ~np.isnan(values)
    usable = _both_known(known[y == 1], enough) & _both_known(known[y == 0], enough)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        alone = separates(values, y) & usable.diagonal()
        usable &= ~alone & ~alone[:, None]
        pairs = _pairs(values, y, usable, [_most_complete(known, y, size) for size in SAMPLES], enough)
    found = [Separation(names[j], (int(j),)) for j in np.flatnonzero(alone)]
    found += [Separation(f"{names[i]} {operation} {names[j]}", (i, j)) for i, operation, j in pairs]
    return found, int(np.triu(usable, 1).sum()) + int(alone.sum())


def separates(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """For each column (k,): whether all known positives are above, or all below, all known negatives."""
    (lowest, highest), (lowest_negative, highest_negative) = _ends(values[y == 1]), _ends(values[y == 0])
    return np.asarray((lowest > highest_negative) | (highest < lowest_negative))


def misplaced(column: np.ndarray, y: np.ndarray) -> int:
    """How many records are on the wrong side of the cut of a column (n,) that divides the classes best.

    A missing value is on the wrong side, or on the right one, as a class: whichever is better.

    >>> misplaced(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 1, 0, 1]))
    1
    """
    known = ~np.isnan(column)
    values, positive = column[known], y[known]
    cuts = np.append(np.unique(values), np.inf)
    ordered = [np.sort(values[positive == label]) for label in (0, 1)]
    negatives, positives = (np.searchsorted(of_class, cuts) for of_class in ordered)  # below each cut
    wrong = positives + len(ordered[0]) - negatives  # if positives are above the cut
    missing = min((~known & (y == 1)).sum(), (~known & (y == 0)).sum())
    return int(min(wrong.min(), len(values) - wrong.max()) + missing)


def _both_known(known: np.ndarray, enough: int) -> np.ndarray:
    counts = known.astype(float)
    return np.asarray(counts.T @ counts >= enough)


def _most_complete(known: np.ndarray, y: np.ndarray, size: int) -> np.ndarray:
    """Positions of so many records of each class."""
    order = np.argsort(-known.sum(axis=1), kind="stable")
    return np.concatenate([order[y[order] == label][:size] for label in (0, 1)])


def _pairs(
    values: np.ndarray, y: np.ndarray, usable: np.ndarray, samples: list[np.ndarray], enough: int
) -> list[tuple[int, str, int]]:
    found = []
    first, *further = [[values[sample[y[sample] == label]] for label in (0, 1)] for sample in samples]
    for i in range(len(usable)):
        others = i + 1 + np.flatnonzero(usable[i, i + 1 :])
        with_others = [part.take(others, axis=1) for part in first]
        for operation, compute in OPERATIONS.items():
            left = others[_possible(compute, [part[:, [i]] for part in first], with_others)]
            for sample in further:
                left = left[
                    _possible(compute, [part[:, [i]] for part in sample], [part.take(left, axis=1) for part in sample])
                ]
            for j in left:
                computed = compute(values[:, [i]], values[:, [j]])
                if separates(computed, y)[0] and _known_of_each(computed, y) >= enough:
                    found.append((i, operation, int(j)))
    return found


def _known_of_each(column: np.ndarray, y: np.ndarray) -> int:
    """The number of records with a value in the rarer class; 0 / 0 has none although both features are known."""
    known = ~np.isnan(column[:, 0])
    return int(min(known[y == 1].sum(), known[y == 0].sum()))


def _possible(compute: Operation, one: list[np.ndarray], others: list[np.ndarray]) -> np.ndarray:
    """Which of the other columns, of negatives and of positives, separate the sample with this one.

    Those that lack all values of a class in it count as well, because for them it excludes nothing.
    """
    lowest, highest = zip(*(_ends(compute(*both)) for both in zip(one, others, strict=True)), strict=True)
    lacking = np.isnan(lowest[0]) | np.isnan(lowest[1])
    return (lowest[1] > highest[0]) | (highest[1] < lowest[0]) | lacking


def _ends(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest known value of each column; NaN if there is none."""
    return np.fmin.reduce(values), np.fmax.reduce(values)
