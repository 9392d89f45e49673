"""Contributions add up to the log odds of the score, for every kind of model that has them and any record."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from assay.bundle.contributions import BASELINE, contributions, without
from assay.bundle.folder import describe, load_model, save_model
from assay.errors import AssayError
from assay.modelling.building import build
from modelling_samples import MODELS, configured, labelled, require_library

EXACT = ["catboost", "lightgbm", "logistic", "xgboost", "xgboost_fine"]
ENSEMBLES = {"ensemble", "ensemble_catboost"}
SEXES, SOURCES = ["F", "M", "declared and never seen"], ["SVI", "SVHC", "other"]
NEAR = 1e-5  # log odds: XGBoost adds up in float32


def declared(X: pd.DataFrame) -> pd.DataFrame:
    """The table with a category that no record has."""
    return X.assign(sex=X["sex"].cat.set_categories(SEXES))


TRAIN = labelled()
X = declared(TRAIN.X)


@cache
def fitted(name: str, **changes: Any) -> Any:
    require_library(name)
    model = configured(name, **({"early_stopping_rounds": None} if name == "xgboost" else {}), **changes)
    return build(model).fit(X, TRAIN.y)


class Ensemble:
    """The mean of the log odds of its members."""

    def __init__(self, *members: Any) -> None:
        self.members_ = dict(enumerate(members))

    def predict_proba(self, table: pd.DataFrame) -> np.ndarray:
        score = expit(log_odds(self, table))
        return np.column_stack([1 - score, score])


def log_odds(estimator: Any, table: pd.DataFrame) -> np.ndarray:
    """As the model's own library has them, before they become a score."""
    if hasattr(estimator, "members_"):
        return np.mean([log_odds(one, table) for one in estimator.members_.values()], axis=0)
    if hasattr(estimator, "get_booster"):
        return estimator.predict(table, output_margin=True).astype("float64")
    if hasattr(estimator, "booster_"):
        return estimator.booster_.predict(table, raw_score=True)
    return estimator.decision_function(table)


@cache
def model(name: str) -> Any:
    return Ensemble(*map(fitted, EXACT)) if name == "ensemble" else fitted(name)


def loaded(estimator: Any, folder: Path) -> Any:
    save_model(estimator, folder)
    describe(folder)
    return load_model(folder)


@pytest.mark.parametrize("name", [*EXACT, "ensemble"])
def test_they_add_up_to_the_log_odds(name: str) -> None:
    found = contributions(model(name), X)
    assert list(found) == [*X, BASELINE]
    assert found.index.equals(X.index)
    assert set(found.dtypes) == {np.dtype("float64")}
    np.testing.assert_allclose(found.sum(axis=1), log_odds(model(name), X), rtol=0, atol=NEAR)
    assert found[BASELINE].nunique() == 1
    assert (found["TSH"] != 0).all()


@pytest.mark.parametrize("name", EXACT)
def test_a_model_that_was_loaded_gives_the_same(name: str, tmp_path: Path) -> None:
    expected = contributions(fitted(name), X)
    pd.testing.assert_frame_equal(contributions(loaded(fitted(name), tmp_path), X), expected, check_exact=True)


NUMBERS = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6, width=32), st.sampled_from([0.0, 1.5, 100.0]))


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(1, 4))
    columns = {
        name: pd.Categorical.from_codes(draw(st.lists(st.integers(-1, 2), min_size=rows, max_size=rows)), levels)
        for name, levels in (("sex", SEXES), ("referral_source", SOURCES))
    }
    columns["sick"] = draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
    for name in ("age", "TSH", "T3", "FTI"):
        columns[name] = np.array(draw(st.lists(NUMBERS, min_size=rows, max_size=rows)), dtype="float64")
    return pd.DataFrame(columns)[list(X)]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*EXACT, "ensemble"])
@settings(max_examples=25)  # each scores with all trees of a model
@given(table=tables())
def test_they_add_up_for_any_record(name: str, table: pd.DataFrame) -> None:
    expected = log_odds(model(name), table)
    np.testing.assert_allclose(contributions(model(name), table).sum(axis=1), expected, rtol=1e-9, atol=NEAR)


@pytest.mark.parametrize(
    "columns", [["age", "sick", "TSH"], ["sex", "referral_source"]], ids=["no category", "no number"]
)
@pytest.mark.parametrize("name", EXACT)
def test_features_of_one_kind_alone(name: str, columns: list[str]) -> None:
    model = configured(name, **({"early_stopping_rounds": None} if name == "xgboost" else {}))
    estimator, table = build(model).fit(X[columns], TRAIN.y), X[columns]
    np.testing.assert_allclose(contributions(estimator, table).sum(axis=1), log_odds(estimator, table), atol=NEAR)


@pytest.mark.parametrize("name", ["lightgbm", "logistic"])  # XGBoost scores no record with such a category
def test_a_category_that_the_table_of_the_fit_did_not_have(name: str) -> None:
    table = X.head(9).assign(sex=pd.Categorical(["new", "F", "M"] * 3))
    np.testing.assert_allclose(contributions(fitted(name), table).sum(axis=1), log_odds(fitted(name), table), atol=NEAR)


ADDITIVE = {
    "logistic": {},
    "lightgbm": {"num_leaves": 2, "n_estimators": 200},
    "xgboost": {"max_depth": 1, "n_estimators": 200, "colsample_bytree": 1.0, "min_child_weight": 0},
}
CHANGES: dict[str, Any] = {
    "age": np.nan,
    "sex": pd.Categorical.from_codes([-1], SEXES),
    "sick": True,
    "TSH": 30.0,
    "T3": np.nan,
    "referral_source": pd.Categorical(["SVHC"], SOURCES),
}


@pytest.mark.parametrize("name", ADDITIVE)
@pytest.mark.parametrize("feature", CHANGES)
def test_what_a_change_does_is_credited_to_the_feature_that_changed(name: str, feature: str) -> None:
    """In a model without interactions: to that feature alone, and exactly. Indicators and one-hot columns included."""
    estimator = fitted(name, **ADDITIVE[name])
    before = X[X.notna().all(axis=1) & (X["referral_source"] == "SVI") & ~X["sick"]].head(1)
    after = before.assign(**{feature: CHANGES[feature]})
    difference = (contributions(estimator, after) - contributions(estimator, before)).iloc[0]
    effect = (log_odds(estimator, after) - log_odds(estimator, before))[0]
    assert difference[feature] == pytest.approx(effect, abs=NEAR)
    assert difference.drop(feature).abs().max() < NEAR


def test_a_feature_may_be_called_like_the_baseline() -> None:
    named = X[["age", "TSH"]].fillna(1.0).set_axis([BASELINE, "TSH"], axis="columns")
    estimator = LogisticRegression().fit(named, TRAIN.y)
    found = contributions(estimator, named).to_numpy()
    np.testing.assert_allclose(found[:, 0], estimator.coef_[0, 0] * named[BASELINE])
    np.testing.assert_allclose(found[:, 2], estimator.intercept_[0])


@pytest.mark.filterwarnings("ignore:Skipping features without any observed values")
def test_a_column_without_a_value_in_training_adds_nothing() -> None:
    empty = X.assign(T3=np.nan)
    estimator = build(configured("logistic")).fit(empty, TRAIN.y)
    found = contributions(estimator, empty)
    assert (found["T3"] == 0).all()
    np.testing.assert_allclose(found.sum(axis=1), estimator.decision_function(empty), atol=1e-9)


def test_rounds_after_the_best_one_add_nothing(tmp_path: Path) -> None:
    estimator = build(configured("xgboost", n_estimators=400, learning_rate=0.5, early_stopping_rounds=30))
    other = labelled(seed=7)
    estimator.fit(X, TRAIN.y, eval_set=[(declared(other.X), other.y)], verbose=False)
    assert estimator.best_iteration < estimator.get_booster().num_boosted_rounds() - 1
    for one in (estimator, loaded(estimator, tmp_path)):
        np.testing.assert_allclose(contributions(one, X).sum(axis=1), log_odds(one, X), atol=NEAR)


def test_a_linear_model_without_a_pipeline() -> None:
    numbers = X[["age", "TSH"]].fillna(1.0)
    estimator = LogisticRegression().fit(numbers, TRAIN.y)
    found = contributions(estimator, numbers)
    np.testing.assert_allclose(found["TSH"], estimator.coef_[0, 1] * numbers["TSH"])


@pytest.mark.parametrize("name", sorted(set(MODELS) - {*EXACT, *ENSEMBLES}))
def test_a_model_without_exact_reasons_says_why(name: str) -> None:
    why = without(fitted(name))
    assert why
    with pytest.raises(AssayError, match="no exact reasons") as refused:
        contributions(fitted(name), X)
    assert why in str(refused.value)
    assert without(Ensemble(fitted("xgboost"), fitted(name))) == why


@pytest.mark.parametrize("name", [*EXACT, "ensemble"])
def test_the_others_have_them(name: str) -> None:
    assert without(fitted(name)) is None


def test_columns_that_are_mixed_have_no_contributions() -> None:
    numbers = X[["age", "TSH", "T3"]]
    assert without(make_pipeline(SimpleImputer(), PCA(), LogisticRegression()).fit(numbers, TRAIN.y))
    assert without(SimpleNamespace())


@pytest.mark.parametrize(
    ("name", "parameters"), [("xgboost", {"objective": "binary:hinge"}), ("lightgbm", {"sigmoid": 3.0})]
)
def test_what_does_not_add_up_to_the_score_is_refused(name: str, parameters: dict[str, Any]) -> None:
    estimator = build(configured(name, **({"early_stopping_rounds": None} if name == "xgboost" else {})))
    estimator.set_params(**parameters).fit(X, TRAIN.y)
    with pytest.raises(AssayError, match="do not add up"):
        contributions(estimator, X)


class Own(Ensemble):
    """An estimator that knows its own contributions, whatever it is made of."""

    def contributions(self, table: pd.DataFrame) -> np.ndarray:
        return contributions(self.members_[0], table).to_numpy()


def test_an_estimator_may_have_its_own() -> None:
    own = Own(fitted("logistic"))
    pd.testing.assert_frame_equal(contributions(own, X), contributions(fitted("logistic"), X))
    assert without(Ensemble(own, fitted("xgboost"))) is None
    with pytest.raises(AssayError, match="do not add up"):
        contributions(Own(fitted("logistic"), fitted("xgboost")), X)
