"""Two rows of counts: how large is the difference, and is it larger than is usual?"""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binomtest, ks_2samp

from assay.monitoring.comparison import above, least_angle, of_numbers, of_shares, usual_angle, usual_distance
from assay.statistics.distances import of_counts


def test_the_distance_is_that_of_the_values_when_each_has_a_bin() -> None:
    one, other = np.array([5.0, 0, 3, 2]), np.array([1.0, 4, 4, 1])
    values = [np.repeat(np.arange(4), row.astype(int)) for row in (one, other)]
    assert of_counts(one, other) == pytest.approx(ks_2samp(*values).statistic)


@pytest.mark.parametrize("records", [200, 20_000, 2_000_000])
def test_many_records_make_no_drift_of_a_difference_that_is_usual(records: int) -> None:
    here, before = np.array([0.52, 0.48]) * records, np.array([0.5, 0.5]) * 5000
    assert of_numbers(here, before, usual=0.05).p == 1
    assert of_shares(here[1], records, before[1], 5000, usual=0.1).p == 1


@pytest.mark.parametrize("records", [100, 1000, 100_000])
def test_a_large_difference_is_found_the_surer_the_more_records_there_are(records: int) -> None:
    here, before = np.array([0.2, 0.8]) * records, np.array([0.5, 0.5]) * 5000
    assert of_numbers(here, before, usual=0.05).p < 0.001
    assert of_shares(here[1], records, before[1], 5000, usual=0.1).p < 0.001


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.1, 0.5, 0.99])
@pytest.mark.parametrize(("records", "of"), [(60, 4000), (300, 4000), (20_000, 4000)])
def test_shares_of_the_same_population_seldom_differ(share: float, records: int, of: int) -> None:
    random = np.random.default_rng(0)
    pairs = zip(random.binomial(records, share, 4000), random.binomial(of, share, 4000), strict=True)
    ps = np.array([of_shares(here, records, before, of, usual=0.0).p for here, before in pairs])
    assert (ps <= 0.01).mean() <= 0.015  # of 4000 draws; 0.0128 is two standard deviations above
    assert (ps <= 0.001).mean() <= 0.003


@given(st.integers(0, 300), st.integers(300, 400), st.integers(0, 50), st.floats(0, 0.3))
@example(120, 300, 30, 0.0)  # as common in one as the other kind is in the other
def test_a_share_is_judged_as_its_complement(here: int, records: int, before: int, usual: float) -> None:
    one = of_shares(here, records, before, 50, usual)
    other = of_shares(records - here, records, 50 - before, 50, usual)
    assert (one.size, one.p) == pytest.approx((other.size, other.p), abs=1e-9)
    assert 0 <= one.p <= 1


@given(st.integers(1, 200), st.floats(0.001, 0.5))
def test_more_than_a_share(records: int, share: float) -> None:
    for count in (0, 1, records):
        expected = binomtest(count, records, share, "greater").pvalue
        assert above(count, records, share) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("shift", "expected"), [(0, 0), (0.5, np.pi / 2), (1, np.pi / 2)])
def test_the_angle_of_a_shift_has_an_end(shift: float, expected: float) -> None:
    assert least_angle(shift) == pytest.approx(expected)


def months(shares: list[float], records: int = 1000) -> list[np.ndarray]:
    return [np.array([1 - share, share]) * records for share in shares]


def test_what_is_usual_is_what_the_months_of_the_training_do() -> None:
    calm, restless = months([0.5] * 12), months([0.5, 0.3, 0.7, 0.5] * 3)
    assert usual_distance(calm, 1, least=0.05) == usual_angle(calm, 1, least=0.05) == 0.05
    assert 0.2 < usual_distance(restless, 1, least=0.05) < 0.25
    assert usual_angle(restless, 1, least=0.05) > 0.4


def test_odd_months_are_not_usual_of_many_months() -> None:
    restless = months([0.5, 0.3, 0.7, 0.5] * 3)
    assert usual_distance(restless, 4, least=0.05) == 0.05
    step = months([0.3] * 6 + [0.7] * 6)
    assert usual_distance(step, 4, least=0.05) > 0.3


def test_a_batch_is_less_far_from_the_whole_than_a_part_from_the_rest() -> None:
    step = months([0.3] * 6 + [0.7] * 6, records=10**8)  # a third at .3, and the rest at .6
    assert usual_distance(step, 4, least=0.05) == pytest.approx(0.3 * (1 + 1 / 3) * np.sqrt(1 - 1 / 9), rel=1e-3)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_months_say_nothing_of_what_is_usual(count: int) -> None:
    assert usual_distance(months([0.1, 0.9][:count]), 1, least=0.05) == 0.05


def test_what_chance_does_to_small_months_is_not_usual() -> None:
    random = np.random.default_rng(0)
    small = [np.bincount(random.integers(0, 20, 60), minlength=20).astype(float) for _ in range(16)]
    assert usual_distance(small, 1, least=0.01) < 0.1 < max(of_counts(one, sum(small)) for one in small)
