"""Exact bounds of a proportion, against SciPy's own test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from assay.binomial import interval, lower_bound

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
