"""The profile of a column."""

import numpy as np
import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset
from assay.presentation.truncation import shown
from assay.profile.columns import BINS, MOST_COLUMNS, NEGATIVE, POSITIVE, importance, profiles

DATASET = Dataset(
    "small",
    target="y",
    columns={"x": Column("number"), "sex": Column("category", values=["F", "M"]), "y": Column("text", "target")},
)
RECORDS = pd.DataFrame({"record_id": list("abcdef"), "x": [1.0, 2, 3, None, 100, 5], "sex": [*"FFMMF", None]})
LABELS = pd.Series([False, False, True, True], index=list("abcd"))


def sides(records: pd.DataFrame, labels: pd.Series) -> dict[str, np.ndarray]:
    known = records["record_id"].map(labels)
    return {NEGATIVE: known.eq(False).to_numpy(), POSITIVE: known.eq(True).to_numpy()}


def test_numbers_have_extremes_with_their_records_and_categories_their_counts() -> None:
    x, sex = profiles(RECORDS, sides(RECORDS, LABELS), DATASET)
    assert (x["missing"], x["min"], x["median"], x["max"]) == (1, 1.0, 3.0, 100.0)
    assert x["extremes"]["highest"] == [("e", 100.0), ("f", 5.0), ("c", 3.0)]
    assert sex["frequent"] == {"F": 3, "M": 2}


def test_bars_are_shares_of_each_class_and_leave_out_what_has_no_label() -> None:
    x, sex = profiles(RECORDS, sides(RECORDS, LABELS), DATASET)
    assert len(x["bars"]["negative"]) == BINS
    assert sum(x["bars"]["negative"]) == sum(x["bars"]["positive"]) == 1
    assert sex["bars"] == {"negative": [1.0, 0.0], "positive": [0.0, 1.0]}


def by_the_book(values: pd.Series, labels: pd.Series, bins: list) -> dict[str, list[float]]:
    sides = {"negative": values[labels.eq(False)], "positive": values[labels.eq(True)]}
    return {
        side: [round(float((part == one).sum() / max(int(part.notna().sum()), 1)), 6) for one in bins]
        for side, part in sides.items()
    }


@pytest.mark.parametrize("gaps", [False, True])
def test_bars_and_extremes_are_those_of_counting_and_sorting(gaps: bool) -> None:
    generator = np.random.default_rng(3)
    ids = [f"r{one:02}" for one in generator.permutation(90)]
    x = pd.Series(generator.integers(0, 6, 90).astype(float))  # with ties, and with bins that are empty
    records = pd.DataFrame({"record_id": ids, "x": x.mask(x == 2) if gaps else x, "sex": generator.choice([*"FM"], 90)})
    labels = pd.Series(generator.random(80) < 0.3, index=ids[:80])
    found, sex = profiles(records, sides(records, labels), DATASET)
    known = records["record_id"].map(labels)
    binned = pd.Series(np.digitize(records["x"], found["edges"][1:-1])).where(records["x"].notna())
    assert found["bars"] == by_the_book(binned, known, [*range(BINS)])
    assert sex["bars"] == by_the_book(records["sex"], known, [*"FM"])
    ranked = records[["record_id", "x"]].dropna().sort_values(["x", "record_id"])
    assert found["extremes"]["lowest"] == list(ranked.head(3).itertuples(index=False, name=None))
    assert found["extremes"]["highest"] == list(ranked.tail(3).iloc[::-1].itertuples(index=False, name=None))


def test_of_very_many_columns_those_in_which_the_classes_differ_are_shown() -> None:
    generator, names = np.random.default_rng(0), [f"x{one}" for one in range(MOST_COLUMNS + 5)]
    labels = pd.Series(generator.random(200) < 0.5, index=[f"r{one}" for one in range(200)])
    table = {name: generator.normal(size=200) for name in names}
    table["x100"] += 5 * labels.to_numpy()
    dataset = Dataset("wide", target="y", columns={name: Column("number") for name in names})
    records = pd.DataFrame({"record_id": labels.index, **table})
    columns = profiles(records, sides(records, labels), dataset)
    kept, rest = shown(columns, importance, MOST_COLUMNS)
    assert (len(kept), rest) == (MOST_COLUMNS, 5)
    assert max(columns, key=importance)["column"] == "x100"
    assert "x100" in [one["column"] for one in kept]
