"""What bundle.json says of features."""

import numpy as np
import pandas as pd

from assay.bundle.schema import feature_schema

TEN = [float(number) for number in range(1, 11)]


def entry(values: object, **more: object) -> dict:
    (found,) = feature_schema(pd.DataFrame({"x": values}), **more)
    return found


def test_each_kind_of_feature() -> None:
    table = pd.DataFrame({"sex": pd.Categorical(["F", None], ["F", "M"]), "sick": [True, False], "TSH": [1.5, np.nan]})
    assert feature_schema(table) == [
        {"name": "sex", "dtype": "category", "categories": ["F", "M"]},
        {"name": "sick", "dtype": "bool"},
        {"name": "TSH", "dtype": "float64", "quantiles": [1.5, 1.5]},
    ]


def test_quantiles_are_values_of_known_records_by_weight() -> None:
    assert entry([*TEN, np.nan, np.inf])["quantiles"] == [1, 9]
    assert entry(TEN, weight=np.array([*[0.0] * 5, *[1.0] * 5]))["quantiles"] == [6, 10]
    assert entry(TEN, weight=np.ones(10))["quantiles"] == [1, 9]


def test_no_quantile_is_told_that_a_file_cannot_hold() -> None:
    assert "quantiles" not in entry([np.nan, np.nan])
    assert "quantiles" not in entry([1e-9, 2e-9])
    assert entry([0.0, 0.0])["quantiles"] == [0, 0]


def test_a_title() -> None:
    titles = {"x": {"text": "TSH", "logarithm": True}, "other": {"text": "?", "logarithm": False}}
    assert entry(TEN, titles=titles)["title"] == {"text": "TSH", "logarithm": True}
