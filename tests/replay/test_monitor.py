"""The monitor: silent where nothing changed, and right about what did."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assay.replay.monitor import SCORE, Monitor, distances
from assay.replay.policies import FINE, RETRAIN, Realised, Reference, Seen
from replay_samples import dated

NOTHING = Realised(np.empty(0, int), np.empty(0), np.empty(0, bool))


def reference(table: pd.DataFrame) -> Reference:
    X, y = table.drop(columns=["date", "y"]), table["y"].to_numpy()
    return Reference(X, y, scores(X), table["date"].dt.month.to_numpy())


def scores(X: pd.DataFrame) -> np.ndarray:
    return (1 / (1 + np.exp(1.5 - X["TSH"]))).to_numpy()


FIRST = reference(dated(months=6, changed=None, seed=1))
MONITOR = Monitor(FIRST, false_alarms=0.05, resamples=400, seed=0, floor=0.9, confidence=0.95)


def seen(X: pd.DataFrame, realised: Realised = NOTHING) -> Seen:
    return Seen(FIRST, 0.5, X, scores(X), realised, month=6, served=1)


def month(seed: int, size: int = 80) -> pd.DataFrame:
    return dated(months=1, each=size, changed=None, seed=seed).drop(columns=["date", "y"])


def test_on_months_without_drift_it_is_wrong_no_more_often_than_stated() -> None:
    alarms = sum(MONITOR(seen(month(seed))).action == RETRAIN for seed in range(100, 300))
    assert alarms <= 18  # of 200: 10 are stated, and with that rate 1 of 100 such tests has more than 18


@pytest.mark.parametrize("size", [1, 3, 20, 2000])
def test_nor_on_small_and_large_ones(size: int) -> None:
    assert sum(MONITOR(seen(month(seed, size))).action == RETRAIN for seed in range(100)) <= 10


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("TSH", lambda values: values - 2),
        ("T3", lambda values: values * 88.4),
        ("T3", lambda values: values * np.nan),
        ("sex", lambda values: pd.Categorical(["F"] * len(values), ["F", "M"])),
        ("rare", lambda values: np.arange(len(values)) % 2 == 0),
    ],
    ids=["shifted", "another unit", "gone missing", "one category", "a new value"],
)
def test_a_change_is_named(column: str, change: object) -> None:
    X = month(7)
    decision = MONITOR(seen(X.assign(**{column: change(X[column])})))  # type: ignore[operator]
    assert decision.action == RETRAIN
    assert decision.reasons[0].startswith("drift: ")
    assert column in decision.reasons[0]


def test_a_single_record_with_a_new_value_is_no_drift() -> None:
    X = month(7)
    X.loc[X.index[0], "rare"] = True
    assert MONITOR(seen(X)).action == FINE


def test_a_month_without_records_is_fine() -> None:
    assert MONITOR(seen(month(7).iloc[:0])).action == FINE


@pytest.mark.parametrize(
    ("positives", "caught", "action"),
    [(0, 0, FINE), (30, 27, FINE), (30, 23, FINE), (30, 20, RETRAIN), (5, 2, RETRAIN), (3, 2, FINE)],
)
def test_recall_is_judged_by_its_interval(positives: int, caught: int, action: str) -> None:
    alerts = np.arange(positives) < caught
    realised = Realised(np.ones(positives, int), alerts.astype(float), alerts)
    decision = MONITOR(seen(month(7), realised))
    assert decision.action == action
    assert action == FINE or f"{caught} of {positives} found" in decision.reasons[0]


def test_distances_are_those_of_scipy() -> None:
    from scipy.stats import ks_2samp

    one, other = FIRST.X, month(9)
    found = distances(one, other)
    # A missing value counts as the highest.
    columns = ("TSH", "T3")
    expected = [ks_2samp(one[name].fillna(np.inf), other[name].fillna(np.inf)).statistic for name in columns]
    np.testing.assert_allclose(found[list(columns)], expected)
    assert found["sex"] == pytest.approx(abs((one["sex"] == "F").mean() - (other["sex"] == "F").mean()))


def test_levels_come_from_the_first_window_alone() -> None:
    before = MONITOR.levels(80)
    later = Monitor(replace(FIRST), 0.05, 400, 0, 0.9, 0.95)
    later(seen(month(3).assign(TSH=100.0)))
    pd.testing.assert_series_equal(later.levels(80), before)
    assert set(before.index) == {*FIRST.X, SCORE}
