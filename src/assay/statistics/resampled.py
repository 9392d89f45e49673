"""The quantities behind the metrics of a binary screening model, for many resamples of the same records at once.

`assay.statistics.metrics` lists the metrics. Weights have shape (resamples, records): how often each record was drawn.
A row of ones means each record once. Results have shape (resamples,), float64, and are NaN where undefined, such as
precision without alerts. The point estimates equal scikit-learn's; the vectorised form computes thousands of resamples
in a second. What depends on the records alone, such as their ranking, is computed once for all resamples.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from assay.statistics.ratios import ratio
from assay.statistics.regression import logistic_recalibration, shifted

Values = dict[str, np.ndarray]

CLIP = 1e-6  # scores carry six decimals; a logit must stay finite


@dataclass(frozen=True)
class Scored:
    """Scored records: labels y (n,) of 0 and 1, scores (n,), and the threshold from which on a score is an alert.

    weight: (n,), how many records each one represents, if they are a weighted sample.

    >>> scored = Scored(y=np.array([0, 1, 1]), score=np.array([0.2, 0.9, 0.4]), threshold=0.5)
    >>> scored.alert
    array([False,  True, False])
    """

    y: np.ndarray
    score: np.ndarray
    threshold: float
    weight: np.ndarray | None = None

    @property
    def weights(self) -> np.ndarray:
        """One resample with each record once, times its weight: (1, records)."""
        return self.weighted(np.ones((1, len(self.y))))

    def weighted(self, resamples: np.ndarray) -> np.ndarray:
        """Resamples (resamples, records) with each record times its weight."""
        return resamples if self.weight is None else resamples * self.weight

    @property
    def prevalence(self) -> float:
        """The share of positives among all records."""
        return float(np.average(self.y, weights=self.weight))

    @property
    def alert(self) -> np.ndarray:
        return self.score >= self.threshold

    @cached_property
    def cuts(self) -> np.ndarray:
        """The different scores of positives, from the highest."""
        return np.unique(self.score[self.y == 1])[::-1]

    @cached_property
    def reaching(self) -> tuple["Reaching", "Reaching"]:
        """Positives, and negatives, that reach each of the `cuts`, and that score higher than it."""
        cuts = np.concatenate([self.cuts, np.nextafter(self.cuts, np.inf)])
        return reaching(self, 1, cuts), reaching(self, 0, cuts)

    @cached_property
    def logit(self) -> np.ndarray | None:
        """The logit of each score, (records,); None if scores have fewer than 3 values and so are no probabilities."""
        if len(np.unique(self.score[self.weights[0] > 0])) < 3:
            return None
        clipped = np.clip(self.score, CLIP, 1 - CLIP)
        return np.log(clipped / (1 - clipped))

    @cached_property
    def recalibrated(self) -> np.ndarray:
        """Intercept and slope of the logistic regression of the label on the logit, (1, 2)."""
        assert self.logit is not None
        return logistic_recalibration(self.logit, self.y, self.weights)

    @cached_property
    def shifted(self) -> np.ndarray:
        """The intercept of that regression with the slope held at 1, (1,)."""
        assert self.logit is not None
        return shifted(self.logit, self.y, self.weights, np.zeros(1))

    def __getstate__(self) -> dict[str, Any]:
        """The records alone, so that a copy, and what joblib makes of it, does not depend on what has been computed."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def only(self, rows: np.ndarray) -> "Scored":
        """The records of a boolean mask, or at these positions."""
        weight = None if self.weight is None else self.weight[rows]
        return Scored(self.y[rows], self.score[rows], self.threshold, weight)


@dataclass(frozen=True, eq=False)
class Resampled:
    """Scored records, each counted as often as a resample drew it.

    weights: (resamples, records). threshold_probability sets the price of a false alert; without it the price is NaN.
    A quantity that several metrics need is computed once, when first used; each has shape (resamples,).

    >>> scored = Scored(y=np.array([0, 1, 1]), score=np.array([0.2, 0.9, 0.4]), threshold=0.5)
    >>> on = Resampled(scored, weights=np.array([[1, 1, 1], [0, 3, 0]]))
    >>> on.tp, on.fn
    (array([1, 3]), array([1, 0]))
    """

    scored: Scored
    weights: np.ndarray
    threshold_probability: float = float("nan")

    @property
    def price(self) -> float:
        """The cost of a false alert, as a share of the worth of a true one: p / (1 - p)."""
        return self.threshold_probability / (1 - self.threshold_probability)

    @cached_property
    def total(self) -> np.ndarray:
        """All records."""
        return self.weights.sum(axis=1).astype(float)

    @cached_property
    def tp(self) -> np.ndarray:
        """True positives: alerts on positives."""
        return self.weights @ (self.scored.alert & (self.scored.y == 1))

    @cached_property
    def fp(self) -> np.ndarray:
        """False positives: alerts on negatives."""
        return self.weights @ (self.scored.alert & (self.scored.y != 1))

    @cached_property
    def fn(self) -> np.ndarray:
        """False negatives: positives without an alert."""
        return self.weights @ (~self.scored.alert & (self.scored.y == 1))

    @cached_property
    def tn(self) -> np.ndarray:
        """True negatives: negatives without an alert."""
        return self.weights @ (~self.scored.alert & (self.scored.y != 1))

    @cached_property
    def positives(self) -> np.ndarray:
        return self.weights @ (self.scored.y == 1)

    @cached_property
    def negatives(self) -> np.ndarray:
        return self.weights @ (self.scored.y == 0)

    @cached_property
    def steps(self) -> "Steps":
        """The ranking, at each score of a positive.

        Only positives' scores matter: between two of them recall does not rise, so they give the same sums as all.
        """
        (tp, fp), cuts = (side.counted(self.weights) for side in self.scored.reaching), len(self.scored.cuts)
        return Steps(np.diff(tp[:, :cuts], axis=1, prepend=0), tp[:, :cuts], fp[:, :cuts], fp[:, cuts:])

    @property
    def undefined(self) -> np.ndarray:
        return np.full(len(self.weights), np.nan)


@dataclass(frozen=True, eq=False)
class Steps:
    """A ranking at each score of a positive, from the highest; each (resamples, scores).

    caught: positives of that score. tp, fp: records that score at least as high. fp_above: negatives that score higher.
    """

    caught: np.ndarray
    tp: np.ndarray
    fp: np.ndarray
    fp_above: np.ndarray


@dataclass(frozen=True, eq=False)
class Reaching:
    """Which records reach each of some cuts.

    rows: of the records, from the highest score. ends: the different numbers of them that reach a cut, and 0, rising.
    at: for each cut the position of its number in `ends`.
    """

    rows: np.ndarray
    ends: np.ndarray
    at: np.ndarray

    def counted(self, weights: np.ndarray) -> np.ndarray:
        """How often they were drawn, (resamples, cuts); weights: (resamples, records).

        Summed first between neighbouring ends, then over these: a cumulative sum of as many records takes longer.
        """
        sums = np.zeros((len(weights), len(self.ends)))
        if len(self.ends) > 1:
            ranked = np.take(weights, self.rows[: self.ends[-1]], axis=1)
            np.cumsum(np.add.reduceat(ranked, self.ends[:-1], axis=1), axis=1, out=sums[:, 1:])
        return np.take(sums, self.at, axis=1)


def reaching(scored: Scored, label: int, cuts: np.ndarray) -> Reaching:
    """The records of a label, and how many of them score at least as high as each of the cuts (cuts,)."""
    order = np.argsort(-scored.score, kind="stable")
    rows = order[scored.y[order] == label]
    places = np.searchsorted(-scored.score[rows], -cuts, side="right")
    ends, at = np.unique(np.append(places, 0), return_inverse=True)
    return Reaching(rows, ends, at[:-1])


def average_precision(on: Resampled) -> np.ndarray:
    """The step-wise sum of precision over recall, ties taken together; (resamples,).

    Not scikit-learn's, for the reasons of `roc_auc`.

    >>> scored = Scored(y=np.array([0, 1, 1]), score=np.array([0.5, 0.9, 0.4]), threshold=0.5)
    >>> average_precision(Resampled(scored, scored.weights))
    array([0.83333333])
    """
    steps = on.steps
    precision = np.nan_to_num(ratio(steps.tp, steps.tp + steps.fp))
    return ratio((precision * steps.caught).sum(axis=1), on.positives)


def roc_auc(on: Resampled) -> np.ndarray:
    """The area under the ROC curve (trapezoids), ties taken together; (resamples,).

    Not scikit-learn's: it takes one resample at a time, and takes longer to import than most stages run.
    """
    steps = on.steps
    below = on.negatives[:, None] - (steps.fp + steps.fp_above) / 2
    return ratio((below * steps.caught).sum(axis=1), on.positives * on.negatives)


def cumulative(scored: Scored, weights: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives if every score of at least the cut is an alert.

    weights: (resamples, records), cuts: (cuts,). Both results: (resamples, cuts).
    """
    return reaching(scored, 1, cuts).counted(weights), reaching(scored, 0, cuts).counted(weights)


def brier(on: Resampled) -> np.ndarray:
    """The mean squared difference of score and label; (resamples,)."""
    return ratio(on.weights @ (on.scored.score - on.scored.y) ** 2, on.total)


def calibration_slope(on: Resampled) -> np.ndarray:
    """The slope of the score's logit in a logistic regression of the label; (resamples,).

    1 is right; below 1, scores are too extreme (Van Calster et al., BMC Medicine 17, 2019). NaN for scores that are no
    probabilities.
    """
    if on.scored.logit is None:
        return on.undefined
    # Resamples start from the solution for all records: a few steps away.
    return logistic_recalibration(on.scored.logit, on.scored.y, on.weights, on.scored.recalibrated)[:, 1]


def calibration_intercept(on: Resampled) -> np.ndarray:
    """The intercept of that regression, with the slope held at 1; (resamples,).

    0 is right; below 0, scores are too high. NaN for scores that are no probabilities.
    """
    if on.scored.logit is None:
        return on.undefined
    return shifted(on.scored.logit, on.scored.y, on.weights, on.scored.shifted)
