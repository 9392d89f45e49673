"""Sweeps: many experiments in warm workers, each in a clone of its own; resumable, and true to what DVC has."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.experiments.clones import clone
from assay.experiments.ledger import DONE, FAILED, RUNNING, Entry, Ledger
from assay.experiments.plan import Planned
from assay.git import git

FOLDER = Path(".assay/sweeps")
Report = Callable[[Entry], None]


@dataclass(frozen=True)
class Setting:
    """Where a sweep runs: root of the repo, commit of the baseline, cache, number of workers."""

    root: Path
    baseline: str
    cache: Path
    jobs: int


def run(
    name: str, planned: Sequence[Planned], setting: Setting, report: Report = lambda entry: None
) -> dict[str, Entry]:
    """Run what is not there yet; the last entry of every planned experiment.

    Done is what `dvc exp list` has, whatever the ledger says. One experiment that fails stops no other.
    """
    ledger = Ledger(FOLDER / f"{name}.jsonl")
    present = experiments(setting)
    waiting: queue.SimpleQueue[Planned] = queue.SimpleQueue()
    for one in planned:
        if one.name not in present:
            waiting.put(one)
    work = FOLDER / f"{name}.work"
    shutil.rmtree(work, ignore_errors=True)
    workers = [
        threading.Thread(target=_serve, args=(work / str(number), name, waiting, setting, ledger, report), daemon=True)
        for number in range(min(setting.jobs, waiting.qsize()))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    shutil.rmtree(work, ignore_errors=True)
    return settled(planned, ledger, setting)


def settled(planned: Sequence[Planned], ledger: Ledger, setting: Setting) -> dict[str, Entry]:
    """What became of each planned experiment: done only if git has it."""
    present, said = experiments(setting), ledger.last()
    found = {}
    for one in planned:
        entry = said.get(one.name) or Entry(one.name, FAILED, list(one.overrides), setting.baseline)
        state = DONE if one.name in present else FAILED
        found[one.name] = Entry(**{**vars(entry), "state": state})
    return found


def experiments(setting: Setting) -> set[str]:
    """The names of the experiments on the baseline, as `dvc exp list` shows them."""
    prefix = f"refs/exps/{setting.baseline[:2]}/{setting.baseline[2:]}/"
    listed = git(setting.root, "for-each-ref", "--format=%(refname)", prefix)
    return {line.removeprefix(prefix) for line in listed.splitlines()}


def baseline(root: Path) -> str:
    """The last commit; AssayError where tracked files differ from it: what is said of the commit leaves them out."""
    changed = git(root, "status", "--porcelain", "--untracked-files=no")
    if changed:
        files = [line[3:] for line in changed.splitlines()]
        raise AssayError(
            f"{len(files)} file(s) differ from the last commit, and only what is committed counts here",
            where=", ".join(files[:5]),
            todo="commit them, or take them back: git stash",
        )
    return git(root, "rev-parse", "HEAD")


def _serve(
    folder: Path, sweep: str, waiting: "queue.SimpleQueue[Planned]", setting: Setting, ledger: Ledger, report: Report
) -> None:
    """Run experiments in one worker until none waits; a worker that dies is replaced."""
    worker: subprocess.Popen | None = None
    while not waiting.empty():
        try:
            one = waiting.get_nowait()
        except queue.Empty:
            break
        log = FOLDER.absolute() / f"{sweep}.logs" / f"{one.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        ledger.write(Entry(one.name, RUNNING, list(one.overrides), setting.baseline))
        try:
            worker = worker or _start(folder, setting)
            said = _ask(worker, one, sweep, setting, log)
        except (OSError, RuntimeError, ValueError) as error:
            said = {"error": f"the worker died: {error}"}
            _stop(worker)
            worker = None
        entry = Entry(
            experiment=one.name,
            state=FAILED if said["error"] else DONE,
            overrides=list(one.overrides),
            baseline=setting.baseline,
            seconds=round(said.get("seconds", 0), 2),
            error=_reason(said["error"], log),
            log=str(log.relative_to(setting.root)),
            metrics=said.get("metrics", {}),
        )
        ledger.write(entry)
        report(entry)
    _stop(worker)


def _start(folder: Path, setting: Setting) -> subprocess.Popen:
    """A worker in a fresh clone that shares the cache."""
    clone(setting.root, folder, setting.baseline, setting.cache)
    threads = str(max(1, (os.cpu_count() or 1) // setting.jobs))
    environment = {**os.environ, "PYTHONPATH": str((folder / "src").absolute()), "OMP_NUM_THREADS": threads}
    subprocess.run([sys.executable, "-m", "dvc", "checkout", "--quiet", "--force"], cwd=folder, capture_output=True)
    return subprocess.Popen(
        [sys.executable, "-m", "assay.experiments.worker"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _ask(worker: subprocess.Popen, one: Planned, sweep: str, setting: Setting, log: Path) -> dict[str, Any]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    request = {
        "name": one.name,
        "params": one.params,
        "baseline": setting.baseline,
        "message": f"sweep {sweep}: {' '.join(one.overrides)}",
        "log": str(log),
    }
    print(json.dumps(request), file=worker.stdin, flush=True)
    return json.loads(worker.stdout.readline())


def _stop(worker: subprocess.Popen | None) -> None:
    if worker:
        worker.kill()
        worker.wait()


def _reason(error: str, log: Path) -> str:
    """The stage's own words where it said some."""
    said = [line for line in log.read_text().splitlines() if "error:" in line] if error and log.exists() else []
    return said[-1] if said else error
