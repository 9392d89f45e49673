"""Each entry against scikit-learn's, where a weight means that a record is there so many times."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from assay.statistics.metrics import METRICS, RANKED_BY, Metric, Place, by_name, measure, shown_in
from assay.statistics.resampled import Scored, roc_auc
from samples import calibrated

Case = tuple[np.ndarray, np.ndarray, np.ndarray, float]
PT = 0.1


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Labels of both classes, scores with ties, weights 0 to 3 that keep both classes, a threshold."""
    n = draw(st.integers(2, 60))
    y = np.array([0, 1, *draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))])
    score = np.array(draw(st.lists(st.integers(0, 20), min_size=n + 2, max_size=n + 2))) / 20
    weights = np.array([1, 1, *draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))])
    return y, score, weights, draw(st.integers(0, 21)) / 20


def ours(case: Case) -> dict[str, float]:
    y, score, weights, threshold = case
    values = measure(Scored(y, score, threshold), weights[None, :].astype(float), PT)
    return {name: float(value[0]) for name, value in values.items()}


# What scikit-learn, or else the definition, gives for labels, alerts and scores.
ORACLES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], float]] = {
    "average_precision": lambda y, alert, score: sk.average_precision_score(y, score),
    "roc_auc": lambda y, alert, score: sk.roc_auc_score(y, score),
    "recall": lambda y, alert, score: sk.recall_score(y, alert),
    "precision": lambda y, alert, score: sk.precision_score(y, alert, zero_division=np.nan),
    "f1": lambda y, alert, score: sk.f1_score(y, alert),
    "accuracy": lambda y, alert, score: sk.accuracy_score(y, alert),
    "specificity": lambda y, alert, score: sk.recall_score(y, alert, pos_label=0),
    "brier": lambda y, alert, score: sk.brier_score_loss(y, score),
    "alerts_per_1000": lambda y, alert, score: 1000 * alert.mean(),
    "net_benefit": lambda y, alert, score: (alert & (y == 1)).mean() - (alert & (y == 0)).mean() * PT / (1 - PT),
}
OF_A_REGRESSION = {"calibration_slope", "calibration_intercept"}  # held against scikit-learn's in test_metrics.py


def test_every_entry_has_an_independent_measure() -> None:
    assert ORACLES.keys() | OF_A_REGRESSION == METRICS.keys()


@pytest.mark.slow
@given(cases())
def test_every_metric_equals_an_independent_one(case: Case) -> None:
    y, score, weights, threshold = case
    found = ours(case)
    y, score = np.repeat(y, weights), np.repeat(score, weights)
    for name, oracle in ORACLES.items():
        expected = oracle(y, score >= threshold, score)
        assert found[name] == pytest.approx(expected, abs=1e-9, nan_ok=True), name


@given(cases())
def test_a_record_that_stands_for_several_is_measured_as_so_many(case: Case) -> None:
    y, score, weights, threshold = case
    sample = Scored(y, score, threshold, weights.astype(float))
    repeated = Scored(np.repeat(y, weights), np.repeat(score, weights), threshold)
    found, expected = (measure(one, one.weights, PT) for one in (sample, repeated))
    # Where a score separates the classes its calibration has no solution: see the tests of calibration.
    for name in found.keys() - OF_A_REGRESSION:
        assert found[name] == pytest.approx(expected[name], abs=1e-6, nan_ok=True), name
    assert sample.prevalence == pytest.approx(repeated.prevalence)
    rows = weights > 0
    np.testing.assert_array_equal(sample.only(rows).weights[0], weights[rows])


@pytest.mark.parametrize(
    ("y", "score", "threshold", "undefined"),
    [
        ([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], 0.9, {"precision"}),
        ([0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4], 0.25, {"recall", "roc_auc", "average_precision"}),
        ([1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4], 0.25, {"specificity", "roc_auc"}),
        ([0, 1, 0, 1], [0.0, 1.0, 0.0, 0.0], 0.5, {"calibration_slope", "calibration_intercept"}),
    ],
    ids=["no alert", "no positive", "no negative", "two scores"],
)
def test_what_is_undefined_is_nan(y: list, score: list, threshold: float, undefined: set[str]) -> None:
    found = ours((np.array(y), np.array(score), np.ones(4, dtype=int), threshold))
    assert undefined <= {name for name, value in found.items() if np.isnan(value)}


def test_resamples_are_measured_each_by_itself() -> None:
    y, score = calibrated(100)
    weights = np.random.default_rng(2).multinomial(100, np.full(100, 0.01), size=5).astype(float)
    together = measure(Scored(y, score, 0.4), weights, PT)
    for row in range(5):
        alone = measure(Scored(y, score, 0.4), weights[row : row + 1], PT)
        for name, value in alone.items():
            assert together[name][row] == pytest.approx(value[0], abs=1e-7, nan_ok=True), name


def test_the_metrics_of_a_measurement_can_be_chosen_and_do_not_depend_on_the_choice() -> None:
    y, score = calibrated(100)
    one, weights = Scored(y, score, 0.4), np.ones((1, 100))
    everything = measure(one, weights, PT)
    assert list(everything) == list(METRICS)
    for name, metric in METRICS.items():
        np.testing.assert_array_equal(measure(one, weights, PT, [metric])[name], everything[name])
        np.testing.assert_array_equal(metric.of(one, PT), everything[name][0])


def test_what_is_ranked_by_is_a_metric_of_which_more_is_better() -> None:
    assert METRICS[RANKED_BY].better == "higher"


@pytest.mark.parametrize(
    ("title", "phrase"), [("Average precision", "average precision"), ("ROC AUC", "ROC AUC"), ("F1", "F1")]
)
def test_within_a_sentence_a_title_is_small_unless_it_is_an_abbreviation(title: str, phrase: str) -> None:
    assert metric("one", title=title).phrase == phrase


def test_those_shown_somewhere_are_in_order_of_position_then_of_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, position in (("last", 9), ("first", 0), ("unplaced", math.inf)):
        there = frozenset({Place.SWEEP})
        monkeypatch.setitem(METRICS, name, metric(name, shown=there, position=position))
    names = [one.name for one in shown_in(Place.SWEEP)]
    assert (names[0], names[-2:]) == ("first", ["last", "unplaced"])


def test_an_entry_that_cannot_be_shown_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one: .* add Place\.SLICES"):
        metric("one", shown=frozenset({Place.CARD_SLICES}))
    with pytest.raises(ValueError, match="two metrics of one name among one, other, one"):
        by_name(metric("one"), metric("other"), metric("one"))


def metric(name: str, **more: Any) -> Metric:
    return Metric(**{"name": name, "title": name, "meaning": "", "better": "higher", "function": roc_auc, **more})
