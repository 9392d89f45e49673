"""What a living process holds is left alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from zc.lockfile import LockFile

from assay.doctor.attic import Attic
from assay.doctor.clone import Clone
from assay.doctor.examine import chosen, examined
from assay.doctor.running import at_work
from pipeline_copy import Copy

WAITING = "import sys; print('up', flush=True); sys.stdin.read()"


@pytest.fixture
def other(clone: Copy):
    """Starts another process in the clone; its words of command as given."""
    started: list[subprocess.Popen] = []

    def start(*words: str) -> subprocess.Popen:
        command = [sys.executable, "-c", WAITING, *words]
        process = subprocess.Popen(command, cwd=clone.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def mend(clone: Copy) -> str:
    results = examined(Clone(clone.path), chosen(True, []), Attic(clone.path))
    return "\n".join(f"{one.what}" for result in results for one in (*result.mended, *result.left))


def harm(clone: Copy) -> Path:
    path = clone.path / "models/model.txt"
    path.write_text("half of what a stage is writing")
    return path


def test_a_stage_at_work_is_named_and_nothing_is_mended(clone: Copy, other) -> None:
    path, process = harm(clone), other("-m", "assay.stages.train")
    assert f"process {process.pid}" in mend(clone)
    assert path.read_text().startswith("half")
    process.kill()
    process.wait()
    assert "not what dvc.lock says" in mend(clone)
    assert path.read_text().startswith("a model")


def test_a_stage_of_another_clone_is_none_of_ours(clone: Copy, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WAITING, "assay.stages.train"]
    process = subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert at_work(clone.path) == []
    process.kill()
    process.communicate()


@pytest.mark.parametrize("name", ["lock", "rwlock.lock"])
def test_dvc_that_holds_its_lock(clone: Copy, name: str) -> None:
    path, lock = harm(clone), LockFile(str(clone.path / ".dvc/tmp" / name))
    assert "nothing is mended: at work in this clone: DVC" in mend(clone)
    lock.close()
    assert path.read_text().startswith("half")
    assert "not what dvc.lock says" in mend(clone)


def test_dvc_that_runs_a_stage_holds_its_files_by_number(clone: Copy, other) -> None:
    process = other("a", "dvc", "command")
    rwlock = clone.path / ".dvc/tmp/rwlock"
    rwlock.write_text(json.dumps({"write": {"/a": {"pid": process.pid, "cmd": "dvc repro"}}}))
    before = rwlock.read_text()
    assert f"DVC (process {process.pid})" in mend(clone)
    assert rwlock.read_text() == before


def test_a_lock_of_git_that_is_open_is_left(clone: Copy) -> None:
    path = clone.path / ".git/index.lock"
    with path.open("w"):
        assert "a lock of git" not in mend(clone)
        assert path.exists()
    assert "a lock of git" in mend(clone)
    assert not path.exists()


def test_a_sweep_that_runs_keeps_its_workers(clone: Copy) -> None:
    work = clone.path / ".assay/sweeps/depth.work/0"
    work.mkdir(parents=True)
    lock = LockFile(str(clone.path / ".assay/sweeps/depth.lock"))
    checks = [check for check in chosen(False, []) if check.code == "sweeps"]
    assert [result.left for result in examined(Clone(clone.path), checks, None)] == [[]]
    lock.close()
    assert [len(result.left) for result in examined(Clone(clone.path), checks, None)] == [1]


def test_those_that_started_it_are_not_at_work(clone: Copy) -> None:
    assert os.getpid() not in [int(word) for one in at_work(clone.path) for word in one.split() if word.isdigit()]
