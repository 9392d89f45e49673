"""Early stopping on the validation fold, for the ways in which libraries offer it.

Each way answers three questions: how to fit with a validation fold, what loss it recorded at each round, and which
settings repeat the chosen number of rounds without a validation fold.
"""

import inspect
from typing import Any

import numpy as np
import pandas as pd

Curve = dict[str, list[float]]


def stops_early(model: dict[str, Any]) -> bool:
    """Whether the configuration asks for early stopping."""
    return bool(model.get("early_stopping_rounds") or model.get("early_stopping"))


def fit_watching(estimator: Any, X: pd.DataFrame, y: pd.Series, X_val: pd.DataFrame, y_val: pd.Series) -> Curve:
    """Fit on (X, y) until the loss on (X_val, y_val) stops falling; the losses by round, train and validation."""
    accepted = inspect.signature(estimator.fit).parameters
    if "eval_set" in accepted:  # XGBoost, LightGBM
        quiet = {"verbose": False} if "verbose" in accepted else {}
        estimator.fit(X, y, eval_set=[(X, y), (X_val, y_val)], **quiet)
        recorded = (
            estimator.evals_result() if callable(getattr(estimator, "evals_result", None)) else estimator.evals_result_
        )
        losses = [next(iter(metrics.values())) for metrics in recorded.values()]
        return {"train": [float(v) for v in losses[0]], "validation": [float(v) for v in losses[-1]]}
    estimator.fit(X, y, X_val=X_val, y_val=y_val)  # scikit-learn: scores are losses with the sign turned
    return {
        "train": [-float(v) for v in estimator.train_score_],
        "validation": [-float(v) for v in estimator.validation_score_],
    }


def chosen_rounds(model: dict[str, Any], estimator: Any, curve: Curve) -> dict[str, Any]:
    """`model` with the best number of rounds fixed and early stopping off, for fits on other records."""
    if "early_stopping_rounds" in model:
        best = getattr(estimator, "best_iteration", None)
        rounds = int(estimator.best_iteration_) if best is None else int(best) + 1
        return {**model, "n_estimators": rounds, "early_stopping_rounds": None}
    # Scikit-learn's first score is that of the constant model, before any round.
    return {**model, "max_iter": max(1, int(np.argmin(curve["validation"]))), "early_stopping": False}
