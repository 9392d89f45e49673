"""The threshold's guarantee on recall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.modelling.threshold import choose, measure
from assay.statistics.binomial import lower_bound


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


@given(predictions(), st.floats(0.1, 50), st.sampled_from([0.5, 0.8, 0.9]))
def test_equal_weights_change_nothing(case: tuple[np.ndarray, np.ndarray], weight: float, floor: float) -> None:
    y, score = case
    plain, weighted = choose(y, score, floor, 0.95), choose(y, score, floor, 0.95, np.full(len(y), weight))
    assert weighted.recall_lower_bound == pytest.approx(plain.recall_lower_bound)
    assert (weighted.value, weighted.positives) == (plain.value, plain.positives)


@given(predictions(), st.data())
def test_with_weights_it_is_the_highest_that_keeps_the_bound_of_effective_counts(
    case: tuple[np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    y, score = case
    weight = np.array(data.draw(st.lists(st.sampled_from([1.0, 3.0, 10.0]), min_size=len(y), max_size=len(y))))
    mass, of_positives = weight[y == 1], score[y == 1]
    told = mass.sum() ** 2 / (mass**2).sum()
    bounds = {cut: lower_bound(told * mass[of_positives >= cut].sum() / mass.sum(), told, 0.9) for cut in of_positives}
    chosen = choose(y, score, 0.6, 0.9, weight)
    allowed = [cut for cut, bound in bounds.items() if bound >= 0.6]
    assert chosen.value == (max(allowed) if allowed else min(bounds))
    assert chosen.recall == pytest.approx(mass[of_positives >= chosen.value].sum() / mass.sum())
    assert chosen.recall_lower_bound == pytest.approx(bounds[chosen.value])


def test_a_fixed_threshold_is_measured_and_not_moved() -> None:
    y, score = np.repeat([1, 0], [10, 10]), np.tile([0.2, 0.8], 10)
    given_one = measure(y, score, 0.5, 0.9, 0.95, fixed=True)
    assert (given_one.value, given_one.recall, given_one.fixed, given_one.guaranteed) == (0.5, 0.5, True, False)


@pytest.mark.parametrize("weight", [None, np.tile([1.0, 5.0], 100)], ids=["equal", "weighted"])
def test_the_guarantee_holds_as_often_as_it_says(weight: np.ndarray | None) -> None:
    generator = np.random.default_rng(1)
    repeats, below = 400, 0
    for _ in range(repeats):
        score = generator.normal(1, 1, 200)  # the positives', whose true recall at t is 1 - Phi(t - 1)
        cut = choose(np.ones(200, dtype=int), score, 0.9, 0.95, weight).value
        below += bool((generator.normal(1, 1, 100_000) >= cut).mean() < 0.9)
    assert below / repeats <= 0.05 + 3 * (0.05 * 0.95 / repeats) ** 0.5
