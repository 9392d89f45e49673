"""Entries of dvc.lock, compared with what stages state, and taken out."""

from pathlib import Path
from typing import Any

import pytest

from assay.lineage import lock
from assay.lineage.statement import Statement

STATEMENT = Statement("make", {"a.b": 1}, {"source.txt": "s"}, {"data/one.txt": "o"})
TRUE: dict[str, Any] = {
    "deps": [{"path": "source.txt", "md5": "s"}],
    "params": {"params.yaml": {"a.b": 1}},
    "outs": [{"path": "data/one.txt", "md5": "o"}, {"path": "data/lineage/make.json", "md5": "x"}],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"params": {"params.yaml": {"a.b": 2}}}, ["a.b was 1, dvc.lock says 2"]),
        ({"params": {"params.yaml": {"a.b": True}}}, ["a.b was 1, dvc.lock says True"]),
        ({"params": {}}, ["a.b was 1, dvc.lock says None"]),
        ({"deps": [{"path": "source.txt", "md5": "t"}]}, ["source.txt had MD5 s, dvc.lock says t"]),
        ({"outs": [{"path": "data/one.txt", "md5": "p"}]}, ["data/one.txt was written with MD5 o, dvc.lock says p"]),
    ],
)
def test_every_difference_is_a_sentence(change: dict[str, Any], said: list[str]) -> None:
    assert lock.differences({**TRUE, **change}, STATEMENT) == said


def test_an_entry_is_taken_out_and_the_others_stay_as_they_were(false_lock: Path) -> None:
    before = false_lock.read_text()
    lock.take_out("make", lock.entries()["make"])
    after = false_lock.read_text()
    assert list(lock.entries()) == ["before", "use"]
    assert after == before[: before.index("  make:")] + before[before.index("  use:") :]


def test_the_last_entry_can_be_taken_out(false_lock: Path) -> None:
    lock.take_out("use", lock.entries()["use"])
    assert list(lock.entries()) == ["before", "make"]


def test_without_a_lock_there_are_no_entries(tmp_path: Path) -> None:
    assert lock.entries(tmp_path / "dvc.lock") == {}
