"""Whether the performance has fallen: by the estimate, by labels, and when neither can say."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assay.bundle.reference import calibration
from assay.config.schema import Monitoring
from assay.monitoring.counts import Counts, of_piece
from assay.monitoring.decision import Performance
from assay.monitoring.performance import (
    confidence,
    estimates,
    from_labels,
    least_by_chance,
    of_estimates,
    of_labels,
    recall,
)
from assay.monitoring.pieces import Piece
from assay.monitoring.realised import met
from monitoring_samples import KNOWN, THRESHOLD, drawn

ASKED = Monitoring()


def piece(score: np.ndarray, months: int, tsh: float = 5.0) -> Piece:
    """Records of as many months with equally many."""
    count = len(score)
    days = np.datetime64("1986-01", "M") + np.arange(count) * months // count
    ids = np.array([f"{place}" for place in range(count)], "object")
    features = {"TSH": np.random.default_rng(1).normal(tsh, 1, count)}
    return Piece(
        days.astype("datetime64[D]"), ids, score, score >= 0.3, features, np.arange(count), faults={}, changed={}
    )


def counted(one: Piece) -> Counts:
    counts = Counts()
    counts.add(of_piece(one, KNOWN))
    return counts


def labelled(one: Piece, y: np.ndarray, there: np.ndarray | None = None) -> pd.DataFrame:
    table = pd.DataFrame({"label": y == 1, "ungradable": False}, pd.Index(one.ids, name="record_id"))
    return met(one.ids, one.months, one.scores, table if there is None else table[there])


def before(score: np.ndarray, months: int = 1, tsh: float = 5.0) -> Performance | None:
    return of_estimates(estimates(counted(piece(score, months, tsh)), KNOWN, None), KNOWN, ASKED)


def after(score: np.ndarray, y: np.ndarray, months: int = 1, there: np.ndarray | None = None) -> Performance:
    one = piece(score, months)
    return of_labels(from_labels(labelled(one, y, there), counted(one), KNOWN, ASKED), KNOWN, ASKED)


@pytest.mark.parametrize(("count", "months"), [(200, 1), (1000, 3), (5000, 2)])
def test_where_nothing_changed_nothing_is_said_to_have_fallen(count: int, months: int) -> None:
    """At the stated rate of 1 %, twenty answers have one that is wrong with a probability of .2, and two of .02."""
    fallen = 0
    for seed in range(1, 11):
        score, y = drawn(count, seed)
        fallen += (told := before(score, months)) is not None and told.fallen is True
        fallen += after(score, y, months).fallen is True
    assert fallen <= 1


def test_a_fall_of_the_estimate_is_told_with_its_figure() -> None:
    """Many scores just above the threshold, few of them high."""
    score = np.random.default_rng(0).uniform(0.29, 0.32, 2000)
    told = before(score)
    assert told is not None
    assert told.fallen
    assert told.why.startswith("estimated before labels of 1986-01: precision 0.3")


def test_an_estimate_whose_assumption_does_not_hold_decides_nothing_and_says_why() -> None:
    score = np.random.default_rng(0).uniform(0.29, 0.36, 2000)
    told = before(score, tsh=20.0)
    assert told is not None
    assert told.fallen is None
    assert "values outside all of the reference: TSH" in told.why


def test_labels_that_contradict_the_calibration_stop_the_estimate() -> None:
    score, y = drawn(3000, 1, odds=1.5)
    one = piece(score, 1)
    told = of_estimates(estimates(counted(one), KNOWN, labelled(one, y)), KNOWN, ASKED)
    assert told is not None
    assert told.fallen is None
    assert "whose labels have arrived" in told.why


@pytest.mark.parametrize(
    ("odds", "said"),
    [(1.5, "precision"), (-2.0, "recall"), (0.0, "not below what was promised")],
    ids=["too high", "too low", "right"],
)
@pytest.mark.parametrize("months", [1, 4])
def test_labels_show_what_has_fallen(odds: float, said: str, months: int) -> None:
    told = after(*drawn(2000, 1, odds), months)
    assert told.fallen is (odds != 0)
    assert said in told.why
    assert ("0.500 was promised" in told.why) == (said == "recall")


@pytest.mark.parametrize("months", [1, 4])
@pytest.mark.parametrize("positives", [0, 4])
def test_alerts_that_are_wrong_are_a_fall_though_there_are_too_few_positives(positives: int, months: int) -> None:
    score, y = drawn(2000, 1)
    few = np.zeros_like(y)
    few[np.flatnonzero((y == 1) & (score >= 0.3))[:positives]] = 1
    told = after(score, few, months)
    assert told.fallen
    assert "precision 0.0" in told.why
    assert "recall" not in told.why


def test_few_records_without_a_positive_decide_nothing() -> None:
    told = after(np.array([0.9]), np.zeros(1, int), 1)
    assert told.fallen is None
    assert "0 positives so far" in told.why


def test_a_fall_in_the_newest_month_alone_is_seen() -> None:
    old, new = drawn(8000, 1), drawn(800, 2, odds=1.5)
    score, y = (np.concatenate(pair) for pair in zip(old, new, strict=True))
    one = piece(score, 1)
    days = np.r_[np.full(8000, np.datetime64("1986-01-01")), np.full(800, np.datetime64("1986-02-01"))]
    one = replace(one, days=days)
    told = of_labels(from_labels(labelled(one, y), counted(one), KNOWN, ASKED), KNOWN, ASKED)
    assert told.fallen
    assert "labels of 1986-02: precision" in told.why
    assert "labels: precision" not in told.why


@pytest.mark.parametrize(("share", "fallen"), [(0.0, None), (0.5, None), (0.9, True)])
def test_labels_of_a_part_decide_once_they_are_enough(share: float, fallen: bool | None) -> None:
    score, y = drawn(2000, 1, odds=1.5)
    told = after(score, y, there=np.random.default_rng(0).random(2000) < share)
    assert told.fallen is fallen
    assert ("labels decide nothing yet" in told.why) == (fallen is None)


def test_a_bundle_without_a_calibration_estimates_nothing_and_labels_still_tell_of_recall() -> None:
    lacking = replace(KNOWN, calibration=None)
    score, y = drawn(2000, 1, odds=-2.0)
    counts = Counts()
    one = piece(score, 1)
    counts.add(of_piece(one, lacking))
    assert of_estimates(estimates(counts, lacking, None), lacking, ASKED) is None
    told = of_labels(from_labels(labelled(one, y), counts, lacking, ASKED), lacking, ASKED)
    assert told.fallen
    assert "recall" in told.why


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.5),
        ({"guaranteed": False, "recall_lower_bound": 0.4}, 0.4),
        ({"guaranteed": False, "recall_lower_bound": 0.7}, 0.5),
    ],
)
def test_a_threshold_promises_no_more_than_it_was_chosen_under(change: dict[str, float], expected: float) -> None:
    assert recall(replace(THRESHOLD, **change)) == expected


def test_the_least_precision_by_chance_has_the_chance_of_both_samples() -> None:
    score, y = drawn(6000, 0)
    table = calibration(score, y, 0.3)
    share = y[score >= 0.3].mean()
    few, many = least_by_chance(50, KNOWN, 0.0025), least_by_chance(10**6, KNOWN, 0.0025)
    assert few < many < share
    out_of_fold = np.sqrt(share * (1 - share) / (score >= 0.3).sum())
    assert share - many == pytest.approx(2.81 * out_of_fold, rel=0.05)
    assert np.isnan(least_by_chance(0, KNOWN, 0.0025))
    assert sum(table["counts"]) == 6000


def test_four_intervals_hold_together() -> None:
    assert confidence(Monitoring(false_alarm_rate=0.01)) == pytest.approx(0.995)
