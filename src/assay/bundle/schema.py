"""The features in bundle.json: for a scorer its name and type, for readers its title and usual range."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from assay.files import FIGURES_KEPT

LOW, HIGH = 0.1, 0.9  # of the records of train: a value outside these quantiles is low or high
LOST = 0.01  # a quantile that rounding changes by a greater share is left out


def feature_schema(
    X: pd.DataFrame | Mapping[str, pd.Series],
    weight: np.ndarray | None = None,
    titles: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """An entry for each feature, in order.

    X: the features of train. weight: (n,), how many records each one represents. Keys: `name`, `dtype`; `categories` of
    a category; `quantiles` of a number, [`LOW`, `HIGH`], unless it has no value; and those of its title, if `titles`
    has one: `text` and `logarithm` of `assay.datasets.Title`.

    >>> table = pd.DataFrame({"age": [40.0, 50.0], "sex": pd.Categorical(["F", "M"], ["F", "M"])})
    >>> for entry in feature_schema(table, titles={"age": {"text": "years of life"}}):
    ...     print(entry)
    {'name': 'age', 'dtype': 'float64', 'quantiles': [40.0, 50.0], 'title': {'text': 'years of life'}}
    {'name': 'sex', 'dtype': 'category', 'categories': ['F', 'M']}
    """
    known = titles or {}
    return [
        {"name": name, "dtype": str(column.dtype)}
        | ({"categories": list(column.cat.categories)} if column.dtype == "category" else {})
        | _quantiles(column, weight)
        | ({"title": dict(known[str(name)])} if name in known else {})
        for name, column in X.items()
    ]


def _quantiles(column: pd.Series, weight: np.ndarray | None) -> dict[str, list[float]]:
    if not pd.api.types.is_float_dtype(column.dtype):
        return {}
    values = column.to_numpy()
    known = np.isfinite(values)
    if not known.any():
        return {}
    # A value of the column, not one between two: no arithmetic, the same on every machine.
    weights = None if weight is None else weight[known]
    found = np.quantile(values[known], [LOW, HIGH], method="inverted_cdf", weights=weights)
    kept = found.round(FIGURES_KEPT)
    return {"quantiles": kept.tolist()} if np.allclose(kept, found, rtol=LOST, atol=0) else {}
