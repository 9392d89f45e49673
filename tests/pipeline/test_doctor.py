"""The doctor on the real line: every byte of data, models and cache, and `make repro` after a kill."""

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench_kills import mended, start
from doctor_harm import flip_file
from pipeline_copy import Copy, until

QUICK = ("assay", "doctor", "--quick")


def data(copy: Copy) -> Iterator[Path]:
    for name in ("data", "models", ".dvc/cache/files", ".dvc/cache/runs"):
        yield from (path for path in sorted((copy.path / name).rglob("*")) if path.is_file() and path.name[0] != ".")


def contents(copy: Copy) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in data(copy) if "runs" not in path.parts}


def workspace(copy: Copy) -> dict[Path, bytes]:
    return {path: content for path, content in contents(copy).items() if ".dvc" not in path.parts}


def assert_right(copy: Copy, before: dict[Path, bytes]) -> None:
    """The workspace is as it was, the cache has what dvc.lock names and nothing false, and DVC agrees."""
    assert contents(copy).items() <= before.items()  # objects of other commits that nothing has any more are put away
    assert workspace(copy).keys() == {path for path in before if ".dvc" not in path.parts}
    assert "up to date" in copy.run("dvc", "status", "dvc.yaml").stdout
    assert copy.git_status() == ""
    assert copy.run(*QUICK).stdout.startswith("healthy")


@pytest.mark.slow
def test_a_flipped_byte_is_found_wherever_it_is_and_dvc_agrees_with_the_mend(cheap: Copy) -> None:
    before, generator = contents(cheap), random.Random(0)
    files = list(data(cheap))
    assert len(files) > 40
    # One half at a time: a file and its object, both broken, is another case. To `dvc status` all is up to date.
    for half in (lambda path: ".dvc" in path.parts, lambda path: ".dvc" not in path.parts):
        broken = [path for path in files if half(path) and path.exists()]
        for path in broken:
            flip_file(path, generator)
        found = cheap.run(*QUICK, fails=True).stdout
        assert f"0 mended, {len(broken)} left" in found, found
        mended = cheap.run(*QUICK, "--mend").stdout
        assert f"{len(broken)} mended, 0 left" in mended, mended
        assert_right(cheap, before)


@pytest.mark.slow
def test_what_is_broken_twice_is_made_again(cheap: Copy) -> None:
    before = contents(cheap)
    generator = random.Random(0)
    for path in data(cheap):
        flip_file(path, generator)
    cheap.run(*QUICK, "--mend")
    assert cheap.repro() != []
    assert_right(cheap, before)


@pytest.mark.slow
def test_after_a_kill_make_repro_alone_puts_everything_right(cheap: Copy) -> None:
    cheap.environment["OMP_NUM_THREADS"] = "1"
    process = start(cheap, cold=True, stdout=subprocess.PIPE)
    until(process, "Running stage 'train'")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _, faults = mended(cheap)
    assert faults == []
