"""The figures that a bundle carries are those of the rest of the project."""

import numpy as np
import pytest

from assay.modelling.figures import metrics, out_of_fold
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored

GENERATOR = np.random.default_rng(0)
Y = (GENERATOR.random(300) < 0.2).astype(int)
SCORE = np.clip(Y * 0.4 + GENERATOR.random(300) * 0.6, 0, 1).round(6)


@pytest.mark.parametrize("weight", [None, np.where(Y == 1, 1.0, 7.0)])
def test_each_figure_is_the_metric_of_its_name(weight: np.ndarray | None) -> None:
    scored = Scored(Y, SCORE, 0.5, weight)
    found = out_of_fold(Y, SCORE, 0.5, weight)
    assert set(found["metrics"]) == set(metrics(scored, scored.weights))
    for name, one in found["metrics"].items():
        low, high = one["interval"]
        assert one["value"] == METRICS[name].of(scored)
        assert low <= one["value"] <= high
    assert (found["records"], found["positives"]) == (300, Y.sum())


def test_the_figures_are_the_same_each_time() -> None:
    assert out_of_fold(Y, SCORE, 0.5) == out_of_fold(Y, SCORE, 0.5)


def test_what_is_undefined_has_neither_value_nor_interval() -> None:
    found = out_of_fold(Y, SCORE, threshold=2.0)["metrics"]["precision"]
    assert np.isnan([found["value"], *found["interval"]]).all()
