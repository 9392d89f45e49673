"""Point estimates with bootstrap intervals. Whatever is compared uses the same resamples."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assay.statistics.resampled import Resampled, Scored, Values

CHUNK = 50  # resamples at a time: small enough for the processor's cache, and for malloc to use the memory again
ENOUGH = 0.9  # an interval is given when this share of the resamples defines the metric


@dataclass(frozen=True)
class Estimate:
    """A metric's value on all records, each once, and its values (resamples,) on the resamples."""

    value: float
    resampled: np.ndarray

    def interval(self, confidence: float) -> tuple[float, float]:
        """The percentile interval (Efron & Tibshirani 1993).

        (NaN, NaN) if fewer than `ENOUGH` of the resamples define the metric.
        """
        defined = self.resampled[np.isfinite(self.resampled)]
        if len(defined) < ENOUGH * len(self.resampled) or not len(defined):
            return float("nan"), float("nan")
        tail = (1 - confidence) / 2
        low, high = np.quantile(defined, [tail, 1 - tail])
        return float(low), float(high)

    def minus(self, other: "Estimate") -> "Estimate":
        """The paired difference, resample by resample; both must come from the same resamples."""
        return Estimate(self.value - other.value, self.resampled - other.resampled)


Estimates = dict[str, Estimate]
Measure = Callable[[Scored, np.ndarray], Values]


def estimate(scored: Scored, weights: np.ndarray, measure: Measure) -> Estimates:
    """An Estimate of every metric that `measure` returns; weights: (resamples, records), as from `resamples`."""
    points = measure(scored, scored.weights)
    parts = [measure(scored, scored.weighted(chunk)) for chunk in _chunks(weights)]
    return {name: Estimate(float(point[0]), _joined(parts, name)) for name, point in points.items()}


def estimate_one(scored: Scored, weights: np.ndarray, function: Callable[[Resampled], np.ndarray]) -> Estimate:
    """An Estimate of one metric that needs no price of a false alert, such as `average_precision`."""
    return estimate(scored, weights, lambda part, drawn: {"": function(Resampled(part, drawn))})[""]


def mean(found: Sequence[Estimate]) -> Estimate:
    """The mean of several estimates, resample by resample; all must come from the same resamples."""
    return Estimate(float(np.mean([one.value for one in found])), np.mean([one.resampled for one in found], axis=0))


def mean_of_repeats(runs: Sequence[Estimate], seed: int) -> Estimate:
    """The mean of repeats on the same resamples; each of its resamples draws the repeats anew."""
    resampled = np.array([run.resampled for run in runs])
    drawn = np.random.default_rng(seed).integers(0, len(runs), resampled.T.shape)
    each = resampled[drawn, np.arange(len(drawn))[:, None]]
    return Estimate(float(np.mean([run.value for run in runs])), each.mean(axis=1))


def optimism(found: Sequence[Estimate]) -> float:
    """How much of the highest value is luck (Efron, JASA 78, 1983).

    The winner of a resample scores better on that resample than on all records; optimism is this difference, less the
    mean difference of all. Resamples that leave one of them undefined do not count.
    """
    resampled = np.array([one.resampled for one in found])
    resampled = resampled[:, np.isfinite(resampled).all(axis=0)]
    luck = resampled - np.array([[one.value] for one in found])
    of_winners = luck[resampled.argmax(axis=0), np.arange(resampled.shape[1])]
    return float(of_winners.mean() - luck.mean())


def resamples(records: int, count: int, seed: int) -> np.ndarray:
    """How often each of `records` is drawn in each of `count` bootstrap resamples; (count, records), float64.

    They are whole numbers as floats, whose sums are exact in any order. Draws are integers, which are the same on every
    processor.

    >>> resamples(records=5, count=2, seed=0)
    array([[0., 2., 1., 1., 1.],
           [4., 0., 0., 0., 1.]])
    """
    generator = np.random.default_rng(seed)
    weights = np.empty((count, records))
    for row in weights:
        row[:] = np.bincount(generator.integers(0, records, size=records), minlength=records)
    return weights


def _chunks(weights: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(weights), CHUNK):
        yield weights[start : start + CHUNK]


def _joined(parts: list[Values], name: str) -> np.ndarray:
    return np.concatenate([part[name] for part in parts])
