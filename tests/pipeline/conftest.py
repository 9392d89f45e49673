"""The line, run once, and copies of it to do things in."""

from pathlib import Path

import pytest

from pipeline_copy import Copy, copy_of_the_tree


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The whole line, run from nothing in a fresh copy. Not to be changed: fork it."""
    copy = copy_of_the_tree(tmp_path_factory.mktemp("line"))
    copy.repro()
    return copy


@pytest.fixture
def fork(line: Copy, tmp_path: Path) -> Copy:
    """A copy of the line to do things in."""
    return line.fork(tmp_path / "fork")
