"""Fixtures of a line of two stages: two_stages.py."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.files import replacing, write_text
from assay.lineage.running import stated
from two_stages import DVC_YAML, PARAMS, Stage


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the line, in which nothing has run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_STAGE", raising=False)
    Path("dvc.yaml").write_text(DVC_YAML)
    Path("source.txt").write_text("source")
    return tmp_path


@pytest.fixture
def make(root: Path) -> Stage:
    """Runs `make`; `meanwhile` happens while it does."""

    def run(meanwhile: Callable[[], object] = lambda: None, plain: Any = PARAMS, reread: Any = None) -> None:
        with stated("make", plain, reread):
            write_text(Path("data/one.txt"), Path("source.txt").read_text() + " one")
            meanwhile()

    return run


@pytest.fixture
def use(root: Path) -> Stage:
    """Runs `use`; `meanwhile` happens while it does."""

    def run(meanwhile: Callable[[], object] = lambda: None, plain: Any = PARAMS, reread: Any = None) -> None:
        with stated("use", plain, reread):
            with replacing(Path("data/two")) as folder:
                folder.mkdir()
                (folder / "x.txt").write_text(Path("data/one.txt").read_text() + " two")
            write_text(Path("report.json"), "{}")
            meanwhile()

    return run


@pytest.fixture
def false_lock(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dvc.lock that says of `make` what is not true; OWN: the hash of its statement; no run-cache."""
    monkeypatch.setattr("assay.lineage.lock.folders_of", lambda entry: [root / "runs"])
    Path("dvc.lock").write_text(
        "schema: '2.0'\nstages:\n  before:\n    cmd: x\n    outs: []\n"
        "  make:\n    cmd: make it\n    deps: []\n    params:\n      params.yaml:\n        a.b: 7\n"
        "    outs:\n    - path: data/lineage/make.json\n      md5: OWN\n"
        "  use:\n    cmd: use it\n"
    )
    return Path("dvc.lock")
