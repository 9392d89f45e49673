"""Decides, on out-of-fold scores, whether a model is to be recalibrated."""

from collections.abc import Sequence

import numpy as np

from assay.bundle.recalibration import Recalibration
from assay.modelling.weights import Weight
from assay.statistics.bootstrap import Estimate, Resamples
from assay.statistics.ratios import ratio
from assay.statistics.regression import logistic_recalibration

DECIMALS = 6  # of the coefficients, as many as bundle.json keeps
RESAMPLES, CONFIDENCE, SEED = 500, 0.95, 42
FEWEST = 3  # different log odds; fewer are no probabilities


def recalibration(
    y: np.ndarray, log_odds: np.ndarray, parts: Sequence[np.ndarray], weight: Weight = None
) -> Recalibration | None:
    """The recalibration on all records, if one that is learned on the other parts makes the log loss smaller.

    y, log_odds, weight: (n,), out of fold. parts: the positions of each block. Smaller means: by the interval of the
    paired difference. None too if it would reverse the order of records.
    """
    if len(np.unique(log_odds)) < FEWEST:
        return None
    weights = np.ones(len(y)) if weight is None else weight
    found = _fitted(y, log_odds, weights)
    if found is None or not _helps(y, log_odds, parts, weights):
        return None
    return found


def _helps(y: np.ndarray, log_odds: np.ndarray, parts: Sequence[np.ndarray], weights: np.ndarray) -> bool:
    after = np.empty(len(y))
    for part in parts:
        others = np.setdiff1d(np.arange(len(y)), part)
        learned = _fitted(y[others], log_odds[others], weights[others])
        if learned is None:
            return False
        after[part] = learned.log_odds(log_odds[part])
    gain = _loss(y, log_odds) - _loss(y, after)
    blocks = Resamples(len(y), RESAMPLES, SEED)
    means = np.concatenate([ratio(block @ (weights * gain), block @ weights) for block in blocks])
    low, _ = Estimate(float(np.average(gain, weights=weights)), means).interval(CONFIDENCE)
    return bool(low > 0)


def _fitted(y: np.ndarray, log_odds: np.ndarray, weights: np.ndarray) -> Recalibration | None:
    """None if there is no solution, or none with a slope above 0."""
    intercept, slope = logistic_recalibration(log_odds, y, weights[None, :])[0].round(DECIMALS)
    return Recalibration(float(intercept), float(slope)) if slope > 0 and np.isfinite(intercept) else None


def _loss(y: np.ndarray, log_odds: np.ndarray) -> np.ndarray:
    """The negative log likelihood of each label, (n,)."""
    return np.logaddexp(0, np.where(y == 1, -log_odds, log_odds))
