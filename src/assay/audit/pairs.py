"""Pairs of features that are strong together, by Fisher's linear discriminant, for all pairs at once."""

from typing import NamedTuple

import numpy as np

from assay.audit.strength import average_precisions

SAMPLE = 1000  # records of each class that are looked at first
ROWS = 256  # features that are paired with all others at a time, which bounds the memory
TRIED = 20  # the best pairs of the sample, measured on all records
FAR = 10  # standard deviations
LEAST_VARIANCE = 1e-9  # of the variance of a feature, that another one leaves unexplained


class Pair(NamedTuple):
    """The positions of two features, their discriminant for each record (n,), and its average precision."""

    one: int
    other: int
    strength: float
    score: np.ndarray


def strongest_pairs(values: np.ndarray, y: np.ndarray, enough: int) -> list[Pair]:
    """The strongest pairs of features, the best first; values: (k, n), NaN if missing; y: (n,) of 0 and 1.

    A pair is tried where at least `enough` records of each class have both. The discriminant a x + b y is chosen by the
    means and covariances of the classes (Fisher 1936); that of the logarithms stands for products and ratios. All pairs
    are tried on a sample of records, by a few matrix products, so the time grows with k² and hardly with n.
    """
    values = np.where(np.isfinite(values), values, np.nan)
    found = [pair for scaled in (_scaled(values), _scaled(_logarithms(values))) for pair in _best(scaled, y, enough)]
    better = {(pair.one, pair.other): pair for pair in sorted(found, key=lambda pair: pair.strength)}
    return sorted(better.values(), key=lambda pair: (-pair.strength, pair.one, pair.other))


def _best(values: np.ndarray, y: np.ndarray, enough: int) -> list[Pair]:
    sample = np.sort(np.concatenate([np.flatnonzero(y == label)[:SAMPLE] for label in (0, 1)]))
    tried = _farthest(values[:, sample], y[sample], enough)
    scores = np.array([one.a * values[one.i] + one.b * values[one.j] for one in tried]).reshape(len(tried), len(y))
    found = zip(tried, average_precisions(scores, y), scores, strict=True)
    return [Pair(one.i, one.j, strength, score) for one, strength, score in found]


class _Discriminant(NamedTuple):
    """Of two features: the squared distance of the classes (Mahalanobis), their positions, and their weights."""

    separation: float
    i: int
    j: int
    a: float
    b: float


def _farthest(values: np.ndarray, y: np.ndarray, enough: int) -> list[_Discriminant]:
    """The `TRIED` pairs whose classes are farthest apart, the best first; `ROWS` features at a time with all later."""
    sides, found = [_Side.of(values[:, y == label]) for label in (0, 1)], list[_Discriminant]()
    for start in range(0, len(values), ROWS):
        a, b, separation = _discriminants(sides, slice(start, start + ROWS), enough)
        later = np.triu(np.ones(separation.shape, dtype=bool), 1)
        above = found[-1].separation if len(found) == TRIED else -np.inf
        for place in _highest(np.where(later, separation, -np.inf).ravel(), TRIED, above):
            row, j = divmod(int(place), separation.shape[1])
            weights = float(a[row, j]), float(b[row, j])
            found.append(_Discriminant(separation[row, j], start + row, start + j, *weights))
        found = sorted(found, key=lambda one: (-one.separation, one.i, one.j))[:TRIED]
    return found


def _highest(values: np.ndarray, many: int, above: float) -> np.ndarray:
    """The positions of the highest values (n,) above a bound, the highest first; of equal ones the first."""
    places = np.flatnonzero(values > above)
    if len(places) > many:
        bound = np.partition(values[places], -many)[-many]
        places = np.concatenate([np.flatnonzero(values > bound), np.flatnonzero(values == bound)[:many]])
    return places[np.argsort(-values[places], kind="stable")][:many]


def _discriminants(sides: "list[_Side]", rows: slice, enough: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For some features with those from the first of them on (rows, others) the weights of both, and the squared
    distance of the classes.
    """
    classes = [side.moments(rows) for side in sides]
    count = sum(one.known for one in classes)
    usable = np.minimum(classes[0].known, classes[1].known) >= enough
    apart, other_apart = classes[1].mean - classes[0].mean, classes[1].other_mean - classes[0].other_mean
    variance, other_variance, covariance = (
        sum(getattr(one, name) * one.known for one in classes) / np.maximum(count, 1)
        for name in ("variance", "other_variance", "covariance")
    )
    determinant = variance * other_variance - covariance**2
    usable &= determinant > LEAST_VARIANCE * variance * other_variance
    safe = np.where(usable, determinant, 1.0)
    a = (other_variance * apart - covariance * other_apart) / safe
    b = (variance * other_apart - covariance * apart) / safe
    return a, b, np.where(usable, a * apart + b * other_apart, 0.0)


class _Moments(NamedTuple):
    """Of the records that have both features of a pair: their number, and mean and variance of either feature."""

    known: np.ndarray
    mean: np.ndarray
    other_mean: np.ndarray
    variance: np.ndarray
    other_variance: np.ndarray
    covariance: np.ndarray


class _Side(NamedTuple):
    """The features of one class (k, n): whether a value is known, the value or 0, and its square."""

    known: np.ndarray
    filled: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> "_Side":
        filled = np.nan_to_num(values)
        return cls((~np.isnan(values)).astype(float), filled, filled**2)

    def moments(self, rows: slice) -> _Moments:
        """Of the features `rows` with each from the first of them on: all (rows, others)."""
        known, filled, squares = (part[rows] for part in self)
        others = _Side(*(part[rows.start :] for part in self))
        count = known @ others.known.T
        safe = np.maximum(count, 1)
        mean, other_mean = filled @ others.known.T / safe, known @ others.filled.T / safe
        square, other_square = squares @ others.known.T / safe, known @ others.squares.T / safe
        product = filled @ others.filled.T / safe
        variance, other_variance = np.maximum(square - mean**2, 0), np.maximum(other_square - other_mean**2, 0)
        return _Moments(count, mean, other_mean, variance, other_variance, product - mean * other_mean)


def _logarithms(values: np.ndarray) -> np.ndarray:
    """NaN for features that are not all positive."""
    positive = np.fmin.reduce(values, axis=1, initial=np.inf) > 0
    return np.log(np.where(positive[:, None], values, np.nan))


def _scaled(values: np.ndarray) -> np.ndarray:
    """Centred, with a standard deviation of 1, and cut at `FAR`: a few extremes must not hide the rest."""
    known = np.maximum((~np.isnan(values)).sum(axis=1, keepdims=True), 1)
    centred = values - np.nansum(values, axis=1, keepdims=True) / known
    with np.errstate(over="ignore"):  # a spread beyond all numbers leaves nothing of the feature
        spread = np.sqrt(np.nansum(centred**2, axis=1, keepdims=True) / known)
    return np.clip(centred / np.where(spread > 0, spread, 1), -FAR, FAR)
