"""A repository with experiments, and boards of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir
from pathlib import Path

import pytest

from assay.board import source
from assay.board.app import Server
from assay.board.site import here
from assay.overview import columns
from assay.overview.intervals import with_intervals
from assay.overview.overview import overview
from board_repository import HOSTILE, Repository, make
from once import made_once
from web_serving import running


def prepare(root: Path, line: Path) -> None:
    made = make(line, root)
    made.experiment("deeper", {"model.num_leaves": 19}, shift=0.02)
    made.experiment("worse", {"model.num_leaves": 2, "model.learning_rate": 0.5}, shift=0.4)
    made.experiment("hostile<b>", {"features.drop": [HOSTILE], "model.num_leaves": 3})
    with chdir(root):
        with_intervals(overview(), columns.figures())  # keeps them


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, small_line: Path) -> Path:
    """Not to be changed: copy it."""
    return made_once(tmp_path_factory, "board", lambda folder: prepare(folder, small_line))


@pytest.fixture
def repository(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A copy, as the present folder."""
    from assay.git import git

    copy = tmp_path / "board"
    shutil.copytree(prepared, copy, symlinks=True)
    monkeypatch.chdir(copy)
    return Repository(copy, git(copy, "rev-parse", "HEAD"))


@pytest.fixture(autouse=True)
def compute(monkeypatch: pytest.MonkeyPatch) -> Callable:
    """How a board lets intervals be computed. Only where a test says so: the process for it imports for a second."""
    real = source.Repository._compute
    monkeypatch.setattr(source.Repository, "_compute", lambda self, rows: None)
    return real


@pytest.fixture
def serve() -> Iterator[Callable[[Server], Server]]:
    """Runs a board in a thread of this process until the test's pages are closed: an open one asks again and again."""
    with ExitStack() as until:

        def start(server: Server) -> Server:
            until.enter_context(server)
            until.enter_context(running(server))
            return server

        yield start


@pytest.fixture
def served(repository: Repository, serve: Callable) -> Server:
    """A board of the copy."""
    return serve(Server(here(repository.root)))
