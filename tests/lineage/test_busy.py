"""Whether another run holds the workspace."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.lineage.busy import RWLOCK, require_idle


@pytest.fixture
def somebody() -> Iterator[int]:
    """A process that runs."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid


def note(pid: int, kind: str = "write") -> None:
    RWLOCK.parent.mkdir(parents=True)
    info = {"pid": pid, "cmd": "dvc repro"}
    RWLOCK.write_text(json.dumps({kind: {"/data": info if kind == "write" else [info]}}))


@pytest.mark.parametrize("kind", ["read", "write"])
def test_another_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody: int, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    note(somebody, kind)
    with pytest.raises(AssayError, match=f"dvc repro \\(process {somebody}\\)"):
        require_idle()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    with pytest.raises(AssayError, match="another run"):
        require_idle()


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"write": {"/data": {"pid": "x"}}}', '{"write": 1}'])
def test_nobody_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        RWLOCK.parent.mkdir(parents=True)
        RWLOCK.write_text(content)
    require_idle()


def test_a_clone_within_another_is_not_held_by_what_runs_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody: int
) -> None:
    monkeypatch.chdir(tmp_path)
    note(somebody)
    (tmp_path / "clone/.dvc").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "clone")
    require_idle()


def test_a_lock_that_dvc_is_just_writing_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody: int
) -> None:
    monkeypatch.chdir(tmp_path)
    note(somebody)
    whole = RWLOCK.read_text()
    RWLOCK.write_text("")
    monkeypatch.setattr("assay.lineage.busy.time.sleep", lambda _: RWLOCK.write_text(whole))
    with pytest.raises(AssayError, match="another run"):
        require_idle()


def test_neither_oneself_nor_who_started_one_nor_the_dead_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    for pid in (os.getpid(), os.getppid(), dead.pid):
        note(pid)
        require_idle()
        RWLOCK.unlink()
        RWLOCK.parent.rmdir()
