"""Copies of a tiny real repository, and what is said of parts of DVC that changed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.dvc_internals import boundary
from once import made_once
from pipeline_copy import ENVIRONMENT, warm_python
from tiny_repository import NAMED, make


@pytest.fixture
def tiny(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to do things in, and the working folder; its remote is beside it."""
    shutil.copytree(made_once(tmp_path_factory, "tiny", make), tmp_path / "tiny")
    for name in set(os.environ) - set(ENVIRONMENT):
        monkeypatch.delenv(name)
    for name, value in {**ENVIRONMENT, **NAMED}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.executable", warm_python())  # with which the package starts DVC
    monkeypatch.chdir(tmp_path / "tiny/root")
    return Path.cwd()


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What was said to have changed, each once."""
    heard: list[str] = []
    boundary.say_once.cache_clear()
    monkeypatch.setattr(boundary, "warn", heard.append)
    return lambda: heard
