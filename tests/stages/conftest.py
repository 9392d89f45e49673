"""The small line, to do things in."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def line(small_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small line, as the current folder."""
    copy = tmp_path / "line"
    shutil.copytree(small_line, copy, symlinks=True)
    monkeypatch.chdir(copy)
    monkeypatch.setattr("sys.argv", ["stage"])
    return copy
