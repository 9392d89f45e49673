"""Fixtures of the cases."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command writes conf/."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
