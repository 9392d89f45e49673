"""A record counts for as many as it stands for."""

from dataclasses import replace

import numpy as np
import pytest

from assay.bundle.scoring import score
from assay.config.schema import Training
from assay.errors import AssayError
from assay.modelling.fitting import fitted
from assay.modelling.records import Records
from assay.modelling.training import out_of_fold, train
from modelling_samples import MODELS, configured, labelled, require_library

NEW = labelled(120, seed=1)
LEARNING = sorted(set(MODELS) - {"rule"})


def without_early_stopping(name: str) -> dict:
    """Learning slowly: the scores of what is learned by heart say nothing of a prevalence."""
    off = {"early_stopping_rounds": None, "early_stopping": False, "learning_rate": 0.03}
    require_library(name)
    model = configured(name, **({"n_estimators": 300} if name == "catboost" else {}))  # it starts from one half
    return {key: off.get(key, value) for key, value in model.items()}


def kept_positives(n: int = 1200) -> Records:
    """All positives of a table, and every fourth of the others, which stands for four."""
    everyone = labelled(n)
    positive = (everyone.y == 1).to_numpy()
    kept = positive | (np.cumsum(~positive) % 4 == 0)
    return replace(everyone, weight=np.where(positive, 1.0, 4.0)).rows(np.flatnonzero(kept))


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_the_scale_of_the_weights_says_nothing(name: str) -> None:
    model, sample = without_early_stopping(name), kept_positives()
    assert sample.weight is not None
    light, heavy = (score(fitted(model, replace(sample, weight=k * sample.weight)), NEW.X) for k in (0.01, 100))
    np.testing.assert_allclose(heavy, light, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", LEARNING)
def test_weights_restore_the_prevalence(name: str) -> None:
    model, sample = without_early_stopping(name), kept_positives()
    weighted, unweighted = (score(fitted(model, replace(sample, weight=w)), NEW.X) for w in (sample.weight, None))
    assert weighted.mean() < 0.8 * unweighted.mean()
    assert weighted.mean() == pytest.approx(score(fitted(model, labelled(1200)), NEW.X).mean(), rel=0.25)


def test_out_of_fold_fits_are_weighted_too() -> None:
    model, sample = without_early_stopping("majority"), kept_positives()
    assert sample.weight is not None
    found, _ = out_of_fold(model, sample, folds=4)
    rest = np.arange(len(sample.y)) >= len(sample.y) // 4
    expected = np.average(sample.y[rest], weights=sample.weight[rest])
    assert found[0] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("name", ["xgboost", "lightgbm", "catboost", "hist_gbm", "logistic"])
def test_a_whole_training_of_a_weighted_sample(name: str) -> None:
    sample, later = kept_positives(), replace(labelled(240, seed=2), weight=np.ones(240))
    trained = train(configured(name), sample, later, Training(3, 0.95, refit=True, recalibrate=False), 0.5)
    plain = train(
        configured(name), replace(sample, weight=None), later, Training(3, 0.95, refit=True, recalibrate=False), 0.5
    )
    assert trained.out_of_fold.mean() < plain.out_of_fold.mean()
    assert trained.threshold.positives == plain.threshold.positives


def test_a_model_that_takes_no_weights_is_refused_with_them() -> None:
    neighbours = {"name": "knn", "threshold": None, "_target_": "sklearn.neighbors.KNeighborsClassifier"}
    records = labelled()
    numbers = replace(records, X=records.X[["FTI"]])
    assert fitted(neighbours, numbers).n_features_in_ == 1
    with pytest.raises(AssayError, match="KNeighborsClassifier takes no sample weights"):
        fitted(neighbours, replace(numbers, weight=np.ones(240)))
