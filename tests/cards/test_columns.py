"""Columns as declared and as found."""

import numpy as np
import pandas as pd
import pytest

from assay.cards.columns import COMMON, allowed, described, found, in_short, kind, telling
from assay.config.dataset import Column, Dataset, Made
from assay.config.load import load
from assay.labels.policy import COLUMNS
from assay.presentation.truncation import MOST_ROWS
from samples import ROOT


@pytest.mark.parametrize(
    ("values", "type_", "shown"),
    [
        (pd.Series([1.5, None, 530.0, 2.0]), "number", "1.5 to 530, median 2"),
        (pd.Series([1, 3, 2]), "integer", "1 to 3, median 2"),
        (pd.Series([True, False, False, False]), "flag", "yes in 25.0 %"),
        (pd.Series([True, None], dtype="boolean"), "flag", "yes in 100.0 %"),
        (pd.Series(pd.Categorical(["F", "F", None], categories=["F", "M"])), "category", "F 100.0 %, M 0.0 %"),
        (pd.Series(pd.to_datetime(["1985-05-23", "1984-08-01"])), "date", "1984-08-01 to 1985-05-23"),
        (pd.Series(["a", "b", "a"], dtype="str"), "text", "2 different"),
        (pd.Series([None, None], dtype="float64"), "number", "nothing"),
    ],
)
def test_what_a_column_holds(values: pd.Series, type_: str, shown: str) -> None:
    assert (kind(values), in_short(values)) == (type_, shown)


def test_of_many_categories_some_are_shown() -> None:
    assert in_short(pd.Series(pd.Categorical(range(100)))).endswith("and 90 more")


def test_ranges_are_those_of_the_contract() -> None:
    assert allowed(Column(range=[0, 1000], plausible=[0.5, 200])) == "0 to 1000, likely 0.5 to 200"
    assert allowed(Column()) == ""


def test_every_column_of_every_dataset_has_words_of_ours_or_of_its_contract() -> None:
    dataset = load(ROOT / "params.yaml").dataset
    assert set(COLUMNS) <= set(COMMON)
    assert described("TSH", dataset).unit == "mU/L"
    assert described("label", dataset).about
    assert described("unheard of", dataset).about == ""


def test_missing_values_are_counted_in_all_records_and_in_each_fold() -> None:
    records = pd.DataFrame({"record_id": list("abcd"), "TSH": [1.0, None, 2.0, None]})
    inside = {"train": np.array([1, 1, 0, 0], "bool"), "test": np.array([0, 0, 1, 0], "bool")}
    rows = {row.name: row for row in found(records, ["record_id", "TSH"], inside, load(ROOT / "params.yaml").dataset)}
    assert rows["TSH"].missing == ["50.0 %", "50.0 %", "0.0 %"]
    assert rows["record_id"].missing == []
    assert rows["TSH"].about == "thyroid stimulating hormone"


def test_a_made_column_says_where_it_comes_from() -> None:
    made = {"visits": Made("labs", "count", within=365), "last": Made("labs", "last", "value", gap=1)}
    columns = {"visits": Column("number", about="how often seen"), "last": Column("number")}
    dataset = Dataset(columns=columns, made=made, index="day")
    said = [described(name, dataset).about for name in made]
    assert said == [
        "how often seen; count of rows of labs, at most 365 before day",
        "last value of labs, at least 1 before day",
    ]


def test_of_very_many_columns_a_card_describes_those_of_the_profile_and_counts_the_rest() -> None:
    names = [f"x{number}" for number in range(1000)]
    found, rest = telling(["record_id", *names], ["x999", "x500"], Dataset())
    assert (len(found), rest) == (MOST_ROWS, 1001 - MOST_ROWS)
    assert {"record_id", "x500", "x999"} < {*found}
    assert telling(names[:MOST_ROWS], [], Dataset()) == (names[:MOST_ROWS], 0)
