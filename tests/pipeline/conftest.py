"""The line, run once, and copies of it to do things in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from once import made_once
from pipeline_copy import Copy, cheapened, copy_of_the_tree, unchanged
from retraining_repository import records, take


def run_from_nothing(path: Path) -> None:
    copy = copy_of_the_tree(path)
    copy.environment = {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"}  # what it gives is committed by other runs
    copy.repro()


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """The whole line, run from nothing in a fresh copy. Not to be changed: fork it."""
    made = made_once(tmp_path_factory, "line", run_from_nothing)
    with unchanged(Copy(made).fork(tmp_path_factory.mktemp("line") / "line")) as line:
        yield line


@pytest.fixture(scope="session")
def cheap_line(line: Copy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """The line with every third record, a small model, few folds and few resamples, committed so. Not to be changed:
    fork it.
    """

    def run_cheaply(path: Path) -> None:
        copy = line.fork(path)
        records().to_csv(path / "records.csv", index=False)
        take(copy, "records.csv")
        cheapened(copy)

    with unchanged(Copy(made_once(tmp_path_factory, "cheap", run_cheaply))) as cheap:
        yield cheap


@pytest.fixture
def fork(line: Copy, tmp_path: Path) -> Copy:
    """A copy of the line to do things in."""
    return line.fork(tmp_path / "fork")


@pytest.fixture
def cheap(cheap_line: Copy, tmp_path: Path) -> Copy:
    """A copy of the cheap line to do things in."""
    return cheap_line.fork(tmp_path / "cheap")
