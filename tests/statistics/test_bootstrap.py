"""Bootstrap intervals."""

import tracemalloc
from functools import partial

import numpy as np
import pytest

from assay.statistics import bootstrap
from assay.statistics.bootstrap import BLOCK, CHUNK, Estimate, Resamples, Task, estimate, estimates, mean_of_repeats
from assay.statistics.metrics import measure
from assay.statistics.resampled import Scored, Values
from samples import calibrated


def share(scored: Scored, weights: np.ndarray) -> Values:
    """The weighted share of positives."""
    return {"share": weights @ scored.y / weights.sum(axis=1)}


def labelled(n: int, prevalence: float, seed: int) -> Scored:
    y = (np.random.default_rng(seed).random(n) < prevalence).astype(int)
    return Scored(y, y.astype(float), 0.5)


def dense(drawn: Resamples) -> np.ndarray:
    """All resamples at once, drawn as by the book."""
    generator = np.random.default_rng(drawn.seed)
    draws = (generator.integers(0, drawn.records, size=drawn.records) for _ in range(drawn.count))
    return np.array([np.bincount(one, minlength=drawn.records) for one in draws], float)


def test_each_resample_draws_as_many_as_there_are_records() -> None:
    [block] = Resamples(50, 20, seed=1)
    assert block.shape == (20, 50)
    assert block.sum(axis=1).tolist() == [50] * 20
    assert (block == block.astype(int)).all()


def test_the_seed_decides() -> None:
    one, again, other = (np.concatenate([*Resamples(50, 70, seed)]) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_more_resamples_begin_with_the_same_ones() -> None:
    [few], [many] = Resamples(30, 10, seed=1), Resamples(30, 40, seed=1)
    np.testing.assert_array_equal(many[:10], few)


@pytest.mark.parametrize(
    ("records", "count", "rows"),
    [(10, 120, [50, 50, 20]), (BLOCK // 4, 10, [4, 4, 2]), (BLOCK, 2, [1, 1]), (BLOCK + 1, 2, [1, 1]), (10, 0, [])],
)
def test_a_block_has_a_bounded_size(records: int, count: int, rows: list[int]) -> None:
    assert [len(block) for block in Resamples(records, count, seed=0)] == rows


def test_no_more_than_one_block_is_held_at_a_time() -> None:
    records, count = BLOCK // 8, 400
    y, score = calibrated(records)
    tasks = {name: Task(Scored(y, score, 0.5), partial(measure, threshold_probability=0.1)) for name in "ab"}
    tracemalloc.start()
    estimates(tasks, Resamples(records, count=8 * 3, seed=0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * 8 * BLOCK < 8 * records * count


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("rows_in", [None, 0.4])
@pytest.mark.parametrize("most", [7, 50, 1000])
def test_figures_are_those_of_all_resamples_at_once(
    most: int, rows_in: float | None, weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "CHUNK", most)
    (y, score), generator = calibrated(300), np.random.default_rng(4)
    everyone = Scored(y, score.round(2), 0.3, generator.uniform(1, 5, 300) if weighted else None)  # with ties
    rows = None if rows_in is None else generator.random(300) < rows_in
    scored, drawn = everyone if rows is None else everyone.only(rows), Resamples(300, 120, seed=2)
    of_all = partial(measure, threshold_probability=0.1)
    found = estimates({"": Task(scored, of_all, rows)}, drawn)[""]
    matrix = dense(drawn) if rows is None else dense(drawn)[:, rows]
    for name, values in of_all(scored, scored.weighted(matrix)).items():
        exact = not weighted and "calibration" not in name and name != "brier"  # whole numbers are counted
        np.testing.assert_allclose(found[name].resampled, values, rtol=0 if exact else 1e-7)


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, 2 * CHUNK + 7])
def test_the_result_does_not_depend_on_how_the_work_is_cut(count: int) -> None:
    scored, drawn = labelled(40, 0.3, 0), Resamples(40, count, seed=3)
    found = estimate(scored, drawn, share)["share"]
    np.testing.assert_allclose(found.resampled, share(scored, dense(drawn))["share"], rtol=1e-15)
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
    found = estimate(sample, Resamples(int(kept.sum()), 400, seed=3), share)["share"]
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
        low, high = estimate(scored, Resamples(150, 400, seed), share)["share"].interval(0.95)
        covered += low <= truth <= high
    assert covered / repeats == pytest.approx(0.95, abs=3.5 * (0.95 * 0.05 / repeats) ** 0.5)


def test_the_interval_of_repeats_holds_what_differs_between_them() -> None:
    one, other = Estimate(0.5, np.full(400, 0.5)), Estimate(0.7, np.full(400, 0.7))
    both = mean_of_repeats([one, other], 0)
    assert both.value == pytest.approx(0.6)
    assert both.interval(0.95) == pytest.approx((0.5, 0.7))
    assert mean_of_repeats([one], 0).interval(0.95) == (0.5, 0.5)
