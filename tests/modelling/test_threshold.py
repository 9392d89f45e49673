"""The threshold's guarantee on recall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.binomial import lower_bound
from assay.modelling.threshold import choose, measure


@st.composite
def predictions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Labels with at least one positive, and scores with ties."""
    y = draw(st.lists(st.integers(0, 1), min_size=1, max_size=120).filter(any))
    score = draw(st.lists(st.integers(0, 30), min_size=len(y), max_size=len(y)))
    return np.array(y), np.array(score) / 30


@given(predictions(), st.sampled_from([0.5, 0.8, 0.9]), st.sampled_from([0.8, 0.95]))
def test_it_is_the_highest_that_keeps_the_bound_above_the_floor(
    case: tuple[np.ndarray, np.ndarray], floor: float, confidence: float
) -> None:
    y, score = case
    chosen = choose(y, score, floor, confidence)
    bounds = {cut: lower_bound(int((score[y == 1] >= cut).sum()), int(y.sum()), confidence) for cut in score[y == 1]}
    allowed = [cut for cut, bound in bounds.items() if bound >= floor]
    assert chosen.value == (max(allowed) if allowed else min(bounds))
    assert chosen.guaranteed == bool(allowed)
    assert chosen.recall_lower_bound == bounds[chosen.value]


@pytest.mark.parametrize(("positives", "guaranteed"), [(28, False), (29, True)])
def test_29_positives_are_the_fewest_that_can_show_a_recall_of_90_percent(positives: int, guaranteed: bool) -> None:
    y = np.ones(positives, dtype=int)
    chosen = choose(y, np.linspace(0.1, 0.9, positives), 0.9, 0.95)
    assert chosen.guaranteed == guaranteed
    assert (chosen.recall, chosen.value) == (1, 0.1)


def test_equal_scores_are_alerts_together() -> None:
    y = np.repeat([1, 0], [100, 100])
    chosen = choose(y, np.full(200, 0.3), 0.9, 0.95)
    assert (chosen.value, chosen.recall) == (0.3, 1)


def test_a_fixed_threshold_is_measured_and_not_moved() -> None:
    y, score = np.repeat([1, 0], [10, 10]), np.tile([0.2, 0.8], 10)
    given_one = measure(y, score, 0.5, 0.9, 0.95, fixed=True)
    assert (given_one.value, given_one.recall, given_one.fixed, given_one.guaranteed) == (0.5, 0.5, True, False)


def test_the_guarantee_holds_as_often_as_it_says() -> None:
    generator = np.random.default_rng(1)
    repeats, below = 400, 0
    for _ in range(repeats):
        score = generator.normal(1, 1, 200)  # the positives', whose true recall at t is 1 - Phi(t - 1)
        cut = choose(np.ones(200, dtype=int), score, 0.9, 0.95).value
        below += bool((generator.normal(1, 1, 100_000) >= cut).mean() < 0.9)
    assert below / repeats <= 0.05 + 3 * (0.05 * 0.95 / repeats) ** 0.5
