"""Recalibration is used where it makes better probabilities, and changes no order."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from assay.bundle.recalibration import Recalibration
from assay.config.schema import Training
from assay.modelling.calibration import recalibration
from assay.modelling.training import train
from modelling_samples import configured, labelled

N = 4000
PARTS = np.array_split(np.arange(N), 5)


def drawn(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels that are drawn with the probabilities of these log odds, and the log odds."""
    generator = np.random.default_rng(seed)
    odds = generator.normal(-2, 2, N)
    return (generator.random(N) < expit(odds)).astype(int), odds


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 2.0), (0.0, 0.5), (1.5, 1.0), (-1.0, 3.0)])
def test_scores_that_are_no_probabilities_are_set_right(intercept: float, slope: float) -> None:
    y, odds = drawn()
    found = recalibration(y, intercept + slope * odds, PARTS)
    assert found is not None
    np.testing.assert_allclose(found.log_odds(intercept + slope * odds), odds, atol=0.5)


def test_scores_that_are_probabilities_stay() -> None:
    assert [recalibration(*drawn(seed), PARTS) for seed in range(5)] == [None] * 5


def test_the_coefficients_are_those_of_the_unpenalised_regression() -> None:
    y, odds = drawn()
    found = recalibration(y, 2 * odds, PARTS)
    expected = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(2 * odds[:, None], y)
    assert found is not None
    assert (found.intercept, found.slope) == pytest.approx((expected.intercept_[0], expected.coef_[0, 0]), abs=1e-5)


def test_a_record_counts_as_often_as_its_weight_says() -> None:
    y, odds = drawn()
    twice = np.r_[np.arange(N), np.arange(0, N, 2)]
    weight = np.where(np.arange(N) % 2, 1.0, 2.0)
    weighted = recalibration(y, 2 * odds, PARTS, weight)
    repeated = recalibration(y[twice], 2 * odds[twice], np.array_split(np.arange(len(twice)), 5))
    assert weighted is not None and repeated is not None
    assert (weighted.intercept, weighted.slope) == pytest.approx((repeated.intercept, repeated.slope), abs=2e-6)


@pytest.mark.parametrize("odds", [np.zeros(N), np.repeat([-1.0, 1.0], N // 2), -drawn()[1]])
def test_there_is_none_without_a_rising_solution(odds: np.ndarray) -> None:
    assert recalibration(drawn()[0], odds, PARTS) is None


def test_a_block_has_no_say_in_what_is_tried_on_it() -> None:
    """Labels of one block that contradict all others make no better loss there."""
    y, odds = drawn()
    y[PARTS[0]] = 1 - y[PARTS[0]]
    assert recalibration(y, odds, PARTS) is None


@pytest.mark.parametrize("recalibrate", [True, False])
def test_training_recalibrates_before_the_threshold_is_chosen(recalibrate: bool) -> None:
    model = configured("lightgbm", n_estimators=60, learning_rate=0.3)
    trained = train(model, labelled(600), labelled(300, seed=1), Training(4, 0.95, True, recalibrate), 0.8)
    assert (trained.recalibration is not None) == recalibrate
    assert trained.threshold.value in trained.out_of_fold


def test_the_order_and_the_alerts_stay() -> None:
    model = configured("lightgbm", n_estimators=60, learning_rate=0.3)
    folds = labelled(600), labelled(300, seed=1)
    before, after = (train(model, *folds, Training(4, 0.95, True, one), 0.8) for one in (False, True))
    assert before.threshold.recall == after.threshold.recall
    order = np.argsort(before.out_of_fold)
    rises = np.diff(before.out_of_fold[order]) > 0
    assert (np.diff(after.out_of_fold[order])[rises] >= 0).all()


def test_a_fixed_threshold_keeps_the_models_own_scale() -> None:
    model = configured("lightgbm", n_estimators=60, learning_rate=0.3, threshold=0.2)
    trained = train(model, labelled(600), labelled(300, seed=1), Training(4, 0.95, True, True), 0.8)
    assert trained.recalibration is None


def test_a_bundle_may_have_none() -> None:
    assert Recalibration.of({}) is Recalibration.of({"recalibration": None}) is None
    assert Recalibration.of({"recalibration": {"intercept": 1.0, "slope": 2.0}}) == Recalibration(1.0, 2.0)
