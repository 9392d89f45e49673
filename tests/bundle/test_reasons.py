"""Reasons in the words of those who read records."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.bundle.contributions import BASELINE
from assay.bundle.reasons import Explanation, Reason, explained
from assay.bundle.schema import feature_schema
from assay.files import plain
from hostile import TEXTS

COLUMNS: dict[str, Any] = {
    "TSH": {"type": "number", "unit": "mU/L", "reference": [0.05, 5.1]},
    "age": {"type": "number", "unit": "years"},
    "born": {"type": "date"},
    "lithium": {"type": "flag"},
    "on_diet": {"type": "flag"},
    "sex": {"type": "category"},
}
TITLES = {
    "log_TSH": {"text": "TSH", "logarithm": True},
    "log_ratio": {"text": "TSH / age", "logarithm": True},
    "n_labs": {"text": "number of results", "logarithm": False},
}
TRAIN = pd.DataFrame(
    {
        "TSH": np.linspace(0.1, 10, 100),
        "age": np.arange(100.0),
        "born": np.arange(100.0),
        "lithium": [True, False] * 50,
        "on_diet": [1.0, np.nan] * 50,
        "sex": pd.Categorical(["F", "M"] * 50),
        "log_TSH": np.log(np.linspace(0.1, 10, 100)),
        "log_ratio": np.linspace(-1, 1, 100),
        "n_labs": [5.0] * 100,
    }
)
BUNDLE = plain({"config": {"dataset": {"columns": COLUMNS}}, "features": feature_schema(TRAIN, titles=TITLES)})


def told(weights: dict[str, float], top: int = 5, **values: Any) -> Explanation:
    """The explanation of one record with these values and contributions; of other features it has nothing."""
    record = pd.DataFrame([dict.fromkeys(TRAIN, np.nan) | values])
    table = pd.DataFrame([dict.fromkeys(TRAIN, 0.0) | weights | {BASELINE: -3.0}])
    (found,) = explained(table, record, BUNDLE, top)
    return found


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TSH", 14.2, "TSH 14.2 mU/L, high"),
        ("TSH", 5.1, "TSH 5.1 mU/L, normal"),
        ("TSH", 0.01, "TSH 0.01 mU/L, low"),
        ("TSH", np.nan, "TSH not measured"),
        ("log_TSH", np.nan, "TSH not measured"),
        ("age", 40.0, "age 40 years"),
        ("age", 95.0, "age 95 years, high"),
        ("age", 3.0, "age 3 years, low"),
        ("age", np.nan, "age not known"),
        ("born", 50.0, "born 1970-02-20"),
        ("lithium", True, "lithium"),
        ("lithium", False, "lithium (no)"),
        ("on_diet", 1.0, "on diet"),
        ("on_diet", 0.0, "on diet (no)"),
        ("on_diet", np.nan, "on diet not known"),
        ("sex", "F", "sex F"),
        ("sex", None, "sex not known"),
        ("log_ratio", 0.0, "TSH / age 1"),
        ("log_ratio", 2.0, "TSH / age 7.39, high"),
        ("log_ratio", 1e9, "TSH / age 1.01e+304, high"),
        ("n_labs", 2.0, "number of results 2, low"),
    ],
)
@pytest.mark.parametrize(("weight", "direction"), [(1.5, "raises"), (-0.2, "lowers")])
def test_words(name: str, value: Any, said: str, weight: float, direction: str) -> None:
    found = told({name: weight}, **{name: value})
    assert str(found) == f"{said}: {direction}"


def test_the_strongest_come_first_and_the_rest_is_summed() -> None:
    weights = {"age": -0.5, "lithium": 2.0, "sex": 0.1, "born": -1.0, "n_labs": 0.004}
    found = told(weights, top=3, age=40.0, lithium=True)
    assert [(one.feature, one.log_odds) for one in found.reasons] == [("lithium", 2.0), ("born", -1.0), ("age", -0.5)]
    assert found.others == pytest.approx(0.104)
    assert found.baseline == -3
    assert found.log_odds == pytest.approx(sum(weights.values()) - 3)


def test_a_result_and_its_logarithm_are_one_reason() -> None:
    found = told({"TSH": 1.0, "log_TSH": 2.0, "age": 2.5}, TSH=14.2, log_TSH=np.log(14.2), age=40.0)
    assert [str(one) for one in found.reasons] == ["TSH 14.2 mU/L, high: raises", "age 40 years: raises"]
    assert found.reasons[0].log_odds == 3
    against = told({"TSH": 1.0, "log_TSH": -1.0}, TSH=14.2, log_TSH=np.log(14.2))
    assert against.reasons == ()


def test_without_the_result_its_logarithm_tells_it() -> None:
    record, weights = pd.DataFrame({"log_TSH": [np.log(14.2)]}), pd.DataFrame({"log_TSH": [1.0], BASELINE: [0.0]})
    without = BUNDLE | {"features": [one for one in BUNDLE["features"] if one["name"] == "log_TSH"]}
    assert str(explained(weights, record, without)[0]) == "TSH 14.2 mU/L, high: raises"


def test_what_would_be_shown_as_nothing_is_no_reason() -> None:
    found = told({"age": 0.0049, "sex": -0.0049, "lithium": 0.0051}, lithium=True)
    assert [one.feature for one in found.reasons] == ["lithium"]
    assert told({}).reasons == ()


def test_the_order_of_equals_is_that_of_the_features() -> None:
    found = told({"sex": 0.5, "age": -0.5 - 1e-9, "lithium": 0.5 + 1e-9})
    assert [one.feature for one in found.reasons] == ["age", "lithium", "sex"]


def test_a_feature_may_be_called_like_the_baseline() -> None:
    X = pd.DataFrame({BASELINE: [1.0]})
    bundle = {"config": {"dataset": {"columns": {}}}, "features": feature_schema(X)}
    (found,) = explained(pd.DataFrame([[2.0, -3.0]], columns=[BASELINE, BASELINE]), X, bundle)
    assert (str(found), found.baseline, found.log_odds) == ("baseline 1: raises", -3, -1)


def test_many_records_keep_their_order() -> None:
    X = TRAIN.iloc[:50]
    table = pd.DataFrame(0.0, X.index, [*X, BASELINE]).assign(age=X["age"] / 10 + 1)
    found = explained(table, X, BUNDLE, 1)
    assert [one.reasons[0] for one in found[:2]] == [
        Reason("age", "age 0 years, low", 1.0),
        Reason("age", "age 1 years, low", 1.1),
    ]


def test_the_words_come_from_the_bundle_alone() -> None:
    assert json.loads(json.dumps(BUNDLE)) == BUNDLE


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_from_outside_stay_as_they_are(text: str) -> None:
    X = pd.DataFrame({text: pd.Categorical([text])})
    bundle = {"config": {"dataset": {"columns": {text: {"type": "category"}}}}, "features": feature_schema(X)}
    (found,) = explained(pd.DataFrame({text: [1.0], BASELINE: [0.0]}), X, bundle)
    assert found.reasons[0].found == f"{text.replace('_', ' ')} {text}"
