"""Tables that an earlier release wrote are read under the names of today."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assay.experiments.revisions import Revision

IDS = ["1", "2", "3"]
TEST = {"record_id": IDS, "label": [True, False, False], "excluded": ["", "", "ungradable"]}
SEEN = {"record_id": IDS, "label": [True, False, False], "fold": "train"}
CODES = {"record_id": IDS, "code": ["K|F", "-", "A"]}
LEDGER = {"decided_by": ["source", "single", "source"], "decisions": [0, 1, 0], "annotators": ["", "ann", ""]}
POLICY = {"label": [True, True, True], "policy": "overt", "policy_version": 1, "excluded": ""}
SCORES = [0.9, 0.1, 0.2]


class Stored:
    """The Parquet files of a revision, by path."""

    def __init__(self, **tables: Mapping[str, Any]) -> None:
        self.tables = tables

    def read_bytes(self, path: str) -> bytes:
        buffer = io.BytesIO()
        pd.DataFrame(self.tables[Path(path).stem]).to_parquet(buffer, index=False)
        return buffer.getvalue()

    def parts(self, path: str) -> list[str]:
        return [path]


@pytest.mark.parametrize(
    "scores",
    [
        {"model": SCORES, "rule": [1.0, 0.0, 1.0]},
        {"model": SCORES, "score": [0.0, 0.0, 0.0]},
        {"score": SCORES, "rule": [1.0, 0.0, 1.0]},
    ],
    ids=["former", "former, with a baseline named score", "of today"],
)
def test_the_scores_of_the_model(scores: Mapping[str, Any]) -> None:
    seen = Revision("old", "", Stored(out_of_fold={**SEEN, **scores})).out_of_fold
    assert seen.reset_index().to_dict("list") == {**SEEN, "fold": ["train"] * 3, "score": SCORES}

    class Both(Stored):
        def read_bytes(self, path: str) -> bytes:
            table = TEST if path.startswith("data/split") else {"record_id": IDS, **scores}
            return Stored(test=table).read_bytes(path)

    assert Revision("old", "", Both()).test.reset_index().to_dict("list") == {**TEST, "score": SCORES}


@pytest.mark.parametrize(
    ("columns", "in_force", "by"),
    [
        ({"decided_code": ["F", "-", "A"]}, ["K|F", "-", "A"], ["source"] * 3),
        (
            {"decisive_code": ["K|F", "F", "A"], **LEDGER, "decided_code": ["F", "F", "A"]},
            ["K|F", "F", "A"],
            LEDGER["decided_by"],
        ),
        (
            {"code_in_force": ["K|F", "F", "A"], **LEDGER, "code_resolved": ["F", "F", "A"]},
            ["K|F", "F", "A"],
            LEDGER["decided_by"],
        ),
    ],
    ids=["before there was a ledger", "former", "of today"],
)
def test_the_codes_of_the_labels(columns: Mapping[str, Any], in_force: list[str], by: list[str]) -> None:
    labels = Revision("old", "", Stored(labels={**CODES, **columns, **POLICY})).labels
    assert (labels["code_in_force"].tolist(), labels["decided_by"].tolist()) == (in_force, by)
    assert labels["code_resolved"].tolist() == list(columns.get("decided_code", columns.get("code_resolved")))
    assert not {"decisive_code", "decided_code"} & set(labels)
