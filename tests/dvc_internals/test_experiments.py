"""DVC's notes on experiments are read as they are, and one that has another form is left out."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.dvc_internals.experiments import (
    BROKER,
    QUEUE,
    RESULTS,
    RUNS,
    STANDALONE,
    TASK,
    Run,
    done,
    in_workspace,
    runs,
    took,
)

STASH, BASE, OTHER = "1" * 40, "2" * 40, "3" * 40
ID = "7f48a1bd-bb28-40d9-be8c-a62a1549dae4"
DEAD = 2**22 + 1  # more than Linux gives


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def message(root: Path, place: str, **more: object) -> None:
    """What the queue is told of a run."""
    entry = {"stash_rev": STASH, "baseline_rev": BASE, "name": "half", **more}
    body = base64.b64encode(json.dumps([[entry], {}, {}]).encode()).decode()
    write(root / BROKER / place / "1.celery.msg", {"body": body, "headers": {"task": TASK, "id": ID}})


def process(folder: Path, pid: int, code: int | None = None) -> None:
    """The note of a process, and its output."""
    write(folder / f"{folder.name}.json", {"pid": pid, "returncode": code})
    write(folder / f"{folder.name}.out", "")


def ended(root: Path, seconds: str = "12.5") -> None:
    write(root / RESULTS / f"celery-task-meta-{ID}", {"status": "SUCCESS"})
    write(root / QUEUE / "dvc-exp-worker-1.out", f"[...] Task {TASK}[{ID}] succeeded in {seconds}s: None\n")


def queued(root: Path) -> None:
    message(root, "in")


def running(root: Path) -> None:
    message(root, "processed")
    process(root / RUNS / STASH, os.getpid())


def setting_up(root: Path) -> None:
    message(root, "processed")
    write(root / QUEUE / "dvc-exp-worker-2.json", {"pid": os.getpid(), "returncode": None})


def collected(root: Path) -> None:
    """Its process has ended, and its worker brings the results home, or notes that there are none."""
    message(root, "processed")
    process(root / RUNS / STASH, DEAD, 1)
    write(root / QUEUE / "dvc-exp-worker-1.json", {"pid": os.getpid(), "returncode": None})


def killed_while_another_runs(root: Path) -> None:
    killed(root)
    write(root / QUEUE / "dvc-exp-worker-2.json", {"pid": os.getpid(), "returncode": None})


def killed(root: Path) -> None:
    message(root, "processed")
    process(root / RUNS / STASH, DEAD)


def killed_before_it_began(root: Path) -> None:
    message(root, "processed")
    write(root / QUEUE / "dvc-exp-worker-1.json", {"pid": DEAD, "returncode": None})


def failed(root: Path) -> None:
    message(root, "processed")
    process(root / RUNS / STASH, DEAD, 1)
    write(root / RUNS / STASH / f"{STASH}.run", {"result_hash": None})
    ended(root)


@pytest.mark.parametrize(
    ("make", "state", "seconds"),
    [
        (queued, "queued", None),
        (running, "running", None),
        (setting_up, "running", None),
        (collected, "running", None),
        (killed, "stopped", None),
        (killed_while_another_runs, "stopped", None),
        (killed_before_it_began, "stopped", None),
        (failed, "failed", 12.5),
    ],
)
def test_a_run_has_the_state_that_is_true(
    make: Callable[[Path], None], state: str, seconds: float | None, tmp_path: Path
) -> None:
    make(tmp_path)
    (run,) = runs(tmp_path)
    assert (run.stash, run.name, run.baseline, run.state, run.seconds) == (STASH, "half", BASE, state, seconds)
    assert run.log == (
        str(tmp_path / RUNS / STASH / f"{STASH}.out")
        if make not in (queued, setting_up, killed_before_it_began)
        else ""
    )


def test_what_is_done_is_no_run_any_more_and_its_seconds_are_known(tmp_path: Path) -> None:
    message(tmp_path, "processed")
    reference = f"refs/exps/22/{BASE[2:]}/half"
    write(tmp_path / RUNS / STASH / f"{STASH}.run", {"result_hash": "x", "result_ref": reference})
    ended(tmp_path)
    assert runs(tmp_path) == []
    assert took(tmp_path) == {reference: 12.5}
    assert list(done({reference: OTHER})) == [(BASE, "half", OTHER)]


@pytest.mark.parametrize("kind", ["temp", "workspace"])
@pytest.mark.parametrize(("pid", "state"), [(os.getpid(), "running"), (DEAD, "stopped")], ids=["alive", "dead"])
def test_runs_beside_the_queue_are_found(kind: str, pid: int, state: str, tmp_path: Path) -> None:
    folder = tmp_path / (STANDALONE / STASH if kind == "temp" else RUNS / "workspace")
    process(folder, pid)
    write(folder / f"{folder.name}.run", {"status": 2, "baseline_rev": BASE, "name": None})
    found = runs(tmp_path) if kind == "temp" else [in_workspace(tmp_path)]
    assert found == [Run(folder.name, "", BASE, state)]


@pytest.mark.parametrize(
    "reference",
    [
        "refs/exps/celery/stash",
        "refs/exps/exec/EXEC_HEAD",
        f"refs/exps/22/{BASE[2:]}",
        "refs/exps/zz/abc/x",
        "refs/heads/x",
    ],
)
def test_other_references_are_no_experiments(reference: str) -> None:
    assert list(done({reference: OTHER})) == []


@pytest.mark.parametrize(
    "harm",
    [
        {"stash_rev": "../../etc"},
        {"stash_rev": None},
        {"baseline_rev": "HEAD\nHEAD"},
    ],
)
def test_hostile_and_damaged_notes_are_left_out(harm: dict, tmp_path: Path) -> None:
    message(tmp_path, "in", **harm)
    write(tmp_path / BROKER / "in/2.celery.msg", "{")
    write(tmp_path / BROKER / "in/3.celery.msg", {"headers": {}})
    write(tmp_path / STANDALONE / "a b/a b.run", {"status": 2, "baseline_rev": BASE, "name": ""})
    write(tmp_path / STANDALONE / STASH / f"{STASH}.run", [])
    write(tmp_path / RUNS / "workspace/workspace.run", {"status": "2"})
    assert runs(tmp_path) == []
    assert in_workspace(tmp_path) is None
