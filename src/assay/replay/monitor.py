"""A monitor that learns what is usual from the first window alone: `Monitor` is a `policies.Decide`.

Drift is the distance of a month from what the champion was fitted on, of each feature and of the scores: the largest
difference of two cumulative distributions (Kolmogorov-Smirnov), a missing value counting as the highest; of categories
the total variation. How large a distance is usual is learned by leaving out months of the first window in turn: records
drawn from one of them are held against the others. So the level allows for the differences between months that chance
does not explain. The level is on the largest of all distances, each in units of its own usual size, so that many
features raise no more false alarms than one (Westfall & Young, Resampling-Based Multiple Testing, 1993).
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from assay.replay.policies import FINE, RETRAIN, Decision, Realised, Reference, Seen
from assay.statistics.binomial import interval

SCORE = "score"
NAMED = 5  # features in a reason


class Monitor:
    """Decides by drift of features and scores, and by realised recall.

    first: what the first model was fitted on. false_alarms: the share of months like those of `first` that may raise
    one. floor: the recall below which the interval of the realised one, at `confidence`, must not lie.
    """

    def __init__(
        self, first: Reference, false_alarms: float, resamples: int, seed: int, floor: float, confidence: float
    ) -> None:
        self.first, self.false_alarms, self.resamples, self.seed = first, false_alarms, resamples, seed
        self.floor, self.confidence = floor, confidence
        self.levels = cache(self._levels)  # by size of a month

    def __call__(self, seen: Seen) -> Decision:
        """RETRAIN with reasons, or FINE."""
        reasons = [*self._drifted(seen), *self._missed(seen.realised)]
        return Decision(RETRAIN, reasons) if reasons else Decision(FINE)

    def _drifted(self, seen: Seen) -> Iterator[str]:
        if not len(seen.X):
            return
        usual = self.levels(len(seen.X))
        found = distances(with_scores(seen.reference.X, seen.reference.scores), with_scores(seen.X, seen.scores))
        far = (found / usual).sort_values(ascending=False, kind="stable")
        if len(far := far[far > 1]):
            said = ", ".join(f"{name} {found[name]:.2f} (usual: up to {usual[name]:.2f})" for name in far.index[:NAMED])
            yield f"drift: {said}" + (f", and {len(far) - NAMED} more" if len(far) > NAMED else "")

    def _missed(self, realised: Realised) -> Iterator[str]:
        positives = int(realised.y.sum())
        caught = int(realised.alerts[realised.y == 1].sum())
        _, high = interval(caught, positives, self.confidence)
        if high < self.floor:
            yield f"recall: {caught} of {positives} found, at most {high:.3f} by the interval, below {self.floor:g}"

    def _levels(self, size: int) -> pd.Series:
        """The largest usual distance of each column for a month of so many records."""
        drawn = usual_distances(self.first, size, self.resamples, self.seed)
        # No less than what chance explains in a sample of this size: of a value that the window lacks, the draws say 0.
        chance = np.sqrt(np.log(2 / self.false_alarms) / (2 * size))
        scale = drawn.quantile(1 - self.false_alarms).clip(lower=chance)
        return scale * (drawn / scale).max(axis=1).quantile(1 - self.false_alarms)


def with_scores(X: pd.DataFrame, scores: np.ndarray) -> pd.DataFrame:
    """The features, and the scores as one more column."""
    return X.assign(**{SCORE: scores})


def usual_distances(first: Reference, size: int, resamples: int, seed: int) -> pd.DataFrame:
    """Distances by chance and between months: a row per resample, a column per feature and `SCORE`.

    In each resample, `size` records drawn from one month are held against all other months.
    """
    generator, months = np.random.default_rng(seed), np.unique(first.month)
    table = with_scores(first.X, first.scores)
    columns = {name: (codes(table[name]), ordered(table[name])) for name in table}
    rows = []
    for number in range(resamples):
        inside = first.month == months[number % len(months)]
        month = generator.choice(np.flatnonzero(inside), size)
        rows.append([distance(code[~inside], code[month], scaled) for code, scaled in columns.values()])
    return pd.DataFrame(rows, columns=list(columns))


def distances(reference: pd.DataFrame, month: pd.DataFrame) -> pd.Series:
    """The distance of each column between two tables with the same columns."""
    both, n = pd.concat([reference, month], ignore_index=True), len(reference)
    return pd.Series({name: _parted(both[name], n) for name in both})


def _parted(column: pd.Series, n: int) -> float:
    code = codes(column)
    return distance(code[:n], code[n:], ordered(column))


def ordered(column: pd.Series) -> bool:
    """Whether the values have an order; categories do not."""
    return column.dtype != "category"


def codes(column: pd.Series) -> np.ndarray:
    """Each value's rank among the different ones, (n,) from 0; the missing ones come last."""
    found, values = pd.factorize(column, sort=True)
    return np.where(found < 0, len(values), found)


def distance(reference: np.ndarray, month: np.ndarray, scaled: bool) -> float:
    """Kolmogorov-Smirnov if the codes are of an ordered scale, else total variation; 0 to 1."""
    bins = int(max(reference.max(), month.max())) + 1
    gap = _shares(reference, bins) - _shares(month, bins)
    return float(np.abs(np.cumsum(gap)).max() if scaled else np.abs(gap).sum() / 2)


def _shares(code: np.ndarray, bins: int) -> np.ndarray:
    return np.bincount(code, minlength=bins) / len(code)
