"""Early stopping on the validation fold, and the same number of rounds without it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assay.modelling.building import build
from assay.modelling.early_stopping import chosen_rounds, first_round, fit_watching, stops_early
from modelling_samples import MODELS, configured, labelled, require_library

ROUNDS = {"xgboost": "n_estimators", "lightgbm": "n_estimators", "catboost": "n_estimators", "hist_gbm": "max_iter"}
BY_REQUEST = {"lightgbm", "catboost"}  # whose configurations ask for no early stopping


def stopping(name: str, **changes: Any) -> dict[str, Any]:
    """The configuration with early stopping."""
    require_library(name)
    return configured(name, **({"early_stopping_rounds": 50} if name in BY_REQUEST else {}), **changes)


def test_only_boosting_stops_early() -> None:
    assert {name for name in MODELS if stops_early(configured(name))} == set(ROUNDS) - BY_REQUEST


@pytest.mark.parametrize("name", ROUNDS)
def test_the_losses_of_a_weighted_sample_are_weighted(name: str) -> None:
    from sklearn.metrics import log_loss

    weight = np.tile([1.0, 2.0, 5.0], 80)
    train, validation = replace(labelled(), weight=weight), replace(labelled(seed=1), weight=weight[::-1])
    estimator = build(stopping(name))
    curve = fit_watching(estimator, train, validation)
    for part, losses in ((train, curve["train"]), (validation, curve["validation"])):
        scores = estimator.predict_proba(part.X)[:, 1]
        at = chosen_rounds(stopping(name), estimator, curve)[ROUNDS[name]] - first_round(stopping(name))
        at = -1 if name == "hist_gbm" else at
        # While it learns, CatBoost computes a category's statistic for a record from other records only.
        near = 0.05 if name == "catboost" and part is train else 1e-4
        assert losses[at] == pytest.approx(log_loss(part.y, scores, sample_weight=part.weight), rel=near)


@pytest.mark.parametrize("name", ROUNDS)
def test_the_rounds_kept_are_those_with_the_lowest_validation_loss(name: str) -> None:
    model = stopping(name, **{ROUNDS[name]: 300, "learning_rate": 0.3})
    train, validation = labelled(), labelled(seed=1)
    estimator = build(model)
    curve = fit_watching(estimator, train, validation)
    chosen = chosen_rounds(model, estimator, curve)
    assert chosen[ROUNDS[name]] == first_round(model) + np.argmin(curve["validation"])
    assert 1 <= chosen[ROUNDS[name]] < len(curve["validation"]) < 300
    assert not stops_early(chosen)
    again = build(chosen).fit(train.X, train.y)
    from sklearn.metrics import log_loss

    loss = log_loss(validation.y, again.predict_proba(validation.X)[:, 1])
    assert loss == pytest.approx(min(curve["validation"]), rel=1e-4)
    assert len(curve["train"]) == len(curve["validation"])
    assert np.argmin(curve["train"]) > np.argmin(curve["validation"])


@pytest.mark.parametrize("rounds", [30, 300], ids=["all rounds", "stopped"])
def test_lightgbm_is_not_stopped_by_the_records_it_learns_from(rounds: int) -> None:
    model = stopping("lightgbm", n_estimators=rounds, learning_rate=0.9)
    estimator = build(model)
    curve = fit_watching(estimator, labelled(), labelled(seed=1))
    assert estimator.best_iteration_ == 1 + np.argmin(curve["validation"]) < 1 + np.argmin(curve["train"])
