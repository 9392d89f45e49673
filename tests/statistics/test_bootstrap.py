"""Bootstrap intervals."""

import numpy as np
import pytest

from assay.statistics.bootstrap import CHUNK, Estimate, estimate, mean_of_repeats, resamples
from assay.statistics.resampled import Scored, Values


def share(scored: Scored, weights: np.ndarray) -> Values:
    """The weighted share of positives."""
    return {"share": weights @ scored.y / weights.sum(axis=1)}


def labelled(n: int, prevalence: float, seed: int) -> Scored:
    y = (np.random.default_rng(seed).random(n) < prevalence).astype(int)
    return Scored(y, y.astype(float), 0.5)


def test_each_resample_draws_as_many_as_there_are_records() -> None:
    weights = resamples(50, 20, seed=1)
    assert weights.shape == (20, 50)
    assert weights.sum(axis=1).tolist() == [50] * 20
    assert (weights == weights.astype(int)).all()


def test_the_seed_decides() -> None:
    np.testing.assert_array_equal(resamples(50, 20, seed=1), resamples(50, 20, seed=1))
    assert (resamples(50, 20, seed=1) != resamples(50, 20, seed=2)).any()


def test_more_resamples_begin_with_the_same_ones() -> None:
    np.testing.assert_array_equal(resamples(30, 40, seed=1)[:10], resamples(30, 10, seed=1))


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, 2 * CHUNK + 7])
def test_the_result_does_not_depend_on_how_the_work_is_cut(count: int) -> None:
    scored, weights = labelled(40, 0.3, 0), resamples(40, count, seed=3)
    found = estimate(scored, weights, share)["share"]
    np.testing.assert_allclose(found.resampled, share(scored, weights)["share"], rtol=1e-15)
    assert found.value == scored.y.mean()


def test_the_interval_holds_the_middle_of_the_resamples() -> None:
    one = Estimate(0.5, np.arange(101) / 100)
    assert one.interval(0.9) == pytest.approx((0.05, 0.95))


def test_a_weighted_sample_has_the_share_of_all_and_an_interval_about_it() -> None:
    everyone = labelled(20_000, 0.02, seed=5)
    kept = everyone.y == 1
    kept[np.flatnonzero(~kept)[::50]] = True
    weight = np.where(everyone.y[kept] == 1, 1.0, (everyone.y == 0).sum() / (everyone.y[kept] == 0).sum())
    sample = Scored(everyone.y[kept], everyone.score[kept], 0.5, weight)
    found = estimate(sample, resamples(int(kept.sum()), 400, seed=3), share)["share"]
    low, high = found.interval(0.95)
    assert found.value == pytest.approx(everyone.y.mean())
    assert low < found.value < high


@pytest.mark.parametrize(("undefined", "given"), [(10, True), (11, False), (100, False)])
def test_no_interval_when_more_than_a_tenth_of_the_resamples_is_undefined(undefined: int, given: bool) -> None:
    values = np.r_[np.full(undefined, np.nan), np.ones(100 - undefined)]
    assert np.isfinite(Estimate(1, values).interval(0.95)).all() == given


def test_a_difference_is_taken_resample_by_resample() -> None:
    one, other = Estimate(0.9, np.array([0.8, 0.9, 1.0])), Estimate(0.5, np.array([0.4, 0.5, 0.6]))
    difference = one.minus(other)
    assert difference.value == pytest.approx(0.4)
    assert difference.interval(0.95) == pytest.approx((0.4, 0.4))


def test_a_95_percent_interval_covers_the_truth_about_that_often() -> None:
    repeats, truth = 300, 0.3
    covered = 0
    for seed in range(repeats):
        scored = labelled(150, truth, seed)
        low, high = estimate(scored, resamples(150, 400, seed), share)["share"].interval(0.95)
        covered += low <= truth <= high
    assert covered / repeats == pytest.approx(0.95, abs=3.5 * (0.95 * 0.05 / repeats) ** 0.5)


def test_the_interval_of_repeats_holds_what_differs_between_them() -> None:
    one, other = Estimate(0.5, np.full(400, 0.5)), Estimate(0.7, np.full(400, 0.7))
    both = mean_of_repeats([one, other], 0)
    assert both.value == pytest.approx(0.6)
    assert both.interval(0.95) == pytest.approx((0.5, 0.7))
    assert mean_of_repeats([one], 0).interval(0.95) == (0.5, 0.5)
