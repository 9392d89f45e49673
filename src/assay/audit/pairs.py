"""Pairs of features that are strong together, by Fisher's linear discriminant, for all pairs at once."""

from typing import NamedTuple

import numpy as np

from assay.audit.strength import average_precisions

SAMPLE = 1000  # records of each class that are looked at first
TRIED = 20  # the best pairs of the sample, measured on all records
FAR = 10  # standard deviations
LEAST = 1e-9  # of the variance of a feature, that another one leaves unexplained


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
    a, b, separation = _discriminants(values[:, sample], y[sample], enough)
    best = np.argsort(-np.triu(separation, 1), axis=None, kind="stable")[:TRIED]
    pairs = [(int(i), int(j)) for i, j in zip(*np.unravel_index(best, separation.shape), strict=True) if i < j]
    scores = np.array([a[i, j] * values[i] + b[i, j] * values[j] for i, j in pairs]).reshape(len(pairs), len(y))
    found = zip(pairs, average_precisions(scores, y), scores, strict=True)
    return [Pair(i, j, strength, score) for (i, j), strength, score in found]


def _discriminants(values: np.ndarray, y: np.ndarray, enough: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each pair (k, k) the weights of both features and the squared distance of the classes (Mahalanobis)."""
    classes = [_moments(values[:, y == label]) for label in (0, 1)]
    count = sum(one.known for one in classes)
    usable = np.minimum(classes[0].known, classes[1].known) >= enough
    apart = classes[1].mean - classes[0].mean
    variance, covariance = (
        sum(getattr(one, name) * one.known for one in classes) / np.maximum(count, 1)
        for name in ("variance", "covariance")
    )
    determinant = variance * variance.T - covariance**2
    usable &= determinant > LEAST * variance * variance.T
    safe = np.where(usable, determinant, 1.0)
    a = (variance.T * apart - covariance * apart.T) / safe
    b = (variance * apart.T - covariance * apart) / safe
    return a, b, np.where(usable, a * apart + b * apart.T, 0.0)


class _Moments(NamedTuple):
    """Of the records that have both features of a pair: their number, and of the first feature mean and variance."""

    known: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    covariance: np.ndarray


def _moments(values: np.ndarray) -> _Moments:
    known = (~np.isnan(values)).astype(float)
    filled = np.nan_to_num(values)
    count = known @ known.T
    safe = np.maximum(count, 1)
    mean, square, product = filled @ known.T / safe, filled**2 @ known.T / safe, filled @ filled.T / safe
    return _Moments(count, mean, np.maximum(square - mean**2, 0), product - mean * mean.T)


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
