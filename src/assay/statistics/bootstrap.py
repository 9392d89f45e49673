"""Point estimates with bootstrap intervals. Whatever is compared uses the same resamples.

A matrix of resamples x records is 16 GB for a million records, so it never exists: `Resamples` draws it in blocks of
bounded size, and all that is measured on the same resamples is measured block by block. An engine that reads records in
batches does the same: the method needs of each record its label, score and weight, three arrays (n,) in the order of
the records, and one block. The seed, the number of records and their order settle every draw; how the work is cut into
blocks changes no count, and no other figure by more than what is left of its iterations (1e-8).

Where a bootstrap cannot tell, the intervals are those of `assay.statistics.edges`.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from assay.statistics.edges import BOOTSTRAP, NONE, SQUARE_AND_ADD, Edge, Interval, no_interval, square_and_add
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Resampled, Scored, Values

if TYPE_CHECKING:
    import numpy.typing as npt

CHUNK = 50  # resamples at a time: small enough for the processor's cache, and for malloc to use the memory again
MOST_KEPT = 2**22  # values of all resamples, 8 MiB, that are kept: models are compared on the same again and again
BLOCK = 2**20  # values of a block of resamples at most, 8 MiB; a block has one resample at least, whatever its size
ENOUGH_DEFINED = 0.9  # an interval is given when this share of the resamples defines the metric
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
        """The method of the interval, in a word."""
        return BOOTSTRAP if self.edge is None or self.sound else self.edge.method

    def interval(self, confidence: float) -> Interval:
        """The percentile interval (Efron & Tibshirani 1993), or where the bootstrap is not sound that of the edge.

        (NaN, NaN) if fewer than `ENOUGH_DEFINED` of the resamples define the metric.
        """
        if self.edge and not self.sound:
            return self.edge.bounds(self.value, confidence)
        defined = self._defined
        if len(defined) < ENOUGH_DEFINED * len(self.resampled) or not len(defined):
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
            return Edge(NONE, any(edge.few for edge in edges), no_interval)
        correlation = _correlation(self.resampled, other.resampled)
        return Edge(SQUARE_AND_ADD, True, partial(self._difference, other, correlation))

    def _difference(self, other: "Estimate", correlation: float, _: float, confidence: float) -> Interval:
        ends = self.interval(confidence), other.interval(confidence)
        return square_and_add(self.value, ends[0], other.value, ends[1], correlation)

    @property
    def _defined(self) -> np.ndarray:
        return self.resampled[np.isfinite(self.resampled)]


@dataclass(frozen=True)
class Resamples:
    """How often each of `records` is drawn in each of `count` bootstrap resamples: its blocks are (resamples, records).

    Each iteration gives the same blocks, float64, drawn anew if they are many. They are whole numbers as floats, whose
    sums are exact in any order. Draws are integers, which are the same on every processor. More resamples begin with
    the same ones.

    >>> [block] = Resamples(records=5, count=2, seed=0)
    >>> block
    array([[0., 2., 1., 1., 1.],
           [4., 0., 0., 0., 1.]])
    """

    records: int
    count: int
    seed: int

    def __iter__(self) -> Iterator[np.ndarray]:
        small = self.records * self.count <= MOST_KEPT
        for block in _kept(self) if small else _drawn(self, np.float64):
            yield block.astype(np.float64, copy=False)


@lru_cache(16)  # an experiment of a sweep draws 14 times, and the next one the same
def _kept(of: Resamples) -> list[np.ndarray]:
    return list(_drawn(of, np.min_scalar_type(of.records)))


def _drawn(of: Resamples, kind: "npt.DTypeLike") -> Iterator[np.ndarray]:
    generator, most = np.random.default_rng(of.seed), max(1, min(CHUNK, BLOCK // max(of.records, 1)))
    for start in range(0, of.count, most):
        block = np.empty((min(most, of.count - start), of.records), kind)
        for row in block:
            row[:] = np.bincount(generator.integers(0, of.records, size=of.records), minlength=of.records)
        yield block


Estimates = dict[str, Estimate]
Measure = Callable[[Scored, np.ndarray], Values]
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Task:
    """Figures to measure on resamples. rows: a mask (n,) of the drawn records that `scored` are; by default, all."""

    scored: Scored
    measure: Measure
    rows: np.ndarray | None = None

    def on(self, block: np.ndarray) -> Values:
        """The values on a block of resamples of all records."""
        return self.measure(self.scored, self.scored.weighted(block if self.rows is None else block[:, self.rows]))


def estimates(tasks: Mapping[Name, Task], drawn: Resamples) -> dict[Name, Estimates]:
    """Of each task an Estimate of every metric that it measures, all on the same blocks, which are drawn once."""
    parts: dict[Name, list[Values]] = {name: [] for name in tasks}
    for block in drawn:
        for name, task in tasks.items():
            parts[name].append(task.on(block))
    return {name: _estimates(task, parts[name]) for name, task in tasks.items()}


def estimate(scored: Scored, drawn: Resamples, measure: Measure) -> Estimates:
    """An Estimate of every metric that `measure` returns."""
    return estimates({"": Task(scored, measure)}, drawn)[""]


def estimate_one(scored: Scored, drawn: Resamples, function: Callable[[Resampled], np.ndarray]) -> Estimate:
    """An Estimate of one metric that needs no price of a false alert, such as `average_precision`."""
    name = next((name for name, one in METRICS.items() if one.function is function), "")
    return estimate(scored, drawn, partial(_one, name, function))[name]


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


def _estimates(task: Task, parts: list[Values]) -> Estimates:
    points = task.measure(task.scored, task.scored.weights)
    edges = {name: one.edge(task.scored) for name, one in METRICS.items() if name in points}
    return {name: Estimate(float(point[0]), _joined(parts, name), edges.get(name)) for name, point in points.items()}


def _one(name: str, function: Callable[[Resampled], np.ndarray], scored: Scored, weights: np.ndarray) -> Values:
    return {name: function(Resampled(scored, weights))}


def _joined(parts: list[Values], name: str) -> np.ndarray:
    return np.concatenate([part[name] for part in parts]) if parts else np.empty(0)


def _agree(values: np.ndarray) -> bool:
    """Whether all values are the same, but for rounding; True for none."""
    return not len(values) or bool(np.ptp(values) < ROUNDING)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Of two figures over the resamples that define both; 0 where it cannot be known."""
    both = np.isfinite(one) & np.isfinite(other)
    if _agree(one[both]) or _agree(other[both]):
        return 0.0
    return float(np.corrcoef(one[both], other[both])[0, 1])
