"""The budget for people."""

import json

import pytest

from assay.budget.page import as_json, as_markdown, limits, number, unmet, warnings
from assay.config.schema import Cost
from readiness_samples import budget

COST = Cost(at_most={"bundle_mb": 2.0, "single_p50_ms": 5.0, "load_seconds": 9.0}, at_least={"records_per_second": 1e3})


def test_each_limit_is_judged() -> None:
    found = {one.name: (one.asked, one.verdict) for one in limits(budget(), COST)}
    assert found == {
        "bundle_mb": ("at most 2", "met"),
        "single_p50_ms": ("at most 5", "not met"),
        "load_seconds": ("at most 9", "not measured"),
        "records_per_second": ("at least 1,000", "met"),
    }
    assert {one.verdict for one in limits(None, COST)} == {"not measured"}
    assert [one.name for one in unmet(limits(budget(), COST))] == ["single_p50_ms", "load_seconds"]


@pytest.mark.parametrize(("rate", "verdict"), [(999.0, "not met"), (1000.0, "met"), (0.0, "not met")])
def test_a_limit_itself_is_within(rate: float, verdict: str) -> None:
    found = budget(figures={"records_per_second": rate})
    assert [one.verdict for one in limits(found, Cost(at_least={"records_per_second": 1000.0}))] == [verdict]


def test_a_figure_stands_beside_the_bare_call_and_its_limit() -> None:
    lines = as_markdown(budget(), COST).splitlines()
    row = next(line for line in lines if line.startswith("| one record, half"))
    assert row.endswith("| 8 | 7.8 to 8.1 | 2: the model alone | 4 | at most 5 | not met |")
    row = next(line for line in lines if line.startswith("| from the start"))
    assert row.endswith("| not measured | – | – | – | at most 9 | not measured |")


def test_a_program_gets_the_file_and_the_verdicts() -> None:
    found = json.loads(json.dumps(as_json(budget(), COST)))
    assert found["figures"]["bundle_mb"] == 2.0
    assert found["limits"][1] == {"name": "single_p50_ms", "asked": "at most 5", "value": 8.0, "verdict": "not met"}


def test_figures_without_a_doubt_bring_no_warning() -> None:
    assert warnings(budget()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"machine": {**budget().machine, "load_before": 1.5}}, "the machine was busy"),
        ({"spread": {"single_p50_ms": [7.0, 9.5]}}, "one record, half of them within, ms (7 to 9.5)"),
        ({"trained": {}}, "train has not run"),
        ({"trained": {"time": "", "forked": True}}, "as a fork"),
    ],
)
def test_a_doubt_is_told(changed: dict, said: str) -> None:
    found = budget(**changed)
    assert [said in one for one in warnings(found)] == [True]
    assert said in as_markdown(found, COST)


def test_a_machine_that_does_not_tell_its_load_is_not_called_busy() -> None:
    assert warnings(budget(machine={**budget().machine, "load_before": None})) == []


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.012345, "0.0123"), (99.96, "100"), (1234567.8, "1,234,568")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
