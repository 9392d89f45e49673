"""From JSON to raw columns: what is no request, and that a typed value and its text in a file are the same."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.scoring.reason_choice import Reasons
from assay.serving.model import Model, ScoreRequest
from assay.serving.requests import NotJsonError, parsed
from request_parity import assert_parity

DEEP = 100_000


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b' [{"a": null}, {"a": true}] ', [{"a": None}, {"a": True}]),
        (b'{"a": "12:30", "b": "::"}', {"a": "12:30", "b": "::"}),
        (b'{"a": {"b": 1, "c": 2}}', {"a": {"b": 1, "c": 2}}),
        (b'{"\\u00e4": "\\u0000"}', {"ä": "\0"}),
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
        (b'{"a": 1e999}', {"a": float("inf")}),  # a number of JSON, and none that the contract takes
        (b"3", 3),
        (b'"text"', "text"),
    ],
)
def test_json_is_read(body: bytes, content: Any) -> None:
    assert parsed(body) == content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1,}',
        b'{"a": 01}',
        b"\xff",
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": 1} {"a": 1}',
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"a": 1, "\\u0061": 1}',
        b'[{"a": 1}, {"a": 1, "b": "x:y", "a": 1}]',
        b'{"b": {"a": 1, "a": 2}}',
    ],
    ids=lambda body: str(body[:30]),
)
def test_anything_else_is_refused_and_so_is_a_key_that_stands_twice(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        parsed(body)


@pytest.mark.parametrize(
    ("changes", "rule", "fields"),
    [
        ({"no_such": 1}, "known_columns", ["no_such"]),
        ({"b": 1, "a": {}}, "known_columns", ["a", "b"]),
        ({"sick": None}, "sick_missing", ["sick"]),
        ({"TSH": [1]}, "plain_values", ["TSH"]),
        ({"TSH": {}, "T3": []}, "plain_values", ["TSH", "T3"]),
        ({"TSH": "much"}, "TSH_type", ["TSH"]),
        ({"TSH": True}, "TSH_type", ["TSH"]),
        ({"TSH": 1e30}, "TSH_range", ["TSH"]),
        ({"TSH": 1e300}, "TSH_type", ["TSH"]),
        ({"TSH": float("inf")}, "TSH_type", ["TSH"]),
        ({"TSH": 10**400}, "TSH_type", ["TSH"]),
        ({"TSH": -(10**400)}, "TSH_type", ["TSH"]),
        ({"TSH": -1}, "TSH_range", ["TSH"]),
        ({"TSH": "1.5\0"}, "TSH_type", ["TSH"]),
        ({"TSH": ""}, None, None),
        ({"TSH": None}, None, None),
        ({"TSH": "1.5"}, None, None),
        ({"TSH": 15e-1}, None, None),
        ({"sick": "t"}, None, None),
        ({"sick": True}, None, None),
        ({"sick": 1}, "sick_type", ["sick"]),
        ({"sick": "true"}, "sick_type", ["sick"]),
        ({"sex": "X"}, "sex_values", ["sex"]),
        ({"sex": 0}, "sex_values", ["sex"]),
        ({"patient_id": 840801013}, None, None),
        ({"patient_id": "840801013 "}, "patient_id_pattern", ["patient_id"]),
        ({"target": "-"}, None, None),
        ({"TSH_measured": True}, None, None),
        ({"TSH_measured": False}, "TSH_measured_at_odds", ["TSH_measured"]),
        ({"age": 455}, None, None),
    ],
)
def test_a_record_is_judged_by_form_and_contract(
    model: Model, good: dict[str, Any], changes: dict[str, Any], rule: str | None, fields: list[str] | None
) -> None:
    (answer,) = model([ScoreRequest({**good, **changes}, Reasons.NONE)]).answers
    if rule is None:
        assert answer["score"] is not None
        return
    violation, *_ = answer["not_scored"]["violations"]
    assert (violation["rule"], violation["fields"]) == (rule, fields)
    assert answer["not_scored"]["kind"] == "contract"
    assert answer["score"] is None


def test_columns_that_may_be_missing_need_not_be_there(model: Model, good: dict[str, Any]) -> None:
    nullable = [name for name, column in model.scorer.contract.columns.items() if column.nullable]
    less = {name: value for name, value in good.items() if name not in nullable or name == "TSH"}
    more = {**less, **{name: None for name in nullable if name != "TSH"}}
    short, long = model([ScoreRequest(less, Reasons.NONE), ScoreRequest(more, Reasons.NONE)]).answers
    assert short == long
    assert short["score"] is not None


@pytest.mark.slow
def test_a_request_gets_the_score_of_the_same_record_in_a_file(model: Model, raw: pd.DataFrame) -> None:
    broken = raw.assign(TSH=np.where(np.arange(len(raw)) % 9 == 0, "9999", raw["TSH"]))
    broken.loc[[3, 5], ["age", "sick"]] = ["old", "x"]
    assert_parity(model, broken, [7, len(raw)])
    assert_parity(model, broken.iloc[::3].reset_index(drop=True), [1])
