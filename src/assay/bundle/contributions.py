"""How much each feature adds to the log odds of a record: exact, and in sum the model's log odds.

Trees: SHAP values by path (Lundberg et al. 2020, "From local explanations to global understanding", TreeSHAP), computed
by the library of the model. Linear models: coefficient x value. An ensemble: the mean of its members.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.model_names import for_model
from assay.errors import AssayError

Method = Callable[[Any, pd.DataFrame], np.ndarray]  # (n, features + 1), the baseline last
BASELINE = "baseline"  # the log odds before any feature is looked at; the last column, as a feature may be called so
CLIPPED, NEAR = 10.0, 0.01  # log odds: a score in float32 says no more near 0 and 1
# Models without exact contributions, by class, and why.
NO_REASONS_OF = {
    "DummyClassifier": "it gives every record the same score",
    "HistGradientBoostingClassifier": "scikit-learn computes none for its histogram gradient boosting",
    "RandomForestClassifier": "its score is a mean of shares, and its log odds are no sum over trees",
    "RuleClassifier": "a rule says yes or no, which has no log odds",
}
OTHERWISE = "no way to compute them is known"


def contributions(estimator: Any, X: pd.DataFrame) -> pd.DataFrame:
    """The contribution of each feature to the log odds of each record, (n, features + 1), float64.

    X: features of records, as for `predict_proba`. Result: the same index; a column for each column of X, in order, and
    `BASELINE`. A row sums to the log odds of the estimator's own score: whatever recalibrates that score comes after.
    An estimator may have a method `contributions` of its own, which returns the same as an array. AssayError if an
    estimator has no exact contributions, or if they do not add up to its score, as with another loss than the logistic.
    """
    if why := without(estimator):
        raise no_reasons(why)
    found = unchecked(estimator, X)
    said = np.asarray(estimator.predict_proba(for_model(estimator, X)))
    _require_sum(found.to_numpy().sum(axis=1), said[:, 1].astype("float64"))
    return found


def unchecked(estimator: Any, X: pd.DataFrame) -> pd.DataFrame:
    """The same, without a comparison with the score, which takes as long as another score.

    It is for a program that has called `contributions` with the same estimator before.
    """
    method = _method(estimator)
    assert method, "no exact contributions: ask without() first"
    return pd.DataFrame(
        np.asarray(method(estimator, for_model(estimator, X)), dtype="float64"), X.index, [*X, BASELINE]
    )


def without(estimator: Any) -> str | None:
    """Why an estimator has no exact contributions; None if it has them."""
    if hasattr(estimator, "members_"):
        return next(filter(None, map(without, estimator.members_.values())), None)
    if _method(estimator):
        return None
    classes = type(steps(estimator)[-1]).__mro__
    return next((NO_REASONS_OF[one.__name__] for one in classes if one.__name__ in NO_REASONS_OF), OTHERWISE)


def no_reasons(why: str) -> AssayError:
    """The error for a model without exact contributions."""
    return AssayError(f"this model has no exact reasons: {why}", todo="docs/reasons.md lists the models that have them")


def steps(estimator: Any) -> list[Any]:
    """The steps of a pipeline; any other estimator is the only one."""
    return [step for _, step in getattr(estimator, "steps", [("", estimator)])]


def _require_sum(total: np.ndarray, score: np.ndarray) -> None:
    """AssayError unless the sums are the log odds of the scores, as far as the scores tell them."""
    with np.errstate(divide="ignore"):
        expected = np.log(score) - np.log1p(-score)
    if not np.allclose(total.clip(-CLIPPED, CLIPPED), expected.clip(-CLIPPED, CLIPPED), rtol=0, atol=NEAR):
        raise AssayError("the contributions do not add up to the log odds of the score", todo="use the logistic loss")


def _method(estimator: Any) -> Method | None:
    """The function that computes an estimator's contributions, found by what the estimator has."""
    found = next((method for attribute, method in METHODS.items() if hasattr(estimator, attribute)), None)
    if found is None and hasattr(steps(estimator)[-1], "coef_"):
        from assay.bundle import linear

        found = linear.contributions if linear.origins(estimator) is not None else None
    return found


def _of_members(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    """The mean over the members: the ensemble's log odds are the mean of theirs."""
    return np.mean([unchecked(member, X) for member in estimator.members_.values()], axis=0)


def _of_xgboost(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    from xgboost import DMatrix

    booster = estimator.get_booster()
    best = booster.attr("best_iteration")  # predict_proba uses no round after it
    rounds = (0, int(best) + 1) if best else (0, 0)
    return booster.predict(DMatrix(X, enable_categorical=True), pred_contribs=True, iteration_range=rounds)


def _of_lightgbm(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    return estimator.predict_proba(X, pred_contrib=True)


METHODS: dict[str, Method] = {  # by an attribute of the estimator
    "contributions": lambda estimator, X: estimator.contributions(X),
    "members_": _of_members,
    "get_booster": _of_xgboost,
    "booster_": _of_lightgbm,
}
