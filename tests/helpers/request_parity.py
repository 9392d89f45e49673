"""Whether requests get the scores that the same records get in a file."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from assay.config.dataset import FLAG, NUMBER
from assay.scoring.reason_choice import Reasons
from assay.scoring.scorer import Scored
from assay.serving.answers import Answer, refused
from assay.serving.model import Model, ScoreRequest
from assay.serving.requests import parsed


def typed(record: dict[str, str], model: Model) -> dict[str, Any]:
    """The record as a program would send it: numbers, truth values, null; texts where a value is none of these."""
    return {name: as_json(text, model.bundle.dataset.columns[name]) for name, text in record.items()}


def as_json(text: str, column: Any) -> Any:
    if text == "":
        return None
    if column.type == FLAG and text in column.values:
        return text == column.values[0]
    if column.type == NUMBER:
        try:
            number = float(text)
        except ValueError:
            return text
        return int(text) if text.isdigit() else number
    return text


def said(scored: Scored) -> list[Answer]:
    """What the scorer says of each row of a file."""
    return [
        {"score": score, "alert": alert, "not_scored": None}
        if place not in scored.faults
        else {name: refused(scored.faults[place])[name] for name in ("score", "alert", "not_scored")}
        for place, (score, alert) in enumerate(zip(scored.scores.tolist(), scored.alerts.tolist(), strict=True))
    ]


def answered(model: Model, records: Sequence[dict[str, Any]], size: int) -> list[Answer]:
    sent = [parsed(json.dumps(one).encode()) for one in records]
    batches = [
        [ScoreRequest(one, Reasons.NONE) for one in sent[start : start + size]] for start in range(0, len(sent), size)
    ]
    answers = [answer for batch in batches for answer in model(batch).answers]
    return [{name: answer[name] for name in ("score", "alert", "not_scored")} for answer in answers]


def assert_parity(model: Model, raw: pd.DataFrame, sizes: Sequence[int]) -> None:
    expected = said(model.scorer(raw))
    assert sum(one["score"] is not None for one in expected) > len(raw) / 2
    assert any(one["not_scored"] for one in expected)
    records = raw.to_dict("records")
    for size in sizes:
        assert answered(model, records, size) == expected
        assert answered(model, [typed(one, model) for one in records], size) == expected
