"""What follows from findings, an estimate, and labels."""

import pytest

from assay.monitoring.decision import EXIT_CODES, Action, Performance, decide
from assay.monitoring.finding import TO, Finding, Kind

FELL, HOLDS, UNKNOWN = Performance(True, "it fell"), Performance(False, "it holds"), Performance(None, "who knows")


def finding(kind: Kind, month: str = "1985-06") -> Finding:
    return Finding(kind, "TSH", month, 300, 0.3, 0.1, 0.001, f"{kind} changed", "")


VALUES, SCORES = finding(Kind.VALUES), finding(Kind.SCORES)
CASES = {
    "nothing": ([], None, None, Action.FINE),
    "inputs alone": ([VALUES], None, None, Action.WATCH),
    "predictions alone": ([SCORES], None, None, Action.WATCH),
    "an old training": ([finding(Kind.STALE, "")], None, None, Action.WATCH),
    "inputs and predictions": ([VALUES, SCORES], None, None, Action.RETRAIN),
    "in different months": ([VALUES, finding(Kind.SCORES, "1985-07")], None, None, Action.WATCH),
    "the estimate says that it holds": ([VALUES, SCORES], HOLDS, None, Action.WATCH),
    "nothing can be estimated": ([], UNKNOWN, None, Action.FINE),
    "nothing can be estimated, and both drifted": ([VALUES, SCORES], UNKNOWN, None, Action.RETRAIN),
    "labels decide nothing yet": ([VALUES], HOLDS, UNKNOWN, Action.WATCH),
    "the estimate fell": ([], FELL, None, Action.RETRAIN),
    "labels say that it fell": ([], None, FELL, Action.RETRAIN),
    "the estimate fell, and labels say that it holds": ([], FELL, HOLDS, Action.RETRAIN),
    "a column is gone": ([finding(Kind.COLUMN, ""), VALUES, SCORES], FELL, None, Action.WATCH),
    "another unit": ([finding(Kind.UNIT), SCORES], None, None, Action.WATCH),
    "a new category": ([finding(Kind.NEW), SCORES], None, None, Action.WATCH),
    "a column is gone, and labels say that it fell": ([finding(Kind.COLUMN, "")], None, FELL, Action.RETRAIN),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule(case: str) -> None:
    findings, estimate, realised, action = CASES[case]
    found = decide(findings, estimate, realised)
    assert found.action == action
    assert found.reasons
    assert all(one.why in found.reasons for one in (estimate, realised) if one)
    assert all(any(one.what in reason for reason in found.reasons) for one in findings)


def test_each_action_has_an_exit_code_of_its_own() -> None:
    assert sorted(EXIT_CODES.values()) == [0, 10, 20]
    assert {*EXIT_CODES} == {*Action}


def test_a_change_that_stays_is_one_reason() -> None:
    months = [f"1985-0{month}" for month in range(5, 9)]
    every = [finding(Kind.VALUES, month) for month in (*months, f"{months[0]}{TO}{months[-1]}")]
    assert decide(every).reasons == ["values changed [1985-05 to 1985-08, 4 months]"]
