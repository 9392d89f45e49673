"""Metrics against scikit-learn's, where a weight means that a record is there so many times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.linear_model import LogisticRegression

from assay.statistics.metrics import Scored, everything

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
    values = everything(Scored(y, score, threshold), weights[None, :].astype(float), PT)
    return {name: float(value[0]) for name, value in values.items()}


def theirs(case: Case) -> dict[str, float]:
    y, score, weights, threshold = case
    y, score = np.repeat(y, weights), np.repeat(score, weights)
    alert = score >= threshold
    tn, fp, _, tp = sk.confusion_matrix(y, alert, labels=[0, 1]).ravel()
    nan = float("nan")
    return {
        "average_precision": sk.average_precision_score(y, score),
        "roc_auc": sk.roc_auc_score(y, score),
        "recall": sk.recall_score(y, alert),
        "precision": sk.precision_score(y, alert, zero_division=nan),
        "f1": sk.f1_score(y, alert),
        "accuracy": sk.accuracy_score(y, alert),
        "specificity": tn / (tn + fp),
        "brier": sk.brier_score_loss(y, score),
        "alerts_per_1000": 1000 * alert.mean(),
        "net_benefit": (tp - fp * PT / (1 - PT)) / len(y),
    }


@given(cases())
def test_every_metric_equals_an_independent_one(case: Case) -> None:
    found = ours(case)
    for name, expected in theirs(case).items():
        assert found[name] == pytest.approx(expected, abs=1e-9, nan_ok=True), name


@given(cases())
def test_a_record_that_stands_for_several_is_measured_as_so_many(case: Case) -> None:
    y, score, weights, threshold = case
    sample = Scored(y, score, threshold, weights.astype(float))
    repeated = Scored(np.repeat(y, weights), np.repeat(score, weights), threshold)
    found, expected = (everything(one, one.weights, PT) for one in (sample, repeated))
    # Where a score separates the classes its calibration has no solution: see the tests of calibration.
    for name in found.keys() - {"calibration_slope", "calibration_intercept"}:
        assert found[name] == pytest.approx(expected[name], abs=1e-6, nan_ok=True), name
    assert sample.prevalence == pytest.approx(repeated.prevalence)
    rows = weights > 0
    np.testing.assert_array_equal(sample.only(rows).weights[0], weights[rows])


def probabilities(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn with the probability that the logit says, and scores that are twice too extreme."""
    generator = np.random.default_rng(seed)
    logit = generator.normal(-1, 1, n)
    y = (generator.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    return y, 1 / (1 + np.exp(-2 * logit))


def test_the_calibration_slope_is_that_of_a_logistic_regression() -> None:
    y, score = probabilities()
    weights = np.random.default_rng(1).integers(0, 3, (3, len(y))).astype(float)
    found = everything(Scored(y, score, 0.5), weights, PT)
    logit = np.log(score / (1 - score))[:, None]
    for row in range(3):
        oracle = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logit, y, sample_weight=weights[row])
        assert found["calibration_slope"][row] == pytest.approx(oracle.coef_[0, 0], abs=1e-5)
        shift = found["calibration_intercept"][row]
        moved = 1 / (1 + np.exp(-(logit[:, 0] + shift)))
        assert np.sum(weights[row] * (y - moved)) == pytest.approx(0, abs=1e-4)
    assert found["calibration_slope"].mean() == pytest.approx(0.5, abs=0.15)


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
    y, score = probabilities(100)
    weights = np.random.default_rng(2).multinomial(100, np.full(100, 0.01), size=5).astype(float)
    together = everything(Scored(y, score, 0.4), weights, PT)
    for row in range(5):
        alone = everything(Scored(y, score, 0.4), weights[row : row + 1], PT)
        for name, value in alone.items():
            assert together[name][row] == pytest.approx(value[0], abs=1e-7, nan_ok=True), name
