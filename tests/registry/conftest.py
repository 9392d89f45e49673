"""Copies of a repository with a line that was written by hand."""

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from assay.compare import page
from assay.registry import promotion
from assay.registry.promotion import Order, Outcome
from once import made_once
from pipeline_copy import ENVIRONMENT
from registry_repository import Promote, budget, make, model_of


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate compares models that are far apart: 200 resamples tell them as well as 10,000."""
    monkeypatch.setattr(page, "compared", partial(page.compared, resamples=200))


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(ENVIRONMENT):
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _environment: None) -> Callable[[Path], Path]:
    """Make a copy of what was made once the working folder."""

    def start(made: Path) -> Path:
        shutil.copytree(made, tmp_path / "registry")
        monkeypatch.chdir(tmp_path / "registry/root")
        return Path.cwd()

    return start


@pytest.fixture
def repo(tmp_path_factory: pytest.TempPathFactory, start: Callable[[Path], Path]) -> Path:
    """A copy to do things in, and the working folder."""
    return start(made_once(tmp_path_factory, "registry", make))


@pytest.fixture
def promoted(
    tmp_path_factory: pytest.TempPathFactory,
    start: Callable[[Path], Path],
    promote: Promote,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The same, with v1.0.0 in prod, which is main, and v1.1.0 in staging, which is better."""

    def put_in(folder: Path) -> None:
        shutil.copytree(made_once(tmp_path_factory, "registry", make), folder)
        with monkeypatch.context() as patch:
            patch.chdir(folder / "root")
            promote("main")
            promote("better", stage="staging")

    return start(made_once(tmp_path_factory, "promoted", put_in))


@pytest.fixture
def said() -> list[str]:
    """What commands say aside."""
    return []


@pytest.fixture
def promote(said: list[str]) -> Promote:
    """Promote a revision whose cost was measured, in the working folder, as `assay promote` does."""

    def promote(revision: str = "HEAD", **order: object) -> Outcome:
        repo = Path.cwd()
        if revision in ("main", "better", "worse", "missing", "other", "leak"):
            budget(repo, model=model_of(repo, revision))
        return promotion.promote(repo, revision, Order(**order), said.append)  # type: ignore[arg-type]

    return promote
