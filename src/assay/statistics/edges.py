"""Intervals at the edge: where too few records are of one kind for a bootstrap to tell, or all resamples agree.

8 of 8 is 8 of 8 in each resample, though the share may well be .7: percentiles of resamples then say [1, 1]. For a
share that is a count of records the exact interval is used (Clopper & Pearson 1934), for the area under a ranking's
curve that of a share of the rarer class (Boyd, Eng & Page, ECML 2013), for a difference the square-and-add interval
from both ends of each (Newcombe, Statistics in Medicine 17, 1998; with a correlation, Zou & Donner, ibid. 27, 2008).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assay.statistics.binomial import effective, interval
from assay.statistics.resampled import Scored

BOOTSTRAP, EXACT, BINOMIAL, SQUARE_AND_ADD, NONE = "bootstrap", "exact", "binomial", "square-and-add", "none"
FEW_CASES = 5  # of either kind: with fewer, a 95 % percentile interval of a share holds it in 0 to 87 % of tables
UNKNOWN = float("nan"), float("nan")

Interval = tuple[float, float]
Rows = Callable[[Scored], np.ndarray]
Same = Callable[[float], float]


@dataclass(frozen=True)
class Edge:
    """The interval of a figure where the bootstrap fails.

    method: its name. few: whether the counts are too small for a bootstrap. bounds: from the figure and a confidence to
    the interval, which does not depend on resamples.
    """

    method: str
    few: bool
    bounds: Callable[[float, float], Interval]


OfScored = Callable[[Scored], Edge | None]


def same(figure: float) -> float:
    """The figure is the share itself."""
    return figure


@dataclass(frozen=True)
class OfShare:
    """From a figure and a confidence to the exact interval, by that of the share behind it, of so many records.

    per: from the share to the figure, such as 1000 times it, rising; back: the way back. No closure, so that figures
    can be written to disk and read again.
    """

    trials: float
    per: Same = same
    back: Same = same

    def __call__(self, figure: float, confidence: float) -> Interval:
        """The lower and the upper end; (NaN, NaN) of an undefined figure, or without a record."""
        if not self.trials or np.isnan(figure):
            return UNKNOWN
        low, high = interval(self.trials * self.back(figure), self.trials, confidence)
        return self.per(low), self.per(high)


def share(of: Rows, hit: Rows, per: Same = same, back: Same = same) -> OfScored:
    """The edge of a share of records: those that are `hit` among those `of`, both (n,) bool; per, back: `OfShare`.

    Of a weighted sample the interval is computed from the effective number of records.
    """

    def edge(scored: Scored) -> Edge:
        among = of(scored)
        true, trials = hit(scored)[among], effective(scored.weights[0][among])
        return Edge(EXACT, min(int(true.sum()), int((~true).sum())) < FEW_CASES, OfShare(trials, per, back))

    return edge


def ranking(scored: Scored) -> Edge | None:
    """The edge of an area under the curve of a ranking; None if all scores are equal, so that nothing is ranked."""
    if (scored.score == scored.score[:1]).all():
        return None
    positive, weight = scored.y == 1, scored.weights[0]
    rarer = positive if positive.sum() < (~positive).sum() else ~positive
    return Edge(BINOMIAL, int(rarer.sum()) < FEW_CASES, OfShare(effective(weight[rarer])))


def no_interval(figure: float, confidence: float) -> Interval:
    """Of a figure whose interval nothing tells."""
    return UNKNOWN


def unknown(scored: Scored) -> Edge:
    """The edge of any other figure: no interval."""
    positives = int((scored.y == 1).sum())
    return Edge(NONE, min(positives, len(scored.y) - positives) < FEW_CASES, no_interval)


def unless_no_alerts(scored: Scored) -> Edge | None:
    """The edge of a figure that is 0 by its definition where nothing is an alert."""
    return unknown(scored) if scored.alert.any() else None


def square_and_add(one: float, of_one: Interval, other: float, of_other: Interval, correlation: float) -> Interval:
    """The interval of `one` less `other`, each with its interval.

    >>> low, high = square_and_add(1.0, (0.676, 1.0), 1.0, (0.676, 1.0), correlation=0)
    >>> round(low, 3), round(high, 3)
    (-0.324, 0.324)
    """

    def distance(down: float, up: float) -> float:
        return float(np.sqrt(max(down**2 + up**2 - 2 * correlation * down * up, 0.0)))

    low = distance(one - of_one[0], of_other[1] - other)
    high = distance(of_one[1] - one, other - of_other[0])
    return one - other - low, one - other + high
