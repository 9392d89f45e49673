"""What metrics share is computed once; calibration against scikit-learn's regression."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from assay.statistics import resampled
from assay.statistics.metrics import METRICS, measure
from assay.statistics.resampled import Resampled, Scored, calibration_intercept, calibration_slope
from samples import calibrated


def test_the_calibration_slope_is_that_of_a_logistic_regression() -> None:
    y, score = calibrated()
    weights = np.random.default_rng(1).integers(0, 3, (3, len(y))).astype(float)
    on = Resampled(Scored(y, score, 0.5), weights)
    found = {"slope": calibration_slope(on), "intercept": calibration_intercept(on)}
    logit = np.log(score / (1 - score))[:, None]
    for row in range(3):
        oracle = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logit, y, sample_weight=weights[row])
        assert found["slope"][row] == pytest.approx(oracle.coef_[0, 0], abs=1e-5)
        shift = found["intercept"][row]
        moved = 1 / (1 + np.exp(-(logit[:, 0] + shift)))
        assert np.sum(weights[row] * (y - moved)) == pytest.approx(0, abs=1e-4)
    assert found["slope"].mean() == pytest.approx(0.5, abs=0.15)


def test_what_metrics_share_is_computed_once_and_only_if_one_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    for name in ("reaching", "logistic_recalibration"):
        function = getattr(resampled, name)
        monkeypatch.setattr(resampled, name, lambda *args, f=function, n=name: (calls.append(n), f(*args))[1])
    y, score = calibrated(100)
    one, weights = Scored(y, score, 0.4), np.ones((3, 100))
    measure(one, weights, 0.1, [METRICS["recall"], METRICS["precision"]])
    assert calls == []
    measure(one, weights, 0.1, [METRICS["average_precision"], METRICS["roc_auc"]])
    ranked = ["reaching"] * 2  # positives and negatives
    assert calls == ranked
    measure(one, weights, 0.1)
    assert calls == ranked + ["logistic_recalibration"] * 2  # from the solution for all records
    measure(one, weights, 0.1)
    assert calls == ranked + ["logistic_recalibration"] * 3  # ranking and solution are those of the records


def test_without_a_price_net_benefit_is_undefined() -> None:
    y, score = calibrated(100)
    assert np.isnan(METRICS["net_benefit"].of(Scored(y, score, 0.4)))
