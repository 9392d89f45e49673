"""What a request is told of each record."""

from typing import Any

import pytest

from assay.scoring.reason_choice import Reasons
from assay.serving.answers import Answer
from assay.serving.model import Model, ScoreRequest
from assay.serving.openapi import PREDICTION

ILL = {"TSH": 60, "FTI": 20}  # an alert of any model of these records


def answer(model: Model, record: dict[str, Any], reasons: Reasons = Reasons.ALERTS) -> Answer:
    return model([ScoreRequest(record, reasons)]).answers[0]


@pytest.mark.parametrize(
    ("changes", "wish", "alert", "explained"),
    [
        (ILL, Reasons.ALERTS, True, True),
        (ILL, Reasons.ALL, True, True),
        (ILL, Reasons.NONE, True, False),
        ({}, Reasons.ALERTS, False, False),
        ({}, Reasons.ALL, False, True),
        ({}, Reasons.NONE, False, False),
    ],
)
def test_reasons_come_as_wished(
    model: Model, good: dict[str, Any], changes: dict[str, Any], wish: str, alert: bool, explained: bool
) -> None:
    found = answer(model, {**good, **changes}, wish)
    assert found["alert"] is alert is (found["score"] >= model.bundle.threshold)
    assert bool(found["reasons"]) is explained
    assert all(isinstance(one, str) for one in found["reasons"])


def test_a_model_without_exact_reasons_gives_none(
    model: Model, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "explains", False)
    found = answer(model, {**good, **ILL}, Reasons.ALL)
    assert (found["alert"], found["reasons"]) == (True, [])


def test_a_value_that_was_set_missing_is_told(model: Model, good: dict[str, Any]) -> None:
    found = answer(model, {**good, "age": 455})
    assert found["score"] is not None
    assert [(one["rule"], one["fields"]) for one in found["changed"]] == [("age_range", ["age"])]


@pytest.mark.parametrize(
    ("changes", "kind", "why"),
    [
        ({"on_thyroxine": True}, "outside the population", "treated: on_thyroxine"),
        (dict.fromkeys(("TSH", "T3", "TT4", "T4U", "FTI", "TBG")), "outside the population", "no laboratory result"),
        ({"target": "R"}, "ungradable", "ungradable"),
        ({"sick": "x"}, "contract", "sick"),
    ],
)
def test_why_there_is_no_score(
    model: Model, good: dict[str, Any], changes: dict[str, Any], kind: str, why: str
) -> None:
    found = answer(model, {**good, **changes})
    assert (found["score"], found["alert"], found["reasons"]) == (None, None, [])
    assert found["not_scored"]["kind"] == kind
    assert why in found["not_scored"]["why"]
    assert bool(found["not_scored"]["violations"]) is (kind == "contract")


def test_no_answer_depends_on_the_records_beside_it(model: Model, good: dict[str, Any]) -> None:
    records = [good, {**good, **ILL}, {**good, "sick": "x"}, {**good, "on_thyroxine": True}, {}, {"TSH": [1]}]
    wishes = [Reasons.ALL, Reasons.NONE, Reasons.ALERTS, Reasons.ALL, Reasons.NONE, Reasons.ALERTS]
    together = model([ScoreRequest(*pair) for pair in zip(records, wishes, strict=True)]).answers
    assert together == [answer(model, *pair) for pair in zip(records, wishes, strict=True)]
    assert all(one.keys() == PREDICTION.keys() for one in together)
