"""The tables behind the pictures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from assay.evaluation import curves
from assay.statistics.resampled import Scored

EXAMPLE = Scored(np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.8, 0.8, 0.3, 0.1]), 0.5)


@st.composite
def scored(draw: st.DrawFn) -> Scored:
    n = draw(st.integers(1, 60))
    y = np.array([0, 1, *draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))])
    return Scored(y, np.array(draw(st.lists(st.integers(0, 15), min_size=n + 2, max_size=n + 2))) / 15, 0.5)


@given(scored())
def test_the_corners_of_the_roc_curve_keep_its_area(one: Scored) -> None:
    table = curves.roc(one)
    assert sk.auc(table["false_positive_rate"], table["recall"]) == pytest.approx(sk.roc_auc_score(one.y, one.score))
    assert table.iloc[0, :2].tolist() == [0, 0]
    assert table.iloc[-1, :2].tolist() == [1, 1]


@pytest.mark.slow
@given(scored())
def test_precision_and_recall_at_each_threshold_are_those_of_its_alerts(one: Scored) -> None:
    table = curves.precision_recall(one)
    for recall, precision, threshold in table.itertuples(index=False):
        alert = one.score >= threshold
        assert recall == pytest.approx(one.y[alert].sum() / one.y.sum())
        assert precision == pytest.approx(one.y[alert].mean())
    assert table["recall"].iloc[-1] == 1
    assert table["recall"].is_monotonic_increasing


@given(scored())
def test_calibration_bands_hold_every_record_once(one: Scored) -> None:
    table = curves.calibration(one, 0.95)
    assert table["records"].sum() == len(one.y)
    assert table["positives"].sum() == one.y.sum()
    assert ((table["low"] <= table["observed"]) & (table["observed"] <= table["high"])).all()
    assert table["predicted"].is_monotonic_increasing


def test_confusion_has_a_row_for_each_record() -> None:
    counts = curves.confusion(EXAMPLE, ("kept", "returned")).value_counts().to_dict()
    assert counts == {("returned", "returned"): 2, ("kept", "kept"): 2, ("kept", "returned"): 1}


def test_of_very_many_records_confusion_has_a_row_for_each_share() -> None:
    y = np.repeat([0, 1], [90_000, 10_000])
    score = np.concatenate([np.full(89_999, 0.1), [0.9], np.full(4_000, 0.1), np.full(6_000, 0.9)])
    counts = curves.confusion(Scored(y, score, 0.5), ("kept", "returned")).value_counts().to_dict()
    assert counts == {
        ("kept", "kept"): 18_000,
        ("returned", "returned"): 1_200,
        ("returned", "kept"): 800,
        ("kept", "returned"): 1,
    }


@pytest.mark.parametrize("curve", [curves.precision_recall, curves.roc])
def test_a_curve_of_very_many_points_is_thinned_and_keeps_its_ends_and_the_threshold(
    curve, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(0)
    score = generator.random(30_000)
    one = Scored((generator.random(30_000) < score).astype(int), score, 0.987654)
    table = curve(one)
    assert curves.MOST_POINTS <= len(table) <= curves.MOST_POINTS + 1
    assert score[score >= one.threshold].min() in set(table["threshold"])
    assert table["recall"].iloc[-1] == 1
    monkeypatch.setattr(curves, "MOST_POINTS", 30_000)
    whole = curve(one)
    drawn = np.interp(-whole["threshold"], -table["threshold"], table["recall"])
    assert np.abs(drawn - whole["recall"]).max() < 0.002


@given(scored())
def test_the_sweep_never_loses_recall_when_alerts_are_added(one: Scored) -> None:
    table = curves.threshold_sweep(one)
    assert table["alerts_per_1000"].is_monotonic_increasing
    assert table["recall"].is_monotonic_increasing
    for threshold, recall, precision, alerts in table.itertuples(index=False):
        alert = one.score >= threshold
        assert alerts == pytest.approx(1000 * alert.mean())
        assert recall == pytest.approx(one.y[alert].sum() / one.y.sum())
        assert precision == pytest.approx(one.y[alert].mean())


@pytest.mark.slow
@given(scored(), st.data())
def test_a_record_that_stands_for_several_is_drawn_as_so_many(one: Scored, data: st.DataObject) -> None:
    times = np.array(data.draw(st.lists(st.integers(1, 4), min_size=len(one.y), max_size=len(one.y))))
    sample = replace(one, weight=times.astype(float))
    repeated = Scored(np.repeat(one.y, times), np.repeat(one.score, times), one.threshold)
    for draw in (
        curves.precision_recall,
        lambda one: curves.decision_curve({"model": one}),
        lambda one: curves.calibration(one, 0.95)[["predicted", "observed"]],
    ):
        pd.testing.assert_frame_equal(draw(sample), draw(repeated), check_exact=False, atol=1e-9)
    for threshold, recall, precision, alerts in curves.threshold_sweep(sample).itertuples(index=False):
        alert = one.score >= threshold
        assert alerts == pytest.approx(1000 * np.average(alert, weights=times))
        assert recall == pytest.approx(times[alert] @ one.y[alert] / (times @ one.y))
        assert precision == pytest.approx(times[alert] @ one.y[alert] / times[alert].sum())


def test_net_benefit_by_hand() -> None:
    table = curves.decision_curve({"model": EXAMPLE}).set_index("threshold_probability")
    at_half = table.loc[table.index[np.isclose(table.index, 0.5)][0]]
    assert at_half["model"] == pytest.approx((2 - 1) / 5)
    assert at_half["everyone"] == pytest.approx((2 - 3) / 5)
    assert at_half["no_one"] == 0
