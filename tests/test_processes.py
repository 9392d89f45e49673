"""Whether a process runs that has noted its number."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.dvc_internals.locks import holding
from assay.errors import AssayError
from assay.processes import alive, holder


def test_a_process_runs_until_it_has_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert alive(process.pid, time.time())
    process.communicate(b"\n")
    assert not alive(process.pid, time.time())


@pytest.mark.parametrize("pid", [-1, 0, 10**30])
def test_a_wrong_number_is_no_process(pid: int) -> None:
    assert not alive(pid, time.time() if pid else 0)


def test_a_process_that_started_after_its_number_was_noted_is_another_one() -> None:
    assert not alive(os.getpid(), 1.0)


def test_who_has_a_lock_is_read_from_its_file(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert holder(lock) is None
    with holding(lock, AssayError("held")):
        assert holder(lock) == os.getpid()
    lock.write_text("nobody")
    assert holder(lock) is None
