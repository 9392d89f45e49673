"""What is in use over time, from the files of the workspace."""

from pathlib import Path

import pytest

from assay.board.watch import shown
from samples import ROOT


def test_the_replay_of_this_repository_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    found = shown(ROOT)
    assert [one.name for one in found["policies"]] == ["never", "scheduled", "triggered"]
    lines = {name: (points, retrained) for name, points, retrained in found["months"].lines}
    assert {name: len(retrained) for name, (_, retrained) in lines.items()} == {
        one.name: one.retrained for one in found["policies"]
    }
    for points, _ in lines.values():
        assert all(0 <= float(pair.split(",")[1]) <= 260 for pair in points.split())


def test_without_files_there_is_nothing(tmp_path: Path) -> None:
    found = shown(tmp_path)
    assert (found["policies"], found["months"], found["monitored"], found["logs"]) == ([], None, "", [])
