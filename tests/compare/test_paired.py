"""Is head really better than base? Planted truths."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from assay.compare.paired import (
    Comparison,
    Plan,
    Row,
    compare,
    corrected,
    gained,
    judged,
    mcnemar,
    p_value,
)
from assay.errors import AssayError
from assay.statistics.bootstrap import Estimate, Resamples, estimate
from assay.statistics.edges import SQUARE_AND_ADD
from assay.statistics.metrics import METRICS, RANKED_BY, measure
from assay.statistics.resampled import Scored

PLAN = Plan(resamples=400)


def side(score: np.ndarray, label: np.ndarray, threshold: float = 0.5, **more: list) -> SimpleNamespace:
    """A revision with a test fold of these records."""
    index = pd.Index([f"{number:05}" for number in range(len(score))], name="record_id")
    table = pd.DataFrame({"label": label.astype(bool), "excluded": "", "score": score, **more}, index=index)
    return SimpleNamespace(name="side", test=table, threshold=threshold)


def noisy(label: np.ndarray, noise: float, seed: int) -> np.ndarray:
    """Scores that see the label through this much noise."""
    return 1 / (1 + np.exp(-(2 * label - 1.5 + np.random.default_rng(seed).normal(0, noise, len(label)))))


LABEL = (np.random.default_rng(0).random(800) < 0.15).astype(int)
GROUPS = pd.DataFrame(
    {"sex": np.where(np.arange(800) % 2, "F", "M")}, index=pd.Index([f"{n:05}" for n in range(800)], name="record_id")
)


def compared(base: SimpleNamespace, head: SimpleNamespace):
    return compare(base, head, GROUPS, PLAN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("base_noise", "head_noise", "verdict"), [(3.0, 0.5, "better"), (0.5, 3.0, "worse"), (1.0, 1.0, "undecided")]
)
def test_the_verdict_on_planted_models(base_noise: float, head_noise: float, verdict: str) -> None:
    one = compared(side(noisy(LABEL, base_noise, 1), LABEL), side(noisy(LABEL, head_noise, 2), LABEL))
    assert one.verdict == verdict


def test_a_model_against_itself_is_the_same() -> None:
    one = side(noisy(LABEL, 1, 1), LABEL)
    found = compared(one, one)
    assert {row.verdict for row in found.rows} == {"same"}
    assert (found.new_alerts, found.lost_alerts, found.discordant) == ([], [], (0, 0, 1.0))


def test_two_models_that_find_the_same_few_are_undecided() -> None:
    few = np.where(np.cumsum(LABEL) > 8, 0, LABEL)
    found = compared(*(side(np.where(few == 1, 0.9, 0.4 * noisy(few, 1, seed)), few) for seed in (1, 2)))
    recall = next(row for row in found.rows if row.metric == "recall")
    assert (recall.difference, recall.verdict, recall.method) == (0, "undecided", SQUARE_AND_ADD)
    assert recall.interval == pytest.approx((-0.369, 0.369), abs=0.001)


def test_only_common_graded_records_are_compared_and_the_others_counted() -> None:
    base, head = (side(noisy(LABEL, 1, seed), LABEL) for seed in (1, 2))
    base.test = base.test.drop(index=["00000", "00001"])
    head.test.loc["00002", "excluded"] = "ungradable"
    found = compared(base, head)
    assert len(found.ids) == 797
    assert (found.only_base, found.only_head) == (1, 2)


def test_sides_without_common_records_are_refused() -> None:
    base, head = (side(noisy(LABEL, 1, seed), LABEL) for seed in (1, 2))
    head.test.index = head.test.index.str.replace("0", "x")
    with pytest.raises(AssayError, match="share 0 graded records"):
        compared(base, head)


def test_a_weighted_sample_is_compared_as_the_records_that_it_stands_for() -> None:
    weight = np.where(LABEL == 1, 1.0, 20.0)
    scores = noisy(LABEL, 3.0, 1), noisy(LABEL, 0.5, 2)
    plain, weighted = ([side(score, LABEL, **more) for score in scores] for more in ({}, {"sample_weight": weight}))
    found = precision(compared(*weighted))
    alert = scores[1] >= 0.5
    assert found.head == pytest.approx(np.average(LABEL[alert], weights=weight[alert]))
    # Where one side alone is weighted, the records that both have are of its sample all the same.
    for mixed in ([weighted[0], plain[1]], [plain[0], weighted[1]]):
        assert replace(precision(compared(*mixed)), base_own=0) == replace(found, base_own=0)


def precision(comparison: Comparison) -> Row:
    return next(row for row in comparison.rows if row.metric == "precision")


def test_where_labels_differ_both_are_judged_by_heads_and_bases_own_figures_stand_beside() -> None:
    relabelled = LABEL.copy()
    relabelled[:200] = 1 - relabelled[:200]
    base, head = side(noisy(LABEL, 0.5, 1), LABEL), side(noisy(LABEL, 0.5, 2), relabelled)
    found = compared(base, head)
    row = next(row for row in found.rows if row.metric == "average_precision")
    assert found.relabelled == 200
    assert row.base_own > row.base
    assert (found.base.y == relabelled).all()


def test_alerts_that_come_and_go_are_named() -> None:
    base, head = (side(np.full(800, 0.2), LABEL) for _ in range(2))
    base.test.loc[["00003", "00004"], "score"] = 0.9
    head.test.loc[["00004", "00007"], "score"] = 0.9
    found = compared(base, head)
    assert (found.new_alerts, found.lost_alerts) == (["00007"], ["00003"])


@pytest.mark.parametrize(
    ("better", "base", "head", "gain"),
    [
        ("higher", 1, 2, True),
        ("lower", 1, 2, False),
        (1.0, 0.5, 1.2, True),
        (1.0, 1.1, 1.2, False),
        (0.0, -0.5, 0.4, True),
    ],
)
def test_what_counts_as_a_gain(
    better: Literal["higher", "lower"] | float, base: float, head: float, gain: bool
) -> None:
    sides = [Estimate(value, np.full(10, float(value))) for value in (base, head)]
    assert (gained(*sides, better).value > 0) == gain


def test_mcnemar_is_the_exact_test_on_discordant_decisions() -> None:
    y = np.ones(20, dtype=int)
    base, head = (Scored(y, np.array([0.9] * right + [0.1] * (20 - right)), 0.5) for right in (5, 17))
    assert mcnemar(base, head) == (12, 0, pytest.approx(binomtest(12, 12).pvalue))


@pytest.mark.parametrize(("values", "p"), [([1.0] * 99, 0.02), ([-1.0] * 99, 0.02), ([0.0] * 99, 1), ([1, -1] * 50, 1)])
def test_p_is_twice_the_smaller_tail(values: list[float], p: float) -> None:
    assert p_value(Estimate(0, np.array(values, dtype=float))) == pytest.approx(p, abs=0.02)


def test_correction_takes_back_what_many_comparisons_would_give_by_chance() -> None:
    rows = [Row("recall", 0, 0, 0, 0, (0, 0), "better", p) for p in [0.03] * 5 + [1e-6]]
    assert [row.verdict for row in corrected(rows, 0.95)] == ["undecided"] * 5 + ["better"]
    assert corrected([], 0.95) == []


@pytest.mark.slow
def test_the_interval_of_a_difference_covers_the_truth_about_95_times_of_100() -> None:
    def sides(n: int, seed: int) -> list[Scored]:
        label = (np.random.default_rng(seed).random(n) < 0.15).astype(int)
        return [Scored(label, noisy(label, noise, 7 * seed + part), 0.5) for part, noise in enumerate((1.5, 1.0))]

    large = [METRICS["average_precision"].of(one) for one in sides(400_000, 1)]
    ranked_by = METRICS[RANKED_BY]
    ranking = partial(measure, threshold_probability=0.1, metrics=[ranked_by])
    truth, repeats, covered = large[1] - large[0], 300, 0
    for seed in range(repeats):
        base, head = (estimate(one, Resamples(600, 500, seed), ranking) for one in sides(600, seed + 10))
        low, high = judged(ranked_by, base, head, PLAN).interval
        covered += low <= truth <= high
    assert covered / repeats == pytest.approx(0.95, abs=3.5 * (0.95 * 0.05 / repeats) ** 0.5)
