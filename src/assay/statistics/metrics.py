"""Metrics of a binary screening model, for many resamples of the same records at once.

Every function takes weights of shape (resamples, records): how often each record was drawn. Row of ones: the records
as they are. Results have shape (resamples,); what is undefined (precision without alerts, say) is NaN. The point
estimates equal scikit-learn's; the vectorised form makes thousands of resamples cost a second.
"""

from dataclasses import dataclass

import numpy as np

Values = dict[str, np.ndarray]

CLIP = 1e-6  # scores carry six decimals; a logit must stay finite
NEWTON_STEPS, CONVERGED = 25, 1e-4  # convergence is quadratic: what is left is about 1e-8


@dataclass(frozen=True)
class Scored:
    """What is measured: labels (n,) of 0 and 1, scores (n,), and the threshold at which a score is an alert.

    `weight` (n,): how many records each stands for, where they are a weighted sample.
    """

    y: np.ndarray
    score: np.ndarray
    threshold: float
    weight: np.ndarray | None = None

    @property
    def weights(self) -> np.ndarray:
        """The records as they are, as metrics take them: (1, records)."""
        return self.weighted(np.ones((1, len(self.y))))

    def weighted(self, resamples: np.ndarray) -> np.ndarray:
        """Resamples, each record counting for as many as it stands for; (resamples, records)."""
        return resamples if self.weight is None else resamples * self.weight

    @property
    def prevalence(self) -> float:
        """The share of positives."""
        return float(np.average(self.y, weights=self.weight))

    @property
    def alert(self) -> np.ndarray:
        return self.score >= self.threshold

    def only(self, rows: np.ndarray) -> "Scored":
        """The records of a boolean mask."""
        weight = None if self.weight is None else self.weight[rows]
        return Scored(self.y[rows], self.score[rows], self.threshold, weight)


def everything(scored: Scored, weights: np.ndarray, threshold_probability: float) -> Values:
    """All metrics; see `discrimination` and `calibration`."""
    return {**discrimination(scored, weights, threshold_probability), **calibration(scored, weights)}


def discrimination(scored: Scored, weights: np.ndarray, threshold_probability: float) -> Values:
    """How well the two classes are told apart; see `ranking` and `decisions`."""
    return {**ranking(scored, weights), **decisions(scored, weights, threshold_probability)}


def decisions(scored: Scored, weights: np.ndarray, threshold_probability: float) -> Values:
    """Metrics of the alerts.

    Net benefit is true alerts less false alerts at the price that `threshold_probability` implies, per record
    (Vickers & Elkin, Medical Decision Making 26, 2006).
    """
    positive, alert = scored.y == 1, scored.alert
    total = weights.sum(axis=1).astype(float)
    tp, fp = weights @ (alert & positive), weights @ (alert & ~positive)
    fn, tn = weights @ (~alert & positive), weights @ (~alert & ~positive)
    price = threshold_probability / (1 - threshold_probability)
    return {
        "recall": _ratio(tp, tp + fn),
        "precision": _ratio(tp, tp + fp),
        "f1": _ratio(2 * tp, 2 * tp + fp + fn),
        "accuracy": _ratio(tp + tn, total),
        "specificity": _ratio(tn, tn + fp),
        "alerts_per_1000": 1000 * _ratio(tp + fp, total),
        "net_benefit": _ratio(tp - price * fp, total),
    }


def ranking(scored: Scored, weights: np.ndarray) -> Values:
    """Average precision (the step-wise sum) and area under the ROC curve (trapezoids), ties taken together.

    Both are sums over the scores of positives: between them recall does not rise.
    """
    cuts = np.unique(scored.score[scored.y == 1])[::-1]
    tp, fp = cumulative(scored, weights, np.concatenate([cuts, np.nextafter(cuts, np.inf)]))
    tp, fp, fp_above = tp[:, : len(cuts)], fp[:, : len(cuts)], fp[:, len(cuts) :]
    positives, negatives = weights @ (scored.y == 1), weights @ (scored.y == 0)
    caught = np.diff(tp, axis=1, prepend=0)
    precision = np.nan_to_num(_ratio(tp, tp + fp))
    below = negatives[:, None] - (fp + fp_above) / 2
    return {
        "average_precision": _ratio((precision * caught).sum(axis=1), positives),
        "roc_auc": _ratio((below * caught).sum(axis=1), positives * negatives),
    }


def average_precision(scored: Scored) -> float:
    """That of the records as they are; NaN without a positive."""
    return float(ranking(scored, scored.weights)["average_precision"][0])


def cumulative(scored: Scored, weights: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives when a score of at least the cut is an alert; each (resamples, cuts)."""
    order = np.argsort(-scored.score, kind="stable")

    def reaching(label: int) -> np.ndarray:
        rows = order[scored.y[order] == label]
        sums = np.zeros((len(weights), len(rows) + 1))
        np.cumsum(np.take(weights, rows, axis=1), axis=1, out=sums[:, 1:])
        return sums[:, np.searchsorted(-scored.score[rows], -cuts, side="right")]

    return reaching(1), reaching(0)


def calibration(scored: Scored, weights: np.ndarray) -> Values:
    """Brier score, and the calibration slope and intercept of the logistic recalibration framework.

    Slope: of the logit of the score in a logistic regression of the label (1 is right, below 1 too extreme).
    Intercept: with the slope held at 1 (0 is right, negative: scores too high). (Van Calster et al., BMC Medicine
    17, 2019.) Both are NaN for scores that are no probabilities: fewer than three distinct values.
    """
    total = weights.sum(axis=1).astype(float)
    values = {"brier": _ratio(weights @ (scored.score - scored.y) ** 2, total)}
    if len(np.unique(scored.score[scored.weights[0] > 0])) < 3:
        undefined = np.full(len(weights), np.nan)
        return {**values, "calibration_slope": undefined, "calibration_intercept": undefined}
    clipped = np.clip(scored.score, CLIP, 1 - CLIP)
    logit = np.log(clipped / (1 - clipped))
    everyone = scored.weights
    # Resamples start from the solution for all records: a few steps away.
    start = _recalibrated(logit, scored.y, everyone, np.array([[0.0, 1.0]]))
    slope = _recalibrated(logit, scored.y, weights, start)[:, 1]
    intercept = _shifted(logit, scored.y, weights, _shifted(logit, scored.y, everyone, np.zeros(1)))
    return {**values, "calibration_slope": slope, "calibration_intercept": intercept}


def _recalibrated(x: np.ndarray, y: np.ndarray, weights: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Newton's method for the logistic regression of y on (1, x); coefficients of shape (resamples, 2).

    `start` may be one row for all resamples: the first step then costs next to nothing.
    """
    from scipy.special import expit

    a, b = start[:, 0], start[:, 1]
    powers = np.column_stack([np.ones_like(x), x, x**2])
    for _ in range(NEWTON_STEPS):
        p = expit(a[:, None] + b[:, None] * x)
        g0, g1 = _weighted(weights, y - p, powers[:, :2])
        h00, h01, h11 = _weighted(weights, p * (1 - p), powers)
        determinant = h00 * h11 - h01**2
        da, db = _ratio(h11 * g0 - h01 * g1, determinant), _ratio(h00 * g1 - h01 * g0, determinant)
        a, b = a + da, b + db
        if _still(da) and _still(db):
            break
    return np.column_stack([a, b])


def _shifted(x: np.ndarray, y: np.ndarray, weights: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Newton's method for the intercept alone, the slope held at 1; shape (resamples,)."""
    a, once, odds = start, np.ones((len(x), 1)), np.exp(-x)
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-a)[:, None] * odds)  # the sigmoid of a + x, without an exponential for each of them
        step = _ratio(*_weighted(weights, y - p, once), *_weighted(weights, p * (1 - p), once))
        a = a + step
        if _still(step):
            break
    return a


def _weighted(weights: np.ndarray, values: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """The weighted sums of values times each of the powers (records, k) in each resample; (k, resamples).

    Values of one row are those of all resamples: one matrix product, whatever their number.
    """
    if len(values) == 1:
        return (weights @ (values[0][:, None] * powers)).T
    return ((weights * values) @ powers).T


def _still(step: np.ndarray) -> bool:
    """Whether no resample that has a solution moves any more."""
    return bool(np.nanmax(np.abs(step), initial=0.0) < CONVERGED)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    result = np.full(np.shape(numerator), np.nan)
    return np.divide(numerator, denominator, out=result, where=np.asarray(denominator) != 0)
