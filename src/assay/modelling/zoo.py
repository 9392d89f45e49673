"""Estimators for `conf/model/*.yaml` that take the feature table, which has missing values and categories.

XGBoost, LightGBM and CatBoost take both; the others need a pipeline before them. `_target_` in a YAML file may name
each public function and class of this module, or any scikit-learn compatible classifier with `predict_proba` of the
libraries that `assay.config.targets` lists.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.utils.validation import check_is_fitted

from assay.bundle.catboost_json import JsonModel, canonical, library, pool, threads
from assay.bundle.ensemble import MeanLogOdds
from assay.datasets import hand_rule
from assay.modelling.weights import of_fit

if TYPE_CHECKING:
    from lightgbm import LGBMClassifier
    from xgboost import XGBClassifier

CATEGORIES = make_column_selector(dtype_include="category")
NUMBERS = make_column_selector(dtype_exclude="category")


def logistic(**parameters: Any) -> Pipeline:
    """Logistic regression on standardised numbers, medians and indicators for missing ones, and one-hot categories."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(
        make_column_transformer((numbers, NUMBERS), (categories, CATEGORIES)),
        LogisticRegression(**parameters),
    )


def random_forest(**parameters: Any) -> Pipeline:
    """A random forest; each split sends missing values to the better side, and categories become numbers.

    It has one thread: with several, the order in which the trees' votes are added changes the last bits.
    """
    return make_pipeline(_ordinal(), RandomForestClassifier(n_jobs=1, **parameters))


def hist_gbm(**parameters: Any) -> HistGradientBoostingClassifier:
    """Scikit-learn's histogram gradient boosting, with native categories and missing values."""
    return ThreadlessHistGBM(categorical_features="from_dtype", scoring="loss", **parameters)


class ThreadlessHistGBM(HistGradientBoostingClassifier):
    """Removes the machine's number of threads from the fitted model, because it would change the model's bytes."""

    def fit(
        self,
        X: pd.DataFrame,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "ThreadlessHistGBM":
        """Fit as the parent class does, on all threads; the result does not depend on their number."""
        super().fit(X, y, sample_weight, X_val=X_val, y_val=y_val, sample_weight_val=sample_weight_val)
        self._bin_mapper.n_threads = 1
        return self


def lightgbm(**parameters: Any) -> "LGBMClassifier":
    """LightGBM, with native categories and missing values, on as many threads as OpenMP has (`n_jobs=0`).

    The trees do not depend on their number: one thread adds up the histogram of each column. By rows, or where columns
    share a bundle, the sums are split over the threads, and `deterministic` alone does not change that.
    """
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_jobs=0, verbosity=-1, deterministic=True, force_col_wise=True, enable_bundle=False, **parameters
    )


def xgboost(*, device: str = "cpu", **parameters: Any) -> "XGBClassifier":
    """XGBoost, with native categories and missing values; device: "cpu" or "cuda", which gives another model."""
    if device == "cuda":
        from assay.modelling.gpu import OnGPU

        return OnGPU(**parameters)
    from xgboost import XGBClassifier

    return XGBClassifier(**parameters)


def catboost(**parameters: Any) -> "CatBoost":
    """CatBoost, an optional library, with native categories and missing values. AssayError if it is not installed.

    Below 200 rounds it would choose other defaults, and a model stopped early would not be the one that was watched: so
    those of longer fits are fixed.
    """
    library()
    of_long_fits = {"leaf_estimation_iterations": 10, "max_ctr_complexity": 4, **parameters}
    return CatBoost(
        dict(loss_function="Logloss", allow_writing_files=False, verbose=False, thread_count=threads(), **of_long_fits)
    )


class CatBoost(JsonModel, ClassifierMixin, BaseEstimator):
    """CatBoost's classifier with categories as the feature table has them; once fitted, it scores as its file will.

    parameters: of `catboost.CatBoostClassifier`.
    """

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    def fit(
        self,
        X: pd.DataFrame,
        y: Any,
        sample_weight: Any = None,
        *,
        eval_set: Any = None,
        sample_weight_eval_set: Any = None,
    ) -> "CatBoost":
        """Fit; with an `eval_set` until the loss on the last of its (X, y) stops falling, then keep the best rounds.

        `evals_result_`: the losses of each round; `best_iteration_`: how many rounds there are.
        """
        categories = CATEGORIES(X)
        model = library().CatBoostClassifier(**self.parameters)
        watched = None
        if eval_set:
            weight = sample_weight_eval_set[-1] if sample_weight_eval_set else None
            watched = pool(eval_set[-1][0], categories, label=np.asarray(eval_set[-1][1]), weight=weight)
        model.fit(pool(X, categories, label=np.asarray(y), weight=sample_weight), eval_set=watched)
        self.evals_result_ = model.evals_result_
        self.best_iteration_ = model.tree_count_
        self.become(canonical(model))
        return self


def _ordinal() -> Any:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return make_column_transformer((encoder, CATEGORIES), remainder="passthrough")


class Ensemble(MeanLogOdds, ClassifierMixin, BaseEstimator):
    """Several models as one: the mean of their log odds. members: unfitted classifiers by name."""

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> "Ensemble":
        """Fit every member on the same records."""
        self.members_ = {
            name: clone(member).fit(X, y, **of_fit(member, sample_weight)) for name, member in self.members.items()
        }
        self.classes_ = np.unique(y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """The class of each record, (n,)."""
        return self.classes_[(self.decision_function(X) > 0).astype(int)]


class RuleClassifier(ClassifierMixin, BaseEstimator):
    """A fixed rule as a classifier: score 1 if the rule holds, else 0. Fitting learns nothing.

    `rule` is the dotted path of a function from the feature table to booleans, in a module under `assay.datasets`. It
    knows the features by their own names.
    """

    own_names = True

    def __init__(self, rule: str) -> None:
        self.rule = rule

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> "RuleClassifier":
        """Store the classes; nothing is learned."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """The probabilities of both classes, (n, 2): 1 - score, and score."""
        check_is_fitted(self)
        holds = np.asarray(hand_rule(self.rule)(X), dtype=float)
        return np.column_stack([1 - holds, holds])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """The class of each record, (n,)."""
        return self.classes_[self.predict_proba(X)[:, 1].astype(int)]
