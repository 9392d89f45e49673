"""What a sweep says of a worker that is gone."""

import sys
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.sweep import worker_pool as workers
from assay.sweep.folder import Setting
from assay.sweep.plan import Planned
from assay.sweep.worker_pool import Worker

ONE = Planned("one", ("model.C=1",), "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where workers can be; instead of a clone they get an empty folder."""
    monkeypatch.setattr(workers, "clone", lambda root, target, sha, cache: target.mkdir(parents=True, exist_ok=True))
    return tmp_path


def said(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The error of an experiment whose worker runs this."""
    monkeypatch.setattr(workers, "COMMAND", [sys.executable, "-c", code])
    worker = Worker(folder / "work/0", Setting("s", folder, "0" * 40, folder, 1))
    result = worker.run(ONE, folder / "one.log", lambda name, value: False)
    worker.stop()
    assert result["state"] == "failed"
    return result["error"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "the worker was killed, as the system does when there",
        ),
        ("import sys; sys.exit('assay worker: error: there is no package numpy')", "there is no package numpy"),
        ("import os; os._exit(7)", "the worker ended with exit code 7"),
    ],
    ids=["killed", "cannot start", "crashed"],
)
def test_why_a_worker_is_gone(folder: Path, code: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert expected in said(folder, code, monkeypatch)


def test_a_clone_that_cannot_be_made_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "COMMAND", ["true"])
    worker = Worker(folder / "work/0", Setting("s", folder, "0" * 40, folder, 1))
    worker.stop()

    def full(*arguments: object) -> None:
        raise AssayError("git clone failed: No space left on device", todo="make room")

    monkeypatch.setattr(workers, "clone", full)
    error = worker.run(ONE, folder / "one.log", lambda name, value: False)["error"]
    assert "No space left on device" in error
    assert "make room" in error
