"""The verdict."""

import numpy as np
import pytest

from assay.config.schema import Criteria
from assay.evaluation.criteria import judge, judge_quality, verdict
from assay.statistics.bootstrap import Estimate
from assay.statistics.edges import EXACT, Edge

CRITERIA = Criteria("screening", min_recall=0.9, max_alerts_per_1000=100, beat_baselines=["rule"])


def around(value: float, width: float) -> Estimate:
    return Estimate(value, value + np.linspace(-width, width, 101))


def findings(recall: Estimate, alerts: Estimate, lead: Estimate):
    zero = Estimate(0, np.zeros(101))
    model = {"recall": recall, "alerts_per_1000": alerts, "average_precision": lead}
    return judge(model, {"rule": {"average_precision": zero}}, CRITERIA, 0.95)


GOOD = (around(0.95, 0.01), around(50, 10), around(0.2, 0.1))


@pytest.mark.parametrize(
    ("position", "figure", "said", "settled"),
    [
        (0, around(0.95, 0.01), "met", True),
        (0, around(0.90, 0.01), "met", False),
        (0, around(0.89, 0.05), "not met", False),
        (0, around(0.80, 0.05), "not met", True),
        (0, around(1.0, 0.0), "met", False),  # such as 18 of 18: no resample can have another
        (0, around(0.0, 0.0), "not met", False),
        (0, Estimate(1.0, np.full(101, np.nan)), "met", False),
        (1, around(0.0, 0.0), "met", False),
        (2, around(0.2, 0.0), "met", False),
        (1, around(50, 10), "met", True),
        (1, around(95, 10), "met", False),
        (1, around(105, 10), "not met", False),
        (1, around(150, 10), "not met", True),
        (2, around(0.2, 0.1), "met", True),
        (2, around(0.05, 0.1), "not met", False),
        (2, around(-0.2, 0.1), "not met", True),
    ],
)
def test_a_criterion_is_judged_by_its_value_and_settled_by_its_interval(
    position: int, figure: Estimate, said: str, settled: bool
) -> None:
    figures = [*GOOD[:position], figure, *GOOD[position + 1 :]]
    found = findings(*figures)[position]
    assert (found.verdict, found.settled) == (said, settled)
    assert verdict(findings(*figures)) == said


def test_an_exact_interval_settles_nothing() -> None:
    every = Edge(EXACT, few=True, bounds=lambda value, confidence: (0.958, 1.0))
    found = findings(Estimate(1.0, np.ones(101), every), *GOOD[1:])[0]
    assert (found.verdict, found.settled, found.interval, found.method) == ("met", False, (0.958, 1.0), EXACT)


def test_each_baseline_to_be_beaten_is_a_criterion() -> None:
    assert [one.criterion for one in findings(*GOOD)] == ["recall", "alerts_per_1000", "average_precision over rule"]


@pytest.mark.parametrize(("value", "said"), [(0.8, "met"), (0.79, "not met")])
def test_data_quality_is_a_criterion(value: float, said: str) -> None:
    criteria = Criteria("any", 0.9, 100, [], {"completeness": 0.8})
    quality = {"completeness": {"after": {"value": value}}, "validity": {"after": {"value": 0.0}}}
    assert [(one.criterion, one.verdict, one.settled) for one in judge_quality(quality, criteria)] == [
        ("completeness", said, True)
    ]
