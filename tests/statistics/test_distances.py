"""Distances between distributions, and what chance alone makes of them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from assay.statistics.distances import Distance, kolmogorov_smirnov, total_variation

Measure = Callable[[np.ndarray, np.ndarray, float, float], Distance]
MEASURES = [kolmogorov_smirnov, total_variation]
MASSES = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=1, max_size=30).filter(
    lambda pairs: any(drawn for _, drawn in pairs)
)


@given(MASSES)
def test_kolmogorov_smirnov_is_scipys(pairs: list[tuple[int, int]]) -> None:
    everyone, drawn = np.array(pairs, dtype=float).T
    values = np.arange(len(pairs))
    theirs = ks_2samp(np.repeat(values, everyone.astype(int)), np.repeat(values, drawn.astype(int)), method="asymp")
    assert kolmogorov_smirnov(everyone, drawn, 100, 0.95).value == pytest.approx(theirs.statistic, abs=1e-12)


@given(MASSES)
def test_total_variation_is_the_largest_difference_over_any_set_of_categories(pairs: list[tuple[int, int]]) -> None:
    everyone, drawn = (masses / masses.sum() for masses in np.array(pairs, dtype=float).T)
    favoured = everyone > drawn
    expected = everyone[favoured].sum() - drawn[favoured].sum()
    assert total_variation(everyone, drawn, 100, 0.95).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(("bins", "size"), [(2, 50), (20, 200), (300, 1000)])
def test_chance_alone_stays_within_the_interval_as_often_as_it_says(measure: Measure, bins: int, size: int) -> None:
    generator = np.random.default_rng(0)
    shares = generator.dirichlet(np.ones(bins))
    draws = generator.multinomial(size, shares, 400)
    calm = [measure(shares, draw.astype(float), size, 0.9).representative for draw in draws]
    assert np.mean(calm) >= 0.9 - 3 * (0.9 * 0.1 / 400) ** 0.5


@pytest.mark.parametrize("measure", MEASURES)
def test_a_real_difference_is_seen(measure: Measure) -> None:
    everyone, drawn = np.array([50.0, 50.0]), np.array([600.0, 400.0])
    distance = measure(everyone, drawn, 1000, 0.95)
    assert distance.value == pytest.approx(0.1)
    assert not distance.representative
    assert distance.interval[0] < 0.1 < distance.interval[1]
