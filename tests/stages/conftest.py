"""The small line, to run stages in."""

from pathlib import Path

import pytest


@pytest.fixture
def line(line: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small line, as the current folder, for stages without arguments."""
    monkeypatch.setattr("sys.argv", ["stage"])
    return line
