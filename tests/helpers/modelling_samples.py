"""A small feature table with what real ones have, and an estimator that remembers what it saw."""

from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.base import BaseEstimator, ClassifierMixin

from assay.modelling.records import Records
from samples import ROOT, THYROID

MODELS = sorted(path.stem for path in (ROOT / "conf/model").glob("*.yaml"))

MEMBERS = {"ensemble": ("lightgbm", "xgboost_fine"), "ensemble_catboost": ("lightgbm", "catboost")}


def require_library(name: str) -> None:
    """Skip a test of a model whose library is not installed."""
    if "catboost" in (name, *MEMBERS.get(name, ())) and not find_spec("catboost"):
        pytest.skip("CatBoost is optional, and not installed here: make extras")


def configured(name: str, **changes: Any) -> dict[str, Any]:
    """The configuration of a model in conf/, small enough for a test."""
    content = yaml.safe_load((ROOT / f"conf/model/{name}.yaml").read_text())
    if name == "rule":
        content["rule"] = THYROID.rule
    if name in MEMBERS:
        content["members"] = {one: configured(one) for one in MEMBERS[name]}
    small = {key: 30 for key in ("n_estimators", "max_iter") if key in content and name != "logistic"}
    return {**{key: value for key, value in content.items() if key != "defaults"}, **small, **changes}


def labelled(n: int = 240, seed: int = 0) -> Records:
    """n records of the thyroid features' kinds: numbers with gaps, booleans, categories with gaps; a fifth positive."""
    generator = np.random.default_rng(seed)
    y = (generator.random(n) < 0.2).astype(int)
    X = pd.DataFrame(
        {
            "age": generator.integers(1, 97, n).astype(float),
            "sex": pd.Categorical.from_codes(generator.integers(-1, 2, n), ["F", "M"]),
            "sick": generator.random(n) < 0.1,
            "TSH": generator.lognormal(0.5 + 2 * y, 1),
            "T3": generator.normal(2, 0.5, n),
            "FTI": generator.normal(100 - 30 * y, 15),
            "referral_source": pd.Categorical.from_codes(generator.integers(0, 3, n), ["SVI", "SVHC", "other"]),
        },
        index=pd.Index([f"{number:09}" for number in range(n)], name="record_id"),
    )
    for column, share in (("age", 0.02), ("TSH", 0.1), ("T3", 0.4)):
        X.loc[generator.random(n) < share, column] = np.nan
    return Records(X, pd.Series(y, index=X.index, name="label"))


class Spy(ClassifierMixin, BaseEstimator):
    """Scores 1 for a record that it was fitted on, 0 for any other."""

    def fit(self, X: pd.DataFrame, y: Any) -> "Spy":
        self.classes_ = np.array([0, 1])
        self.seen_ = set(X["age"])
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        seen = X["age"].isin(self.seen_).to_numpy(dtype=float)
        return np.column_stack([1 - seen, seen])


class Recorder(ClassifierMixin, BaseEstimator):
    """Scores by age alone, and notes in `SAW` the ages that each fit learned from, stopped on and scored.

    As HistGradientBoostingClassifier it can watch other records; `level` is a parameter to tune that changes nothing.
    """

    def __init__(self, max_iter: int = 3, early_stopping: bool = False, level: float = 1.0) -> None:
        self.max_iter, self.early_stopping, self.level = max_iter, early_stopping, level

    def fit(self, X: pd.DataFrame, y: Any, X_val: Any = None, y_val: Any = None) -> "Recorder":
        self.classes_ = np.array([0, 1])
        self.saw_ = {"learned": set(X["age"]), "stopped": set() if X_val is None else set(X_val["age"]), "scored": []}
        self.train_score_ = self.validation_score_ = np.array([-1.0, -0.5, -0.7])
        SAW.append(self.saw_)
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        self.saw_["scored"].append(set(X["age"]))
        score = (X["age"].to_numpy() % 7 + 1) / 9
        return np.column_stack([1 - score, score])


SAW: list[dict[str, Any]] = []  # what each fitted Recorder saw


def numbered(n: int, start: int = 0) -> Records:
    """Records that can be told apart by `age`; every other one is positive."""
    X = pd.DataFrame({"age": np.arange(start, start + n, dtype=float)})
    return Records(X, pd.Series(np.arange(n) % 2))
