"""The quantities behind the metrics of a binary screening model, for many resamples of the same records at once.

`assay.statistics.metrics` lists the metrics. Weights have shape (resamples, records): how often each record was drawn.
A row of ones means each record once. Results have shape (resamples,), float64, and are NaN where undefined, such as
precision without alerts. The point estimates equal scikit-learn's; the vectorised form computes thousands of resamples
in a second.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

Values = dict[str, np.ndarray]

CLIP = 1e-6  # scores carry six decimals; a logit must stay finite
NEWTON_STEPS, CONVERGED = 25, 1e-4  # convergence is quadratic: what is left is about 1e-8


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
        """The ranking, at each score of a positive."""
        return _steps(self.scored, self.weights)

    @cached_property
    def logit(self) -> np.ndarray | None:
        """The logit of each score, (records,); None if scores have fewer than 3 values and so are no probabilities."""
        score = self.scored.score
        if len(np.unique(score[self.scored.weights[0] > 0])) < 3:
            return None
        clipped = np.clip(score, CLIP, 1 - CLIP)
        return np.log(clipped / (1 - clipped))

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


def _steps(scored: Scored, weights: np.ndarray) -> Steps:
    """Only positives' scores matter: between two of them recall does not rise, so they give the same sums as all."""
    cuts = np.unique(scored.score[scored.y == 1])[::-1]
    tp, fp = cumulative(scored, weights, np.concatenate([cuts, np.nextafter(cuts, np.inf)]))
    tp, fp, fp_above = tp[:, : len(cuts)], fp[:, : len(cuts)], fp[:, len(cuts) :]
    return Steps(np.diff(tp, axis=1, prepend=0), tp, fp, fp_above)


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
    order = np.argsort(-scored.score, kind="stable")

    def reaching(label: int) -> np.ndarray:
        rows = order[scored.y[order] == label]
        sums = np.zeros((len(weights), len(rows) + 1))
        np.cumsum(np.take(weights, rows, axis=1), axis=1, out=sums[:, 1:])
        return sums[:, np.searchsorted(-scored.score[rows], -cuts, side="right")]

    return reaching(1), reaching(0)


def brier(on: Resampled) -> np.ndarray:
    """The mean squared difference of score and label; (resamples,)."""
    return ratio(on.weights @ (on.scored.score - on.scored.y) ** 2, on.total)


def calibration_slope(on: Resampled) -> np.ndarray:
    """The slope of the score's logit in a logistic regression of the label; (resamples,).

    1 is right; below 1, scores are too extreme (Van Calster et al., BMC Medicine 17, 2019). NaN for scores that are no
    probabilities.
    """
    if on.logit is None:
        return on.undefined
    # Resamples start from the solution for all records: a few steps away.
    start = logistic_recalibration(on.logit, on.scored.y, on.scored.weights)
    return logistic_recalibration(on.logit, on.scored.y, on.weights, start)[:, 1]


def calibration_intercept(on: Resampled) -> np.ndarray:
    """The intercept of that regression, with the slope held at 1; (resamples,).

    0 is right; below 0, scores are too high. NaN for scores that are no probabilities.
    """
    if on.logit is None:
        return on.undefined
    start = _shifted(on.logit, on.scored.y, on.scored.weights, np.zeros(1))
    return _shifted(on.logit, on.scored.y, on.weights, start)


def logistic_recalibration(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """The logistic regression of y (records,) on (1, x), by Newton's method; intercept and slope: (resamples, 2).

    x: (records,), logits. weights: (resamples, records). `start` may be one row for all resamples: the first step then
    costs next to nothing. By default it is (0, 0): from a slope of 1 extreme logits lead nowhere. NaN where there is no
    solution.
    """
    from scipy.special import expit

    start = np.zeros((1, 2)) if start is None else start
    a, b = start[:, 0], start[:, 1]
    powers = np.column_stack([np.ones_like(x), x, x**2])
    for _ in range(NEWTON_STEPS):
        p = expit(a[:, None] + b[:, None] * x)
        g0, g1 = _weighted(weights, y - p, powers[:, :2])
        h00, h01, h11 = _weighted(weights, p * (1 - p), powers)
        determinant = h00 * h11 - h01**2
        da, db = ratio(h11 * g0 - h01 * g1, determinant), ratio(h00 * g1 - h01 * g0, determinant)
        a, b = a + da, b + db
        if _still(da) and _still(db):
            break
    return np.column_stack([a, b])


def _shifted(x: np.ndarray, y: np.ndarray, weights: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Newton's method for the intercept alone, the slope held at 1; shape (resamples,)."""
    a, once, odds = start, np.ones((len(x), 1)), np.exp(-x)
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-a)[:, None] * odds)  # the sigmoid of a + x, without an exponential for each of them
        step = ratio(*_weighted(weights, y - p, once), *_weighted(weights, p * (1 - p), once))
        a = a + step
        if _still(step):
            break
    return a


def _weighted(weights: np.ndarray, values: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """The weighted sums of values times each of the powers (records, k) in each resample; (k, resamples).

    values: (resamples, records), or one row for all resamples, which takes a single matrix product.
    """
    if len(values) == 1:
        return (weights @ (values[0][:, None] * powers)).T
    return ((weights * values) @ powers).T


def _still(step: np.ndarray) -> bool:
    """Whether no resample that has a solution moves any more."""
    return bool(np.nanmax(np.abs(step), initial=0.0) < CONVERGED)


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Element by element; NaN where the denominator is 0."""
    result = np.full(np.shape(numerator), np.nan)
    return np.divide(numerator, denominator, out=result, where=np.asarray(denominator) != 0)
