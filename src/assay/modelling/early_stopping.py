"""Early stopping on the validation fold, for the different interfaces of the libraries.

Each interface differs in three things: how to fit with a validation fold, where the loss of each round is recorded, and
which settings repeat the chosen number of rounds without a validation fold.
"""

import inspect
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.bundle.model_names import for_model
from assay.modelling.weights import of_fit, scaled

if TYPE_CHECKING:
    from assay.modelling.records import Records

Curve = dict[str, list[float]]


def stops_early(model: dict[str, Any]) -> bool:
    """Whether the configuration asks for early stopping."""
    return bool(model.get("early_stopping_rounds") or model.get("early_stopping"))


def has_rounds(model: dict[str, Any]) -> bool:
    """Whether the configuration is of boosting that can tell the loss of each round, stopped early or not."""
    return "early_stopping_rounds" in model or stops_early(model)


def fit_watching(estimator: Any, train: "Records", validation: "Records") -> Curve:
    """Fit on `train`, with early stopping until the loss on `validation` stops falling; return each round's losses."""
    train, validation = (replace(one, X=for_model(estimator, one.X)) for one in (train, validation))
    accepted = inspect.signature(estimator.fit).parameters
    more = {**of_fit(estimator, train.weight), **_of_watching(accepted, train, validation)}
    if "eval_X" in accepted:  # LightGBM, which never stops by what is called "training"
        watched = {"eval_X": (train.X, validation.X), "eval_y": (train.y, validation.y)}
        estimator.fit(train.X, train.y, **watched, eval_names=["training", "validation"], **more)
        return curve_of(estimator.evals_result_)
    if "eval_set" in accepted:  # XGBoost, CatBoost
        quiet = {"verbose": False} if "verbose" in accepted else {}
        both = [(one.X, one.y) for one in (train, validation)]
        estimator.fit(train.X, train.y, eval_set=both, **quiet, **more)
        recorded = getattr(estimator, "evals_result", None)
        return curve_of(recorded() if callable(recorded) else estimator.evals_result_)
    # Scikit-learn: scores are losses with the sign turned.
    estimator.fit(train.X, train.y, X_val=validation.X, y_val=validation.y, **more)
    return {
        "train": [-float(v) for v in estimator.train_score_],
        "validation": [-float(v) for v in estimator.validation_score_],
    }


def chosen_rounds(model: dict[str, Any], estimator: Any, curve: Curve) -> dict[str, Any]:
    """The configuration with the best number of rounds and without early stopping, for fits on other records."""
    if "early_stopping_rounds" in model:
        best = getattr(estimator, "best_iteration", None)
        rounds = int(estimator.best_iteration_) if best is None else int(best) + 1
        return {**model, "n_estimators": rounds, "early_stopping_rounds": None}
    # Scikit-learn's first score is that of the constant model, before any round.
    return {**model, "max_iter": max(1, int(np.argmin(curve["validation"]))), "early_stopping": False}


def first_round(model: dict[str, Any]) -> int:
    """The number of rounds at the first recorded loss: 1 for xgboost and its like, 0 for scikit-learn."""
    return 1 if "early_stopping_rounds" in model else 0


def curve_of(recorded: dict[str, dict[str, list[float]]]) -> Curve:
    """The first metric of what was watched first, train, and last, validation."""
    losses = [next(iter(metrics.values())) for metrics in recorded.values()]
    return {"train": [float(v) for v in losses[0]], "validation": [float(v) for v in losses[-1]]}


def _of_watching(accepted: Collection[str], train: "Records", validation: "Records") -> dict[str, Any]:
    """The weights of the records on which the loss is measured, under the library's name for them."""
    if train.weight is None or validation.weight is None:
        return {}
    both = [scaled(train.weight), scaled(validation.weight)]
    names = {"sample_weight_eval_set": both, "eval_sample_weight": both, "sample_weight_val": both[1]}
    return {name: value for name, value in names.items() if name in accepted}
