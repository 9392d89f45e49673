"""Point estimates with bootstrap intervals. Whatever is compared uses the same resamples.

Where a bootstrap cannot tell, the intervals are those of `assay.statistics.edges`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assay.statistics.edges import BOOTSTRAP, NONE, SQUARE_AND_ADD, UNKNOWN, Edge, Interval, square_and_add
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Resampled, Scored, Values

CHUNK = 50  # resamples at a time: small enough for the processor's cache, and for malloc to use the memory again
ENOUGH = 0.9  # an interval is given when this share of the resamples defines the metric
ROUNDING = 1e-12  # resamples that differ by less do not differ


@dataclass(frozen=True, eq=False)
class Estimate:
    """A metric's value on all records, each once, and its values (resamples,) on the resamples.

    edge: its interval where the bootstrap fails; None if it has none, so that it always has the bootstrap's.
    """

    value: float
    resampled: np.ndarray
    edge: Edge | None = None

    @property
    def sound(self) -> bool:
        """Whether the bootstrap can tell: there are enough records of either kind, and the resamples differ."""
        return self.edge is None or not (self.edge.few or _agree(self._defined))

    @property
    def method(self) -> str:
        """What the interval comes from, in a word."""
        return BOOTSTRAP if self.edge is None or self.sound else self.edge.method

    def interval(self, confidence: float) -> Interval:
        """The percentile interval (Efron & Tibshirani 1993), or where the bootstrap is not sound that of the edge.

        (NaN, NaN) if fewer than `ENOUGH` of the resamples define the metric.
        """
        if self.edge and not self.sound:
            return self.edge.bounds(self.value, confidence)
        defined = self._defined
        if len(defined) < ENOUGH * len(self.resampled) or not len(defined):
            return float("nan"), float("nan")
        tail = (1 - confidence) / 2
        low, high = np.quantile(defined, [tail, 1 - tail])
        return float(low), float(high)

    def minus(self, other: "Estimate") -> "Estimate":
        """The paired difference, resample by resample; both must come from the same resamples.

        An estimate less itself is 0 for certain.
        """
        edge = None if self is other or (self.sound and other.sound) else self._less(other)
        return Estimate(self.value - other.value, self.resampled - other.resampled, edge)

    def _less(self, other: "Estimate") -> Edge:
        """Where either has no interval of its own, the resamples tell the difference, unless they are of too few."""
        edges = [one.edge for one in (self, other) if one.edge and not one.sound]
        if any(edge.method == NONE for edge in edges):
            return Edge(NONE, any(edge.few for edge in edges), lambda value, confidence: UNKNOWN)
        correlation = _correlation(self.resampled, other.resampled)

        def bounds(_: float, confidence: float) -> Interval:
            ends = self.interval(confidence), other.interval(confidence)
            return square_and_add(self.value, ends[0], other.value, ends[1], correlation)

        return Edge(SQUARE_AND_ADD, True, bounds)

    @property
    def _defined(self) -> np.ndarray:
        return self.resampled[np.isfinite(self.resampled)]


Estimates = dict[str, Estimate]
Measure = Callable[[Scored, np.ndarray], Values]


def estimate(scored: Scored, weights: np.ndarray, measure: Measure) -> Estimates:
    """An Estimate of every metric that `measure` returns; weights: (resamples, records), as from `resamples`."""
    points = measure(scored, scored.weights)
    parts = [measure(scored, scored.weighted(chunk)) for chunk in _chunks(weights)]
    edges = {name: one.edge(scored) for name, one in METRICS.items() if name in points}
    return {name: Estimate(float(point[0]), _joined(parts, name), edges.get(name)) for name, point in points.items()}


def estimate_one(scored: Scored, weights: np.ndarray, function: Callable[[Resampled], np.ndarray]) -> Estimate:
    """An Estimate of one metric that needs no price of a false alert, such as `average_precision`."""
    name = next((name for name, one in METRICS.items() if one.function is function), "")
    return estimate(scored, weights, lambda part, drawn: {name: function(Resampled(part, drawn))})[name]


def mean(found: Sequence[Estimate]) -> Estimate:
    """The mean of several estimates, resample by resample; all must come from the same records and resamples."""
    value, resampled = np.mean([one.value for one in found]), np.mean([one.resampled for one in found], axis=0)
    return Estimate(float(value), resampled, found[0].edge)


def mean_of_repeats(runs: Sequence[Estimate], seed: int) -> Estimate:
    """The mean of repeats on the same records and resamples; each of its resamples draws the repeats anew."""
    resampled = np.array([run.resampled for run in runs])
    drawn = np.random.default_rng(seed).integers(0, len(runs), resampled.T.shape)
    each = resampled[drawn, np.arange(len(drawn))[:, None]]
    return Estimate(float(np.mean([run.value for run in runs])), each.mean(axis=1), runs[0].edge)


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


def _agree(values: np.ndarray) -> bool:
    """Whether all values are the same, but for rounding; True for none."""
    return not len(values) or bool(np.ptp(values) < ROUNDING)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Of two figures over the resamples that define both; 0 where it cannot be known."""
    both = np.isfinite(one) & np.isfinite(other)
    if _agree(one[both]) or _agree(other[both]):
        return 0.0
    return float(np.corrcoef(one[both], other[both])[0, 1])
