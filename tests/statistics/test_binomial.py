"""Exact bounds of a proportion, against SciPy's own test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from assay.statistics.binomial import effective, interval, lower_bound

confidences = st.sampled_from([0.5, 0.8, 0.95, 0.99])


@st.composite
def proportions(draw: st.DrawFn) -> tuple[int, int]:
    trials = draw(st.integers(1, 500))
    return draw(st.integers(0, trials)), trials


@given(proportions(), confidences)
def test_the_lower_bound_is_that_of_the_exact_test(proportion: tuple[int, int], confidence: float) -> None:
    expected = binomtest(*proportion, alternative="greater").proportion_ci(confidence, method="exact").low
    assert lower_bound(*proportion, confidence) == pytest.approx(expected, abs=1e-12)


@given(proportions(), confidences)
def test_the_interval_is_that_of_the_exact_test(proportion: tuple[int, int], confidence: float) -> None:
    expected = binomtest(*proportion).proportion_ci(confidence, method="exact")
    assert interval(*proportion, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_is_known_without_trials() -> None:
    assert interval(0, 0, 0.95) == (0, 1)


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=50), st.floats(0.1, 100))
def test_unequal_weights_tell_less_and_equal_ones_as_much_as_there_are(weights: list[float], scale: float) -> None:
    weight = np.array(weights)
    assert effective(weight) <= len(weight) * (1 + 1e-12)
    assert effective(weight * scale) == pytest.approx(effective(weight))
    assert effective(np.full(len(weight), scale)) == pytest.approx(len(weight))
    assert effective(np.ones(len(weight))) == len(weight)


def test_bounds_on_effective_counts_hold_as_often_as_they_say() -> None:
    generator = np.random.default_rng(0)
    repeats, truth, above = 600, 0.9, 0
    weight = np.repeat([1.0, 9.0], [60, 60])
    for _ in range(repeats):
        caught = generator.random(len(weight)) < truth
        told = effective(weight)
        above += lower_bound(told * weight[caught].sum() / weight.sum(), told, 0.95) > truth
    assert above / repeats <= 0.05 + 3 * (0.05 * 0.95 / repeats) ** 0.5
