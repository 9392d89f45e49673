"""What every cause is judged by, on cases that can be worked out by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assay.diagnosis import amount, faults, features, labels, values
from assay.diagnosis.evidence import Evidence, gathered
from assay.diagnosis.finding import Finding, Gain, Verdict, ranked
from assay.diagnosis.labels import surprises
from assay.diagnosis.permutation import units
from assay.modelling.training import blocks
from assay.statistics.bootstrap import Estimate
from assay.statistics.metrics import METRICS
from diagnosis_samples import WORTH, evidence, subject, table


@pytest.fixture(scope="module")
def found() -> Evidence:
    return evidence(*table(600))


def test_each_record_is_scored_by_a_model_that_did_not_learn_from_it(found: Evidence) -> None:
    pairs = zip(found.parts, blocks(found.records, 5), strict=True)
    assert all(np.array_equal(part.block, block) for part, (_, block) in pairs)
    assert found.found.value == pytest.approx(METRICS["average_precision"].of(found.scored))


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [
        ((0.02, 0.01, 0.03), Verdict.HOLDS),
        ((0.005, 0.001, 0.02), Verdict.UNDECIDED),
        ((0.02, -0.01, 0.05), Verdict.UNDECIDED),
        ((0.004, 0.001, 0.009), Verdict.DOES_NOT),
        ((-0.02, -0.05, -0.01), Verdict.DOES_NOT),
        ((0.02, float("nan"), float("nan")), Verdict.UNDECIDED),
    ],
)
def test_the_interval_decides(gain: tuple[float, float, float], verdict: Verdict) -> None:
    assert Gain(*gain).verdict(WORTH) is verdict


def test_the_urgent_comes_first_and_then_the_large() -> None:
    def one(verdict: Verdict, gain: float | None) -> Finding:
        return Finding("", verdict, "", "", None if gain is None else Gain(gain, gain, gain))

    given = [
        one(Verdict.DOES_NOT, 0.3),
        one(Verdict.UNDECIDED, 0.1),
        one(Verdict.NOT_MEASURED, None),
        one(Verdict.UNDECIDED, 0.2),
        one(Verdict.HOLDS, 0.01),
    ]
    assert ranked(given) == [given[4], given[3], given[1], given[2], given[0]]


def test_positives_that_rank_low_cost_the_difference_of_their_precision(found: Evidence) -> None:
    rows = np.arange(len(found.y)) % 3 == 0
    at = {
        number: float((found.y[found.scores >= found.scores[number]]).mean()) for number in np.flatnonzero(found.y == 1)
    }
    inside = [precision for number, precision in at.items() if rows[number]]
    outside = [precision for number, precision in at.items() if not rows[number]]
    expected = len(inside) / len(at) * (np.mean(outside) - np.mean(inside))
    assert found.lifted(rows).value == pytest.approx(expected)
    assert found.found.value == pytest.approx(np.mean(list(at.values())))


@pytest.mark.parametrize("rows", [0, 1])
def test_no_positives_cost_nothing_and_all_cannot_be_compared(rows: int, found: Evidence) -> None:
    lifted = found.lifted(np.full(len(found.y), bool(rows)))
    assert np.isnan(lifted.value) if rows else lifted.value == 0


def test_records_that_do_not_count_are_as_if_they_were_not_there(found: Evidence) -> None:
    rows = np.arange(len(found.y)) < 100
    kept = found.scored.only(~rows)
    assert found.without(rows).value == pytest.approx(METRICS["average_precision"].of(kept))


@pytest.mark.slow
def test_weights_count_in_every_cause() -> None:
    X, y = table(600)
    gap = np.random.default_rng(0).random(len(X)) < 0.3
    plain = subject(X.assign(a=X["a"].mask(gap), b=X["b"].where(X.index < 400, 0.0)), y)
    weight = np.where(y == 1, 1.0, 3.0)
    weighted = replace(plain, records=replace(plain.records, weight=weight))
    for examine in OF_ALL:
        one, other = (examine(gathered(each, WORTH)) for each in (plain, weighted))
        assert one.measured != other.measured


OF_ALL: list[Callable[[Evidence], Finding]] = [
    lambda one: features.examine(one, 1, {}),
    lambda one: labels.examine(one, range(20), 20),
    lambda one: values.examine(one, {}, 0),
    faults.examine,
    lambda one: amount.examine(one, 1),
]


def test_groups_stay_in_one_block() -> None:
    X, y = table(300)
    made = subject(X, y)
    grouped = replace(made, records=replace(made.records, groups=pd.Series(np.arange(300) // 3)))
    found = gathered(grouped, WORTH)
    assert sorted(np.concatenate([part.block for part in found.parts])) == list(range(300))
    assert all(len({number // 3 for number in part.block}) * 3 == len(part.block) for part in found.parts)
    assert all(examine(found).verdict in Verdict for examine in OF_ALL)


def test_a_result_takes_along_what_is_made_of_it() -> None:
    X, y = table(300)

    def made(inputs: pd.DataFrame) -> pd.DataFrame:
        return inputs[["a", "b"]].assign(a_squared=inputs["a"] ** 2, a_and_c=inputs["a"] + inputs["c"])

    one = subject(X, y, inputs=X, features=made, recorded=["a", "b", "c"], titles={"a_squared": "a"})
    one = replace(one, records=replace(one.records, X=made(X)))
    assert [(unit.name, unit.recorded, unit.features) for unit in units(one)] == [
        ("a", True, ("a", "a_squared")),
        ("b", True, ("b",)),
        ("c", True, ()),
        ("a_and_c", False, ("a_and_c",)),
    ]
    losses = {
        each["value"]: each["loss"] for each in features.examine(gathered(one, WORTH), 2, {}).facts["importances"]
    }
    assert losses["a"] > losses["a_and_c"]
    assert losses["c"] > 0


def test_records_of_one_day_have_no_first_and_last_period() -> None:
    X, y = table(300)
    found = evidence(X, y, dates=pd.Series(pd.to_datetime(["2020-01-01"] * 300)))
    assert faults.shifted(X, found.subject.dates) == []
    assert "No feature changed" in faults.examine(found).measured
    assert "The records have no date" in faults.examine(evidence(X, y, dates=None)).measured


def test_labels_drawn_by_the_scores_surprise_as_often_as_they_should() -> None:
    generator = np.random.default_rng(0)
    scores = generator.beta(0.3, 2, 4000)
    within = []
    for _ in range(40):
        count, (low, high) = surprises((generator.random(4000) < scores).astype(int), scores)
        within.append(low <= count <= high)
    assert sum(within) >= 34


def test_a_gain_says_itself() -> None:
    assert str(Gain.of(Estimate(0.02, np.linspace(0, 0.04, 101)))) == "+0.020 [+0.001, +0.039]"
