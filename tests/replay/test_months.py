"""Records by month: which months the first model learns from, and what cannot be replayed."""

import numpy as np
import pandas as pd
import pytest

from assay.errors import AssayError
from assay.replay.months import Timeline, require_learnable, timeline
from replay_samples import config, dated, records


def of(table: pd.DataFrame, **changes: int) -> Timeline:
    chosen = config(**{f"replay__{name}": value for name, value in changes.items()})
    return timeline(*records(table), chosen.replay)


def test_records_come_in_the_order_of_their_dates() -> None:
    table = dated(months=8).sample(frac=1, random_state=0)
    time = of(table)
    assert list(time.records.X.index) == list(table.sort_values("date", kind="stable").index)
    assert (np.diff(time.month) >= 0).all()
    assert time.names == [f"2020-{month:02}" for month in range(1, 9)]


@pytest.mark.parametrize(
    ("without", "window"),
    [
        ([], 3),  # four full months
        (["2020-01-01"], 4),  # the first month begins late: it is learned from besides
        ([f"2020-02-{day:02}" for day in range(1, 29)], 3),  # a month without records is a month
    ],
)
def test_the_first_window_has_so_many_full_months(without: list[str], window: int) -> None:
    table = dated(months=8)
    assert of(table[~table["date"].isin(pd.to_datetime(without))]).window == window


def test_months_are_parted_without_gap_or_overlap() -> None:
    time = of(dated(months=8))
    assert [len(time.of(month)) for month in range(8)] == [80] * 8
    np.testing.assert_array_equal(np.concatenate([time.until(3), time.between(3, 7)]), np.arange(640))


@pytest.mark.parametrize(("lacking", "said"), [(1, r"1 record\(s\) lack a date"), (640, "no record has a date")])
def test_each_record_needs_a_date(lacking: int, said: str) -> None:
    table = dated(months=8)
    table.loc[table.index[:lacking], "date"] = pd.NaT
    with pytest.raises(AssayError, match=said) as raised:
        of(table)
    assert "dataset.time" in str(raised.value.todo)


def test_a_dataset_without_a_time_is_refused() -> None:
    with pytest.raises(AssayError, match="no record has a date"):
        timeline(records(dated())[0], None, config().replay)


@pytest.mark.parametrize(("months", "enough"), [(5, False), (6, True)])
def test_some_month_must_be_left_to_replay(months: int, enough: bool) -> None:
    table = dated(months=months)
    if enough:
        assert of(table).window == 3
        return
    with pytest.raises(AssayError, match=r"5 month.* none to replay"):
        of(table)


@pytest.mark.parametrize("positives", [0, 1, 320])
def test_a_window_without_both_classes_in_each_fit_is_refused(positives: int) -> None:
    table = dated(months=8)
    table["y"] = (np.arange(len(table)) < positives).astype(int)
    with pytest.raises(AssayError, match="too few of a class"):
        require_learnable(of(table), 3)


def test_a_window_with_both_is_not() -> None:
    require_learnable(of(dated(months=8)), 3)
