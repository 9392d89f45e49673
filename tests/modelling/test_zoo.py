"""Every model takes the feature table as it is."""

import numpy as np
import pandas as pd
import pytest

from assay.errors import AssayError
from assay.modelling.building import build
from modelling_samples import MODELS, configured, labelled, require_library

TRAIN, NEW = labelled(), labelled(60, seed=1)


def fitted(name: str):
    require_library(name)
    model = configured(name)
    plain = {key: value for key, value in model.items() if key != "early_stopping_rounds"} | (
        {"early_stopping": False} if "early_stopping" in model else {}
    )
    return build(plain).fit(TRAIN.X, TRAIN.y)


@pytest.mark.parametrize("name", MODELS)
def test_scores_are_probabilities_and_the_same_twice(name: str) -> None:
    scores = fitted(name).predict_proba(NEW.X)[:, 1]
    assert scores.min() >= 0
    assert scores.max() <= 1
    np.testing.assert_array_equal(scores, fitted(name).predict_proba(NEW.X)[:, 1])


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"majority", "rule"}))
def test_what_can_be_learned_is_learned(name: str) -> None:
    from sklearn.metrics import roc_auc_score

    assert roc_auc_score(NEW.y, fitted(name).predict_proba(NEW.X)[:, 1]) > 0.7


@pytest.mark.parametrize("name", MODELS)
def test_a_record_without_any_value_gets_a_score(name: str) -> None:
    empty = NEW.X.head(1).copy()
    empty[["age", "TSH", "T3", "FTI"]] = np.nan
    empty["sex"] = pd.Categorical([None], categories=["F", "M"])
    assert np.isfinite(fitted(name).predict_proba(empty)).all()


@pytest.mark.parametrize(
    "change",
    [{"_target_": "sklearn.linear_model.NoSuchModel"}, {"_target_": "no_such_library.Model"}, {"no_such_parameter": 1}],
    ids=["no such class", "no such library", "no such parameter"],
)
def test_a_model_that_cannot_be_made_names_its_file(change: dict) -> None:
    with pytest.raises(AssayError, match=r"conf/model/logistic\.yaml"):
        build(configured("logistic", **change))


def test_any_classifier_of_a_library_can_be_named() -> None:
    model = {"name": "nb", "threshold": None, "_target_": "sklearn.naive_bayes.GaussianNB", "var_smoothing": 0.1}
    assert build(model).var_smoothing == 0.1


def test_the_rule_scores_one_or_nothing() -> None:
    scores = fitted("rule").predict_proba(NEW.X)
    assert set(scores[:, 1]) == {0.0, 1.0}
    assert fitted("rule").predict(NEW.X).tolist() == scores[:, 1].astype(int).tolist()
