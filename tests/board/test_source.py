"""Rows of the board: read again when something has changed, beside running processes and held locks."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assay.board import source
from assay.board.app import Server
from assay.board.frame import VIEWS
from assay.board.site import here
from assay.dvc_internals.locks import LOCK, RWLOCK
from assay.overview.intervals import CACHE
from board_repository import Repository
from pipeline_copy import wait_for
from web_serving import get


def test_intervals_that_are_not_kept_are_computed_by_another_process(
    repository: Repository, compute: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = here(repository.root).listing().rows
    assert any(row.figures.intervals for row in known)
    CACHE.unlink()
    monkeypatch.setattr(source.Repository, "_compute", compute)
    board = here(repository.root)
    assert not any(row.figures.intervals for row in board.listing().rows)
    wait_for(CACHE.exists)
    assert board.listing().rows == known
    board.source.close()


@pytest.fixture
def locked(repository: Repository) -> Iterator[dict[Path, tuple[bytes, int]]]:
    """DVC's locks as a run holds them."""
    held = {LOCK: b" 1\n", RWLOCK: json.dumps({"data/raw": {"write": {"pid": 1, "cmd": "dvc repro"}}}).encode()}
    for path, content in held.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    yield {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in held}


def test_the_board_neither_waits_for_nor_takes_the_locks_of_dvc(
    locked: dict[Path, tuple[bytes, int]], served: Server
) -> None:
    for view in (*VIEWS.values(), "revision/HEAD", "compare/pair?base=main&head=HEAD", "state"):
        assert get(served, view).status == 200
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in locked} == locked
    assert not list(Path(".dvc/tmp").glob("*.tmp"))


def test_the_copies_of_the_workspace_in_which_runs_work_are_not_looked_at(repository: Repository) -> None:
    site = here(repository.root)
    before = site.fingerprint()
    for made in (".dvc/tmp/exps/tmpx1/data/raw/records.csv", ".dvc/tmp/exps/standalone/tmpx2/params.yaml"):
        Path(made).parent.mkdir(parents=True)
        Path(made).write_text("comes and goes")
    assert site.fingerprint() == before
    note = Path(".dvc/tmp/exps/celery/broker/in/1.celery.msg")
    note.parent.mkdir(parents=True)
    note.write_text("{}")
    assert site.fingerprint() != before


def test_the_fingerprint_changes_with_what_it_shows(served: Server, repository: Repository) -> None:
    def seen() -> str:
        return json.loads(get(served, "state").text)["fingerprint"]

    get(served, "")
    first = seen()
    assert seen() == first
    repository.experiment("new", {"model.num_leaves": 5})
    second = seen()
    assert second != first
    assert ">new<" in get(served, "").text
    Path("params.yaml").write_text(Path("params.yaml").read_text() + "\n")
    assert seen() != second


def test_a_sweep_is_shown_as_running_until_its_process_ends(served: Server, repository: Repository) -> None:
    sweep = Path(".assay/sweeps/depth.jsonl")
    sweep.parent.mkdir(parents=True)
    entry = {"time": "", "experiment": "half", "state": "running", "overrides": ["a=1"], "baseline": repository.base}
    with subprocess.Popen(["sleep", "600"]) as process:
        sweep.with_suffix(".lock").write_text(str(process.pid))
        sweep.write_text(json.dumps(entry) + "\n")
        assert '<td class="running">running' in get(served, "").text
        running = get(served, "state").text
        assert get(served, "state").text == running
        process.kill()
    assert get(served, "state").text != running
    text = get(served, "").text
    assert '<td class="running">' not in text
    assert '<td class="stopped">stopped' in text
