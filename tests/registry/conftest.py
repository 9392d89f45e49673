"""Copies of a repository with a line that was written by hand."""

import os
import shutil
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
def repo(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to do things in, and the working folder."""
    shutil.copytree(made_once(tmp_path_factory, "registry", make), tmp_path / "registry")
    for name in set(os.environ) - set(ENVIRONMENT):
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path / "registry/root")
    return Path.cwd()


@pytest.fixture
def said() -> list[str]:
    """What commands say aside."""
    return []


@pytest.fixture
def promote(repo: Path, said: list[str]) -> Promote:
    """Promote a revision whose cost was measured, as `assay promote` does."""

    def promote(revision: str = "HEAD", **order: object) -> Outcome:
        if revision in ("main", "better", "worse", "missing", "other", "leak"):
            budget(repo, model=model_of(repo, revision))
        return promotion.promote(repo, revision, Order(**order), said.append)  # type: ignore[arg-type]

    return promote
