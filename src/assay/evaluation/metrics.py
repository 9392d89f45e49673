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
    """Average precision (the step-wise sum) and area under the ROC curve (trapezoids), ties taken together."""
    tp, fp = cumulative(scored, weights)
    positives, negatives = tp[:, -1:], fp[:, -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.nan_to_num(tp / (tp + fp))
        recall_step = np.diff(tp, axis=1, prepend=0) / positives
        specific_step = np.diff(fp, axis=1, prepend=0) / negatives
        recall_before = np.hstack([np.zeros_like(positives), tp[:, :-1]]) / positives
    return {
        "average_precision": (precision * recall_step).sum(axis=1),
        "roc_auc": (specific_step * (recall_before + recall_step / 2)).sum(axis=1),
    }


def cumulative(scored: Scored, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives at each distinct score, from the highest down; (resamples, distinct scores)."""
    order = np.argsort(-scored.score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scored.score[order]) != 0, True))
    sorted_weights = weights[:, order].astype(float)
    true = np.cumsum(sorted_weights * scored.y[order], axis=1)[:, last]
    return true, np.cumsum(sorted_weights, axis=1)[:, last] - true


def calibration(scored: Scored, weights: np.ndarray) -> Values:
    """Brier score, and the calibration slope and intercept of the logistic recalibration framework.

    Slope: of the logit of the score in a logistic regression of the label (1 is right, below 1 too extreme).
    Intercept: with the slope held at 1 (0 is right, negative: scores too high). (Van Calster et al., BMC Medicine
    17, 2019.) Both are NaN for scores that are no probabilities: fewer than three distinct values.
    """
    total = weights.sum(axis=1).astype(float)
    values = {"brier": _ratio(weights @ (scored.score - scored.y) ** 2, total)}
    if len(np.unique(scored.score)) < 3:
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
    a, b = start[:, 0], start[:, 1]
    for _ in range(NEWTON_STEPS):
        p = _sigmoid(a[:, None] + b[:, None] * x)
        residual, curvature = y - p, p * (1 - p)
        g0, g1 = _weighted(weights, residual), _weighted(weights, residual * x)
        h00, h01, h11 = (_weighted(weights, curvature * power) for power in (np.ones_like(x), x, x**2))
        determinant = h00 * h11 - h01**2
        da, db = _ratio(h11 * g0 - h01 * g1, determinant), _ratio(h00 * g1 - h01 * g0, determinant)
        a, b = a + da, b + db
        if _still(da) and _still(db):
            break
    return np.column_stack([a, b])


def _shifted(x: np.ndarray, y: np.ndarray, weights: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Newton's method for the intercept alone, the slope held at 1; shape (resamples,)."""
    a = start
    for _ in range(NEWTON_STEPS):
        p = _sigmoid(a[:, None] + x)
        step = _ratio(_weighted(weights, y - p), _weighted(weights, p * (1 - p)))
        a = a + step
        if _still(step):
            break
    return a


def _weighted(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The weighted sum of values in each resample; values of one row are those of all, and one matrix product."""
    return weights @ values[0] if len(values) == 1 else np.einsum("ij,ij->i", weights, values)


def _still(step: np.ndarray) -> bool:
    """Whether no resample that has a solution moves any more."""
    return bool(np.nanmax(np.abs(step), initial=0.0) < CONVERGED)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    result = np.full(np.shape(numerator), np.nan)
    return np.divide(numerator, denominator, out=result, where=np.asarray(denominator) != 0)
