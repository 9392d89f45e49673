"""Folds by time."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.config.schema import Split
from assay.errors import AssayError
from assay.folds import by_time

SPLIT = Split("temporal", "1986-01-01", "1986-07-01")


def records(*rows: tuple[str, bool, str]) -> pd.DataFrame:
    dates, label, excluded = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "record_id": [str(number) for number in range(len(rows))],
            "date": pd.to_datetime(list(dates)),
            "label": list(label),
            "excluded": list(excluded),
        }
    )


BOTH_CLASSES = [(day, label, "") for day in ("1985-01-01", "1986-01-01", "1986-07-01") for label in (True, False)]


def test_the_first_day_of_a_fold_is_in_it() -> None:
    days = [("1985-12-31", True, ""), ("1986-06-30", True, ""), ("1987-01-19", True, "")]
    folds = by_time(records(*BOTH_CLASSES, *days), SPLIT)
    assert folds["train"]["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["1985-01-01", "1985-12-31"]
    assert folds["validation"]["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["1986-01-01", "1986-06-30"]
    assert folds["test"]["date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["1986-07-01", "1987-01-19"]


@pytest.mark.parametrize(
    ("excluded", "kept_in_test"), [("ungradable", 1), ("treated: on_thyroxine", 0), ("no laboratory result", 0)]
)
def test_only_ungradable_records_of_the_test_period_stay_and_are_marked(excluded: str, kept_in_test: int) -> None:
    extra = [(day, False, excluded) for day in ("1985-02-01", "1986-02-01", "1986-08-01")]
    folds = by_time(records(*BOTH_CLASSES, *extra), SPLIT)
    marked = {name: int((fold["excluded"] == excluded).sum()) for name, fold in folds.items()}
    assert marked == {"train": 0, "validation": 0, "test": kept_in_test}


@pytest.mark.parametrize("missing", ["train", "validation", "test"])
def test_a_fold_without_a_positive_is_refused_and_named(missing: str) -> None:
    day = {"train": "1985-01-01", "validation": "1986-01-01", "test": "1986-07-01"}[missing]
    rows = [(date, label and date != day, excluded) for date, label, excluded in BOTH_CLASSES]
    with pytest.raises(AssayError, match=f"the {missing} fold has 2 records, 0 of them positive"):
        by_time(records(*rows), SPLIT)


days = st.dates(pd.Timestamp("1984-08-01").date(), pd.Timestamp("1987-01-19").date()).map(str)


@given(st.lists(st.tuples(days, st.booleans(), st.sampled_from(["", "", "ungradable", "treated: x"]))))
def test_folds_never_overlap_and_lose_no_usable_record(rows: list[tuple[str, bool, str]]) -> None:
    table = records(*BOTH_CLASSES, *rows)
    folds = by_time(table, SPLIT)
    ids = [record for fold in folds.values() for record in fold["record_id"]]
    assert len(ids) == len(set(ids))
    assert set(table.loc[table["excluded"] == "", "record_id"]) <= set(ids)
    assert folds["train"]["date"].max() < folds["validation"]["date"].min()
    assert folds["validation"]["date"].max() < folds["test"]["date"].min()
