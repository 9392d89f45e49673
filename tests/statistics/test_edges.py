"""Intervals where a bootstrap cannot tell."""

import pickle

import numpy as np
import pytest
from scipy.stats import binomtest

from assay.statistics.bootstrap import Estimates, Resamples, estimate, estimate_one, mean
from assay.statistics.edges import BINOMIAL, BOOTSTRAP, EXACT, NONE, SQUARE_AND_ADD, square_and_add
from assay.statistics.metrics import measure
from assay.statistics.resampled import Scored, average_precision

NEGATIVES = 142


def table(found: int, positives: int, false_alarms: int = 20, weight: float | None = None) -> Scored:
    """Positives of whom `found` get an alert, and negatives of whom some do; the scores of alerts differ."""
    y = np.r_[np.ones(positives, int), np.zeros(NEGATIVES, int)]
    alert = np.r_[np.arange(positives) < found, np.arange(NEGATIVES) < false_alarms]
    score = np.where(alert, 0.9, 0.1) + np.linspace(0.05, 0, len(y))
    return Scored(y, score, 0.5, None if weight is None else np.where(y == 1, 1.0, weight))


def figures(scored: Scored) -> Estimates:
    drawn = Resamples(len(scored.y), 300, seed=1)
    return estimate(scored, drawn, lambda part, weights: measure(part, weights, 0.1))


@pytest.mark.parametrize(
    ("found", "positives", "method", "low"),
    [
        (8, 8, EXACT, 0.631),  # all of them: the resamples agree on 1
        (0, 8, EXACT, 0.0),
        (8, 12, EXACT, None),  # four are missed
        (7, 12, BOOTSTRAP, None),
        (81, 87, BOOTSTRAP, None),
        (87, 87, EXACT, 0.958),
        (1, 1, EXACT, 0.025),
    ],
)
def test_a_share_has_an_exact_interval_where_few_are_of_one_kind(
    found: int, positives: int, method: str, low: float | None
) -> None:
    recall = figures(table(found, positives))["recall"]
    assert (recall.method, recall.sound) == (method, method == BOOTSTRAP)
    if method == EXACT:
        assert recall.interval(0.95) == pytest.approx(tuple(binomtest(found, positives).proportion_ci(0.95)))
    if low is not None:
        assert recall.interval(0.95)[0] == pytest.approx(low, abs=0.001)


# What is counted, and the share that the figure is of: found 8 of 8, no false alarm among 142 negatives.
OTHERS = {
    "precision": (8, 8, lambda share: share),
    "specificity": (142, 142, lambda share: share),
    "accuracy": (150, 150, lambda share: share),
    "f1": (8, 8, lambda share: 2 * share / (1 + share)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_so_has_every_figure_that_is_a_share(name: str) -> None:
    hits, trials, of = OTHERS[name]
    one = figures(table(8, 8, false_alarms=0))[name]
    low, high = binomtest(hits, trials).proportion_ci(0.95)
    assert (one.method, one.interval(0.95)) == (EXACT, pytest.approx((of(low), of(high))))


def test_alerts_are_counted_per_thousand() -> None:
    one = figures(table(1, 8, false_alarms=2))["alerts_per_1000"]
    low, high = binomtest(3, 150).proportion_ci(0.95)
    assert (one.method, one.interval(0.95)) == (EXACT, pytest.approx((1000 * low, 1000 * high)))


def test_a_perfect_ranking_has_the_interval_of_a_share_of_the_positives() -> None:
    scored = table(8, 8, false_alarms=0)
    for name in ("average_precision", "roc_auc"):
        one = figures(scored)[name]
        assert (one.value, one.method) == (1.0, BINOMIAL)
        assert one.interval(0.95) == pytest.approx((0.631, 1.0), abs=0.001)
    drawn = Resamples(len(scored.y), 300, seed=1)
    assert mean([estimate_one(scored, drawn, average_precision)] * 3).interval(0.95)[0] == pytest.approx(
        0.631, abs=0.001
    )


def test_equal_scores_rank_nothing_and_keep_their_figure() -> None:
    scored = Scored(np.r_[np.ones(8, int), np.zeros(100, int)], np.full(108, 0.1), 0.5)
    found = figures(scored)
    assert found["roc_auc"].interval(0.95) == (0.5, 0.5)
    assert found["net_benefit"].interval(0.95) == (0.0, 0.0)
    assert found["average_precision"].method == BOOTSTRAP


@pytest.mark.parametrize(("positives", "method"), [(4, NONE), (5, BOOTSTRAP)])
def test_other_figures_have_no_interval_on_a_handful_of_positives(positives: int, method: str) -> None:
    found = figures(table(positives - 1, positives))
    for name in ("brier", "net_benefit"):
        assert found[name].method == method
        assert np.isfinite(found[name].interval(0.95)).all() == (method == BOOTSTRAP)


def test_without_the_kind_that_is_counted_there_is_no_interval() -> None:
    found = figures(table(0, 0, false_alarms=0))
    assert np.isnan(found["recall"].interval(0.95)).all()
    assert np.isnan(found["precision"].interval(0.95)).all()
    assert found["specificity"].interval(0.95)[0] == pytest.approx(0.974, abs=0.001)


def test_of_a_weighted_sample_the_interval_is_of_the_effective_number() -> None:
    plain, heavy = (figures(table(8, 8, 30, weight))["accuracy"].interval(0.95) for weight in (1.0, 1000.0))
    assert heavy[1] - heavy[0] == pytest.approx(plain[1] - plain[0], rel=0.1)
    low, high = figures(table(8, 8, 0, 1000.0))["alerts_per_1000"].interval(0.95)
    assert 0 < low < 1000 * 8 / (8 + 142_000) < high < 1


def test_a_difference_of_two_perfect_ones_is_not_settled() -> None:
    one, other = figures(table(8, 8)), figures(table(8, 8, false_alarms=10))
    difference = one["recall"].minus(other["recall"])
    low, high = difference.interval(0.95)
    assert (difference.value, difference.method) == (0, SQUARE_AND_ADD)
    assert (low, high) == pytest.approx((-0.369, 0.369), abs=0.001)
    assert one["recall"].minus(one["recall"]).interval(0.95) == (0.0, 0.0)


def test_a_difference_of_sound_ones_is_that_of_the_resamples() -> None:
    one, other = figures(table(40, 50)), figures(table(20, 50))
    difference = one["recall"].minus(other["recall"])
    assert difference.method == BOOTSTRAP
    np.testing.assert_array_equal(difference.resampled, one["recall"].resampled - other["recall"].resampled)


def test_what_is_correlated_differs_by_less() -> None:
    ends = (0.9, (0.7, 0.97)), (0.8, (0.6, 0.9))
    apart, together = (
        square_and_add(ends[0][0], ends[0][1], ends[1][0], ends[1][1], correlation) for correlation in (0, 0.8)
    )
    assert apart[0] < together[0] < 0.1 < together[1] < apart[1]


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.97, 0.999])
def test_the_interval_of_a_share_covers_the_truth_where_percentiles_do_not(share: float) -> None:
    generator, covered, repeats = np.random.default_rng(0), 0, 200
    for seed in range(repeats):
        hits = int(generator.binomial(40, share))
        scored = table(hits, 40)
        drawn = Resamples(len(scored.y), 100, seed)
        one = estimate(scored, drawn, lambda part, weights: {"recall": measure(part, weights, 0.1)["recall"]})["recall"]
        low, high = one.interval(0.95)
        covered += low <= share <= high
    assert covered / repeats >= 0.94


@pytest.mark.parametrize(("found", "positives", "method"), [(60, 60, BOOTSTRAP), (4, 4, NONE)])
def test_the_difference_of_a_figure_without_an_edge_is_that_of_the_resamples_of_enough(
    found: int, positives: int, method: str
) -> None:
    sharp = table(found, positives, false_alarms=0)
    right = Scored(sharp.y, sharp.y.astype(float), 0.5)
    one, other = figures(right)["brier"], figures(table(positives - 1, positives))["brier"]
    assert (one.value, one.method) == (0, NONE)
    difference = one.minus(other)
    assert difference.method == method
    assert np.isfinite(difference.interval(0.95)).all() == (method == BOOTSTRAP)


def test_figures_are_the_same_after_they_were_written_and_read() -> None:
    found = figures(table(8, 8))
    again = pickle.loads(pickle.dumps(found))
    for name, one in found.items():
        assert again[name].interval(0.95) == pytest.approx(one.interval(0.95), nan_ok=True)
    less = found["recall"].minus(found["precision"])
    assert pickle.loads(pickle.dumps(less)).interval(0.95) == less.interval(0.95)
