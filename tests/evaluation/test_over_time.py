"""The tables by month."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assay.evaluation.over_time import by_month, data_by_month, strongest
from assay.statistics.binomial import interval
from assay.statistics.resampled import Scored

EXAMPLE = Scored(np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.8, 0.8, 0.3, 0.1]), 0.5)
FOLD = np.array(["validation"] * 2 + ["test"] * 3)


def months(*names: str) -> pd.Series:
    return pd.Series(pd.to_datetime([f"{name}-01" for name in names]))


def test_months_count_records_alerts_and_what_was_caught() -> None:
    table = by_month(EXAMPLE, months(*["1986-01"] * 2, *["1986-02"] * 3), FOLD, 0.95)
    assert table[["month", "fold", "records", "positives", "alerts_per_1000"]].to_numpy().tolist() == [
        ["1986-01", "validation", 2, 1, 1000.0],
        ["1986-02", "test", 3, 1, pytest.approx(1000 / 3)],
    ]
    assert table["recall"].tolist() == [1, 1]
    assert table["precision"].tolist() == [0.5, 1]


def test_each_rate_has_its_exact_interval() -> None:
    row = by_month(EXAMPLE, months(*["1986-02"] * 5), np.array(["test"] * 5), 0.9).iloc[0]
    for name, right, of, per in (("recall", 2, 2, 1), ("precision", 2, 3, 1), ("alerts_per_1000", 3, 5, 1000)):
        low, high = interval(right, of, 0.9)
        assert (row[name], row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx(
            (per * right / of, per * low, per * high)
        )


def test_what_a_month_does_not_define_is_missing() -> None:
    """One month without disease, and none with an alert but the first; a record without a date is in none."""
    one = Scored(np.array([1, 0, 0, 1]), np.array([0.9, 0.1, 0.2, 0.9]), 0.5)
    table = by_month(one, pd.Series([*months("1986-01", "1986-02", "1986-02"), pd.NaT]), np.array(["test"] * 4), 0.95)
    assert table["records"].tolist() == [1, 2]
    for name in ("recall", "precision"):
        assert table[[name, f"{name}_low", f"{name}_high"]].isna().all(axis=1).tolist() == [False, True]


def test_records_without_dates_have_no_months() -> None:
    nothing = pd.Series(pd.NaT, range(5))
    assert by_month(EXAMPLE, nothing, FOLD, 0.95).empty
    assert data_by_month(pd.DataFrame({"a": [1.0] * 5}), EXAMPLE, nothing, FOLD).empty


@pytest.mark.parametrize("times", [[1, 1, 1, 1, 1], [3, 1, 2, 4, 1]])
def test_a_record_that_stands_for_several_counts_as_so_many(times: list[int]) -> None:
    weighted = replace(EXAMPLE, weight=np.array(times, "float64"))
    repeated = Scored(np.repeat(EXAMPLE.y, times), np.repeat(EXAMPLE.score, times), 0.5)
    dates, X = months(*["1986-02"] * 5), pd.DataFrame({"a": [5.0, 1.0, np.nan, 2.0, 1.0]})
    fold = np.array(["train", "train", "train", "train", "test"])
    each = np.repeat(np.arange(5), times)
    rates = ["weight", "positives_per_1000", "mean_score", "alerts_per_1000", "recall", "precision"]
    pd.testing.assert_frame_equal(
        by_month(weighted, dates, fold, 0.95)[rates],
        by_month(repeated, dates.iloc[each].reset_index(drop=True), fold[each], 0.95)[rates],
        check_exact=False,
    )
    pd.testing.assert_frame_equal(
        data_by_month(X, weighted, dates, fold).drop(columns="records"),
        data_by_month(X.iloc[each], repeated, dates.iloc[each].reset_index(drop=True), fold[each]).drop(
            columns="records"
        ),
        check_exact=False,
    )


def test_a_month_is_placed_among_the_values_before_the_test_fold() -> None:
    one = Scored(np.array([0, 1, 0, 1, 0, 1]), np.full(6, 0.1), 0.5)
    X = pd.DataFrame({"TSH": [1.0, 2.0, 3.0, 4.0, 100.0, np.nan], "sex": pd.Categorical(["F"] * 6), "flag": [True] * 6})
    dates = months("1986-01", "1986-01", "1986-02", "1986-02", "1986-07", "1986-07")
    table = data_by_month(X, one, dates, np.array(["train"] * 4 + ["test"] * 2))
    assert table.to_numpy().tolist() == [
        ["1986-01", "TSH", 2, 0.0, 1.0, 0.125],
        ["1986-02", "TSH", 2, 0.0, 3.0, 0.625],
        ["1986-07", "TSH", 2, 0.5, 100.0, 1.0],
    ]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"strong": [9.0, 8, 1, 2], "none": [1.0, 2, 1, 2]}, ["strong"]),
        (
            {"none": [9.0, 1, 1, 9], "both_ends": [0.0, 9, 4, 5], "strong": [9.0, 8, 1, 2]},
            ["strong", "both_ends"],
        ),
        ({"rare": [9.0, np.nan, 1, np.nan], "common": [9.0, 8, 1, 2]}, ["common", "rare"]),
        ({"no value": [np.nan] * 4}, []),
        ({"positives only": [1.0, 2, np.nan, np.nan]}, []),
        ({"whole numbers": [9, 8, 1, 2], "flag": [True, True, False, False]}, ["whole numbers"]),
    ],
)
def test_the_strongest_differ_most_between_positives_and_negatives(
    columns: dict[str, list], expected: list[str]
) -> None:
    found = strongest(pd.DataFrame(columns).items(), np.array([True, True, False, False]), np.ones(4))
    assert found == expected
