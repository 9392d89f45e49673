"""Scores records with an estimator, fitted just now or loaded from a model folder."""

from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.model_names import for_model
from assay.bundle.recalibration import Recalibration

LOWEST = 1e-6  # probability: a model that says 0 has log odds all the same
ROUNDING = 1e-12  # difference of probabilities that are the same but for rounding
WITH_ODDS = ("get_booster", "booster_", "members_")  # of estimators that give log odds by themselves
DECIMALS = 6  # of a score, as many as files keep: so a threshold that is read back is the same


def score(estimator: Any, X: "pd.DataFrame | np.ndarray", recalibration: Recalibration | None = None) -> np.ndarray:
    """The probability of the positive class, (n,), float64 with `DECIMALS` decimals, as the threshold has them.

    X: the table of features, or their matrix for an estimator whose `takes_places` is true.
    """
    if recalibration:
        return recalibrated(log_odds(estimator, X), recalibration)
    return np.round(_probability(estimator, for_model(estimator, X)), DECIMALS)


def score_and_log_odds(estimator: Any, X: "pd.DataFrame | np.ndarray") -> tuple[np.ndarray, np.ndarray]:
    """The results of `score` and `log_odds`, both (n,); a pipeline prepares the features for both once."""
    if any(hasattr(estimator, own) for own in WITH_ODDS):
        return score(estimator, X), log_odds(estimator, X)
    said, odds = _both(estimator, for_model(estimator, X))
    return np.round(said, DECIMALS), odds


def recalibrated(log_odds: np.ndarray, recalibration: Recalibration) -> np.ndarray:
    """The scores, (n,), of a model's log odds, (n,)."""
    return np.round(recalibration.probability(log_odds), DECIMALS)


def log_odds(estimator: Any, X: "pd.DataFrame | np.ndarray") -> np.ndarray:
    """The logarithm of the odds of the positive class, (n,), float64, as exact as the estimator can give it.

    Where a probability is all that it gives, that of 0 or 1 counts as `LOWEST` or 1 - `LOWEST`.
    """
    X = for_model(estimator, X)
    if hasattr(estimator, "get_booster"):
        return estimator.predict(X, output_margin=True).astype("float64")
    if hasattr(estimator, "booster_"):
        return estimator.predict_proba(X, raw_score=True)
    if hasattr(estimator, "members_"):
        return estimator.decision_function(X)
    return _both(estimator, X)[1]


def _probability(estimator: Any, X: "pd.DataFrame | np.ndarray") -> np.ndarray:
    return np.asarray(estimator.predict_proba(X)[:, 1].astype("float64"))


def _both(estimator: Any, X: Any) -> tuple[np.ndarray, np.ndarray]:
    """The probability of an estimator that gives no log odds by itself, and the log odds that follow from it."""
    if len(getattr(estimator, "steps", ())) > 1:
        estimator, X = estimator[-1], estimator[:-1].transform(X)
    said = _probability(estimator, X)
    positive = np.clip(said, LOWEST, 1 - LOWEST)
    found = np.log(positive) - np.log1p(-positive)
    if not hasattr(estimator, "decision_function"):
        return said, found
    decision = estimator.decision_function(X)  # log odds of some estimators, something else of others, such as AdaBoost
    return said, np.where(np.isclose(_expit(decision), said, rtol=0, atol=ROUNDING), decision, found)


def _expit(logit: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -logit))
