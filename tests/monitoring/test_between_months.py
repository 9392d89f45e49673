"""How months differ: the interval of a month to come has it, and stays narrow where they do not differ."""

import numpy as np
import pytest

from assay.bundle.reference import calibration as table_of
from assay.files import plain
from assay.monitoring.assumption import Assumption, moved
from assay.monitoring.between_months import DEVIATIONS, drawn, posterior
from assay.monitoring.calibration import Calibration, of_bundle
from assay.monitoring.estimation import estimate

CUT = 0.3


def month(n: int, shift: float, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Scores (n,) that are probabilities in a usual month, and labels of one in which log odds are moved."""
    odds = generator.normal(-3, 2, n)
    return 1 / (1 + np.exp(-odds)), (generator.random(n) < 1 / (1 + np.exp(-odds - shift))).astype(int)


def learned(months: list[tuple[np.ndarray, np.ndarray]], *, dated: bool = True) -> Calibration:
    score, y = (np.concatenate(side) for side in zip(*months, strict=True))
    names = np.repeat([f"1985-{place + 1:02}" for place in range(len(months))], [len(one) for one, _ in months])
    table = table_of(score, y, CUT, months=names if dated else None)
    return of_bundle(plain({"calibration": table}), CUT, draws=400)


def interval(known: Calibration, score: np.ndarray, name: str = "precision") -> tuple[float, float]:
    return estimate(known.counted(score), known, Assumption()).figures[name].interval(0.95)


def confirmed(deviation: float, *, dated: bool, times: int = 100) -> int:
    """How many of the intervals for a ninth month have what its labels show, each after other eight."""
    hits = 0
    for seed in range(times):
        generator = np.random.default_rng(seed)
        shifts = generator.normal(0, deviation, 9)
        months = [month(300, shift, generator) for shift in shifts]
        score, y = months.pop()
        low, high = interval(learned(months, dated=dated), score, "prevalence")
        hits += low <= y.mean() <= high
    return hits


@pytest.mark.slow
@pytest.mark.parametrize("deviation", [0.0, 0.5, 1.0])
def test_the_next_month_lies_within_its_interval(deviation: float) -> None:
    """By chance a 95 % interval holds fewer than 88 of 100 once in a thousand times."""
    assert confirmed(deviation, dated=True) >= 88


def test_without_dates_nothing_is_known_of_how_months_differ() -> None:
    assert confirmed(1.0, dated=False) < 80


def test_where_months_do_not_differ_the_interval_is_little_wider() -> None:
    generator = np.random.default_rng(1)
    months = [month(300, 0, generator) for _ in range(12)]
    score = month(300, 0, generator)[0]
    wide, narrow = (np.subtract(*interval(learned(months, dated=dated), score)[::-1]) for dated in (True, False))
    assert narrow < wide < 1.25 * narrow


def test_the_more_months_differ_the_larger_the_deviation_and_the_surer_with_more_of_them() -> None:
    rate = np.linspace(0.05, 0.95, 10)

    def learned_from(deviation: float, months: int) -> tuple[float, float]:
        generator = np.random.default_rng(0)
        odds = np.log(rate / (1 - rate)) + generator.normal(0, deviation, months)[:, None]
        counts = np.full((months, 10), 50.0)
        weights = posterior(rate, counts, generator.binomial(50, 1 / (1 + np.exp(-odds))).sum(axis=1))
        mean = weights @ DEVIATIONS
        return mean, np.sqrt(weights @ (DEVIATIONS - mean) ** 2)

    small, large, sure = learned_from(0.1, 12), learned_from(1.0, 12), learned_from(1.0, 100)
    assert small[0] < 0.3
    assert large[0] == pytest.approx(1.0, abs=0.4)
    assert sure[0] == pytest.approx(1.0, abs=0.15)
    assert sure[1] < large[1]


@pytest.mark.parametrize(
    ("rate", "counts"),
    [([0.0, 0.2, 1.0], [[9, 9, 9]] * 2), ([0.0, 0.0, 1.0], [[9, 9, 9]] * 6), ([0.1, 0.2, 0.3], [[0, 0, 0]] * 6)],
    ids=["two months", "nothing between no and yes", "no records"],
)
def test_where_months_tell_nothing_there_is_no_shift(rate: list[float], counts: list[list[int]]) -> None:
    held = np.array(counts, "float64")
    assert not drawn(np.array(rate), held, held * 0, draws=10, seed=0).any()


@pytest.mark.parametrize(("shift", "named"), [(0.0, False), (-0.6, False), (-3.0, True)])
def test_labels_of_a_month_contradict_if_they_are_further_off_than_months_of_the_training(
    shift: float, named: bool
) -> None:
    generator = np.random.default_rng(3)
    known = learned([month(400, one, generator) for one in generator.normal(0, 0.4, 10)])
    score, y = month(400, shift, generator)
    assert bool([*moved(known.counted(score), known.counted(score[y == 1]), known)]) == named


def test_the_same_shift_in_month_after_month_is_no_chance() -> None:
    generator = np.random.default_rng(3)
    known = learned([month(400, one, generator) for one in generator.normal(0, 0.4, 10)])
    later = [month(400, -0.9, generator) for _ in range(8)]
    counts = np.array([known.counted(score) for score, _ in later])
    positives = np.array([known.counted(score[y == 1]) for score, y in later])
    assert not [*moved(counts[0], positives[0], known)]
    assert [*moved(counts, positives, known)]
