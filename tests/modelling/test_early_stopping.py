"""Early stopping on the validation fold, and the same number of rounds without it."""

from dataclasses import replace

import numpy as np
import pytest

from assay.modelling.building import build
from assay.modelling.early_stopping import chosen_rounds, first_round, fit_watching, stops_early
from modelling_samples import MODELS, configured, labelled

ROUNDS = {"xgboost": "n_estimators", "hist_gbm": "max_iter"}


def test_only_boosting_stops_early() -> None:
    assert {name for name in MODELS if stops_early(configured(name))} == set(ROUNDS)


@pytest.mark.parametrize("name", ROUNDS)
def test_the_losses_of_a_weighted_sample_are_weighted(name: str) -> None:
    from sklearn.metrics import log_loss

    weight = np.tile([1.0, 2.0, 5.0], 80)
    train, validation = replace(labelled(), weight=weight), replace(labelled(seed=1), weight=weight[::-1])
    estimator = build(configured(name))
    curve = fit_watching(estimator, train, validation)
    for part, losses in ((train, curve["train"]), (validation, curve["validation"])):
        scores = estimator.predict_proba(part.X)[:, 1]
        at = -1 if name == "hist_gbm" else estimator.best_iteration
        assert losses[at] == pytest.approx(log_loss(part.y, scores, sample_weight=part.weight), rel=1e-4)


@pytest.mark.parametrize("name", ROUNDS)
def test_the_rounds_kept_are_those_with_the_lowest_validation_loss(name: str) -> None:
    model = configured(name, **{ROUNDS[name]: 300, "learning_rate": 0.3})
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
