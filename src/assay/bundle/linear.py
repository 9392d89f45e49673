"""Contributions in a linear model behind transformers, such as the zoo's logistic regression."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import OneToOneFeatureMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from assay.bundle.contributions import steps

Names = list[Any]


def contributions(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    """Coefficient x transformed value, in one sum for each column of X, then the intercept; (n, features + 1).

    One-hot columns and the indicator of a missing value count for the feature that they come from. So a standardised
    number is compared with its mean in training, a category with none at all.
    """
    *transformers, last = steps(estimator)
    values: Any = X
    for one in transformers:
        values = one.transform(values)
    terms = np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype="float64") * last.coef_[0]
    found = origins(estimator)
    assert found is not None and len(found) == terms.shape[1], "without() has said so"
    sums = np.zeros((len(X), X.shape[1] + 1))
    np.add.at(sums.T, X.columns.get_indexer(pd.Index(found)), terms.T)
    sums[:, -1] = last.intercept_[0]
    return sums


def origins(estimator: Any) -> Names | None:
    """The feature behind each coefficient; None if a transformer mixes features, or is of another kind than these."""
    *transformers, last = steps(estimator)
    names: Names | None = list(getattr(estimator, "feature_names_in_", []))
    for one in transformers:
        names = None if names is None else _passed(one, names)
    return names if names is not None and last.coef_.shape == (1, len(names)) else None


def _passed(transformer: Any, names: Names) -> Names | None:
    """The feature behind each output of a fitted transformer; names: that behind each of its inputs."""
    if isinstance(transformer, Pipeline):
        found: Names | None = names
        for _, step in transformer.steps:
            found = None if found is None else _passed(step, found)
        return found
    if isinstance(transformer, ColumnTransformer):
        return _side_by_side(transformer, names)
    if isinstance(transformer, SimpleImputer):
        return _imputed(transformer, names)
    if isinstance(transformer, OneHotEncoder):
        widths = [len(values) for values in transformer.categories_]
        return [name for name, width in zip(names, widths, strict=True) for _ in range(width)]
    same = isinstance(transformer, OneToOneFeatureMixin) or _passes_through(transformer)
    return names if same else None


def _side_by_side(transformer: ColumnTransformer, names: Names) -> Names | None:
    found: Names = []
    for _, inner, chosen in transformer.transformers_:
        if isinstance(inner, str) and inner == "drop":
            continue
        its = _chosen(chosen, names)
        passed = _passed(inner, its) if its else []  # scikit-learn fits no transformer that gets no column
        if passed is None:
            return None
        found += passed
    return found


def _chosen(chosen: Any, names: Names) -> Names:
    """The names that a column selection of scikit-learn means: names, positions, a mask or a slice."""
    if isinstance(chosen, str):
        return [chosen]
    if not isinstance(chosen, slice) and all(isinstance(one, str) for one in chosen):
        return list(chosen)
    return list(np.array(names, dtype=object)[chosen])


def _imputed(imputer: SimpleImputer, names: Names) -> Names:
    """The columns that have a value to put in, then one for each column with an indicator."""
    kept = [name for name, value in zip(names, imputer.statistics_, strict=True) if not pd.isna(value)]
    kept = names if imputer.keep_empty_features else kept
    indicated = imputer.indicator_.features_ if imputer.add_indicator else []
    return [*kept, *(names[position] for position in indicated)]


def _passes_through(transformer: Any) -> bool:
    return isinstance(transformer, FunctionTransformer) and transformer.func is None
