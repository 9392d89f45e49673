"""A repository with a choice of one's own, and a small line to choose on."""

import re
import shutil
from pathlib import Path

import pytest

from assay.config.targets import LIBRARIES
from samples import ROOT


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration, with room for choices and sweeps of one's own."""
    return with_room(tmp_path, monkeypatch)


@pytest.fixture
def small(small_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small line, with room for choices and sweeps of one's own."""
    copy = tmp_path / "line"
    shutil.copytree(small_line, copy, symlinks=True)
    (copy / "conf").unlink()
    return with_room(copy, monkeypatch)


def with_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with a configuration of its own, in which xgboost is the incumbent."""
    shutil.copytree(ROOT / "conf", folder / "conf")
    menu = folder / "conf/config.yaml"
    menu.write_text(re.sub(r"(?m)^  - model: \w+$", "  - model: xgboost", menu.read_text()))
    for name in ("src", "dvc.yaml"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def spies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of the spies counts as a model library."""
    monkeypatch.setattr("assay.config.targets.LIBRARIES", (*LIBRARIES, "modelling_samples"))
