"""Scores records with an estimator, fitted just now or loaded from a model folder."""

from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.recalibration import Recalibration

LOWEST = 1e-6  # probability: a model that says 0 has log odds all the same
DECIMALS = 6  # of a score, as many as files keep: so a threshold that is read back is the same


def score(estimator: Any, X: pd.DataFrame, recalibration: Recalibration | None = None) -> np.ndarray:
    """The probability of the positive class, (n,), float64 with `DECIMALS` decimals, as the threshold has them."""
    if recalibration:
        return recalibrated(log_odds(estimator, X), recalibration)
    return np.round(estimator.predict_proba(X)[:, 1].astype("float64"), DECIMALS)


def recalibrated(log_odds: np.ndarray, recalibration: Recalibration) -> np.ndarray:
    """The scores, (n,), of a model's log odds, (n,)."""
    return np.round(recalibration.probability(log_odds), DECIMALS)


def log_odds(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    """The logarithm of the odds of the positive class, (n,), float64, as exact as the estimator can give it."""
    if hasattr(estimator, "get_booster"):
        return estimator.predict(X, output_margin=True).astype("float64")
    if hasattr(estimator, "booster_"):
        return estimator.predict_proba(X, raw_score=True)
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(X)
    positive = np.clip(estimator.predict_proba(X)[:, 1].astype("float64"), LOWEST, 1 - LOWEST)
    return np.log(positive) - np.log1p(-positive)
