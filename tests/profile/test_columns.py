"""The profile of a column."""

import pandas as pd

from assay.config.dataset import Column, Dataset
from assay.profile.columns import BINS, profiles

DATASET = Dataset(
    "small",
    target="y",
    columns={"x": Column("number"), "sex": Column("category", values=["F", "M"]), "y": Column("text", "target")},
)
RECORDS = pd.DataFrame({"record_id": list("abcdef"), "x": [1.0, 2, 3, None, 100, 5], "sex": [*"FFMMF", None]})
LABELS = pd.Series([False, False, True, True], index=list("abcd"))


def test_numbers_have_extremes_with_their_records_and_categories_their_counts() -> None:
    x, sex = profiles(RECORDS, LABELS, DATASET)
    assert (x["missing"], x["min"], x["median"], x["max"]) == (1, 1.0, 3.0, 100.0)
    assert x["extremes"]["highest"] == [("e", 100.0), ("f", 5.0), ("c", 3.0)]
    assert sex["frequent"] == {"F": 3, "M": 2}


def test_bars_are_shares_of_each_class_and_leave_out_what_has_no_label() -> None:
    x, sex = profiles(RECORDS, LABELS, DATASET)
    assert len(x["bars"]["negative"]) == BINS
    assert sum(x["bars"]["negative"]) == sum(x["bars"]["positive"]) == 1
    assert sex["bars"] == {"negative": [1.0, 0.0], "positive": [0.0, 1.0]}
