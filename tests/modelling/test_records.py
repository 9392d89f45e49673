"""Sets of records with their labels, groups and weights: in memory, or with the features on the disk."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.engine.stored import Stored, Streamed
from assay.modelling.records import Records

N = 7
LABELS, GROUPS, WEIGHTS = [0, 1, 0, 0, 1, 1, 0], list("aabbccd"), [1.0, 2.0, 0.5, 3.0, 1.5, 1.0, 4.0]
CHOSEN = [[*range(N)], [0, 6], [1, 2, 4], []]


@pytest.fixture(params=["in memory", "on disk"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Records | Streamed:
    table = pd.DataFrame({"record_id": list("tuvwxyz"), "age": np.arange(N) / 2})
    groups, weight = pd.Series(GROUPS), np.array(WEIGHTS)
    if request.param == "in memory":
        return Records(table.set_index("record_id"), pd.Series(LABELS), groups, weight)
    table.to_parquet(tmp_path / "features.parquet")
    return Streamed(Stored([tmp_path / "features.parquet"]), pd.Series(LABELS, dtype="int8"), groups, weight)


def ages(records: Any) -> list[float]:
    X = records.X if isinstance(records, Records) else pd.concat([pd.DataFrame({"age": []}), *records.X.batches()])
    return X["age"].tolist()


def content(records: Any) -> list[tuple[Any, ...]]:
    """A row for each record."""
    return list(zip(ages(records), records.y, records.groups, records.weight, strict=True))


ROWS = list(zip(np.arange(N) / 2, LABELS, GROUPS, WEIGHTS, strict=True))


@pytest.mark.parametrize("chosen", CHOSEN, ids=str)
def test_chosen_records_keep_what_is_theirs(records: Any, chosen: list[int]) -> None:
    assert content(records.rows(np.array(chosen, "int64"))) == [ROWS[place] for place in chosen]


def test_records_of_records_are_those_of_the_first(records: Any) -> None:
    assert content(records.rows(np.array([1, 3, 6])).rows(np.array([0, 2]))) == [ROWS[1], ROWS[6]]


def test_records_that_follow_come_last(records: Any) -> None:
    first, last = records.rows(np.array([2, 5])), records.rows(np.array([0]))
    both = first.followed_by(last)
    assert content(both) == [ROWS[2], ROWS[5], ROWS[0]]
    assert both.groups.index.tolist() == [0, 1, 2]
    assert content(both.rows(np.array([1, 2]))) == [ROWS[5], ROWS[0]]


@pytest.mark.parametrize("lacking", ["groups", "weight"])
@pytest.mark.parametrize("place", [0, 1])
def test_what_only_one_of_two_has_neither_has_together(records: Any, lacking: str, place: int) -> None:
    given = {"groups": records.groups, "weight": records.weight}
    without = type(records)(records.X, records.y, **{**given, lacking: None})
    assert getattr(without.rows(np.array([1])), lacking) is None
    pair = [records, records]
    pair[place] = without
    both = pair[0].followed_by(pair[1])
    kept = "weight" if lacking == "groups" else "groups"
    assert getattr(both, lacking) is None
    assert list(getattr(both, kept)) == [*given[kept], *given[kept]]
