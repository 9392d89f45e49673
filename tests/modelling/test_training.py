"""One model from records to threshold."""

import inspect

import numpy as np
import pytest

from assay.config.schema import Training
from assay.config.targets import LIBRARIES
from assay.modelling.training import fits, out_of_fold, train, with_rounds
from modelling_samples import configured, labelled, numbered

SPY = {"name": "spy", "threshold": None, "_target_": "modelling_samples.Spy"}
TRAINING = Training(folds=4, confidence=0.95, refit=True, recalibrate=False)


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of the spy counts as a model library."""
    monkeypatch.setattr("assay.config.targets.LIBRARIES", (*LIBRARIES, "modelling_samples"))


def test_no_record_is_scored_by_a_model_that_saw_it() -> None:
    assert out_of_fold(SPY, numbered(40), folds=4)[0].tolist() == [0] * 40


@pytest.mark.parametrize(("refit", "seen"), [(True, 60), (False, 40)])
def test_the_final_model_learns_from_train_and_with_refit_from_validation_too(refit: bool, seen: int) -> None:
    trained = train(
        SPY, numbered(40), numbered(20, start=40), Training(4, 0.95, refit, recalibrate=False), min_recall=0.9
    )
    assert trained.estimator.seen_ == set(range(seen))
    assert trained.out_of_fold.tolist() == [0] * 60


@pytest.mark.parametrize("name", ["xgboost", "lightgbm", "hist_gbm", "logistic", "ensemble"])
@pytest.mark.parametrize("refit", [True, False])
def test_progress_is_told_of_every_fit(name: str, refit: bool) -> None:
    told: list[None] = []
    model, config = configured(name), Training(3, 0.95, refit, recalibrate=False)
    if name == "ensemble":
        model["members"] = {one: configured(one) for one in ("xgboost", "hist_gbm", "lightgbm")}
    train(model, labelled(150), labelled(90, seed=1), config, 0.5, lambda: told.append(None))
    assert len(told) == fits(model, config)


def test_the_test_fold_is_not_among_the_arguments() -> None:
    assert not any("test" in name for name in inspect.signature(train).parameters)


def test_a_threshold_of_the_configuration_is_kept_and_marked() -> None:
    trained = train(configured("logistic", threshold=0.37), labelled(150), labelled(90, seed=1), TRAINING, 0.9)
    assert (trained.threshold.value, trained.threshold.fixed) == (0.37, True)


def test_the_threshold_is_one_of_the_scores_as_files_keep_them() -> None:
    trained = train(configured("xgboost"), labelled(), labelled(120, seed=1), TRAINING, 0.7)
    assert trained.threshold.value in np.round(trained.out_of_fold, 6)
    assert trained.threshold.guaranteed
    assert trained.chosen["early_stopping_rounds"] is None
    assert trained.chosen["n_estimators"] <= 30


def test_each_member_of_an_ensemble_stops_where_it_would_alone() -> None:
    alone = {name: configured(name) for name in ("xgboost", "hist_gbm")}
    together = {**configured("ensemble"), "members": {**alone, "lightgbm": configured("lightgbm")}}
    folds = labelled(150), labelled(90, seed=1)
    chosen, curve, estimator = with_rounds(together, *folds)
    assert chosen["members"] == {
        **{name: with_rounds(one, *folds)[0] for name, one in alone.items()},
        "lightgbm": configured("lightgbm"),
    }
    assert (curve, estimator) == ({}, None)
