"""Runs the experiments of a sweep in workers, each in its own clone; what DVC has is not run again."""

import shutil
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from assay.dvc_internals.locks import holding
from assay.errors import AssayError
from assay.experiments.refs import experiments, metrics
from assay.git import git
from assay.sweep.folder import FOLDER, Setting
from assay.sweep.log import DONE, FAILED, PRUNED, RUNNING, Entry
from assay.sweep.plan import Planned
from assay.sweep.worker_pool import Hopeless, Worker

Report = Callable[[Entry], None]


class Experiments(Protocol):
    """A source of experiments for a sweep; several threads take experiments from it and return results."""

    def missing(self) -> int:
        """The number of experiments that are still to run."""

    def known(self) -> dict[str, tuple[str, ...]]:
        """The overrides of every experiment so far, by name."""

    def next(self) -> Planned | None:
        """The next experiment to run; None if none is left."""

    def hopeless(self, name: str, value: float) -> bool:
        """Whether to give up an experiment with this average precision on the first half of its records."""

    def settle(self, entry: Entry) -> None:
        """Take the result of an experiment."""


class Listed:
    """Experiments that are known beforehand, without those that exist already."""

    def __init__(self, planned: Sequence[Planned], present: Collection[str]) -> None:
        self._known = {one.name: one.overrides for one in planned}
        self._waiting = deque(one for one in planned if one.name not in present)

    def missing(self) -> int:
        return len(self._waiting)

    def known(self) -> dict[str, tuple[str, ...]]:
        return self._known

    def next(self) -> Planned | None:
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def hopeless(self, name: str, value: float) -> bool:
        return False

    def settle(self, entry: Entry) -> None:
        pass  # the log has it


class Runner(Protocol):
    """Runs one experiment at a time; several are at work."""

    def run(self, one: Planned, log: Path, hopeless: Hopeless) -> dict[str, Any]:
        """Run an experiment; its state, seconds, error and metrics."""


@contextmanager
def alone(setting: Setting) -> Iterator[None]:
    """AssayError if the sweep runs already."""
    setting.file("jsonl").parent.mkdir(parents=True, exist_ok=True)
    refusal = AssayError(f"the sweep {setting.name} is running", where=str(FOLDER), todo="wait for it")
    with holding(setting.file("lock"), refusal):
        yield


@contextmanager
def warm(setting: Setting) -> Iterator[list[Worker]]:
    """Start workers, which import while experiments are still being checked; AssayError if the sweep runs already."""
    with alone(setting):
        work = setting.file("work")
        shutil.rmtree(work, ignore_errors=True)  # of one that was killed
        workers: list[Worker] = []
        try:
            workers += (Worker(work / str(number), setting) for number in range(setting.jobs))
            yield workers
        finally:
            for worker in workers:
                worker.stop()
            shutil.rmtree(work, ignore_errors=True)


def run(
    source: Experiments, workers: Sequence[Runner], setting: Setting, report: Report = lambda entry: None
) -> dict[str, Entry]:
    """Run all experiments of the source; return the last entry of every experiment that it knows.

    An experiment is done if `dvc exp list` has it, whatever the log says. One that fails stops no other.
    """
    faults: list[BaseException] = []

    def serve(worker: Runner) -> None:
        try:
            _serve(worker, source, setting, report)
        except BaseException as fault:  # of the sweep itself: raised in the main thread
            faults.append(fault)

    threads = [threading.Thread(target=serve, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return settled(source.known(), setting)


def _serve(worker: Runner, source: Experiments, setting: Setting, report: Report) -> None:
    while one := source.next():
        log = setting.file("logs") / f"{one.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        entry = Entry(one.name, RUNNING, list(one.overrides), setting.baseline, log=str(log.relative_to(setting.root)))
        setting.ledger.write(entry)
        entry = replace(entry, **worker.run(one, log, source.hopeless))
        setting.ledger.write(entry)
        source.settle(entry)
        report(entry)


def settled(known: dict[str, tuple[str, ...]], setting: Setting) -> dict[str, Entry]:
    """The last state of each experiment, by name: done only if git has the experiment."""
    present, said = experiments(setting.root, setting.baseline), setting.ledger.last(setting.baseline)
    found = {}
    for name, overrides in known.items():
        entry = said.get(name) or Entry(name, FAILED, list(overrides), setting.baseline)
        if name in present:
            entry = replace(entry, state=DONE, metrics=entry.metrics or metrics(setting.root, setting.baseline, name))
        elif entry.state != PRUNED:
            entry = replace(entry, state=FAILED)
        found[name] = entry
    return found


def baseline(root: Path, why: str = "experiments start from the commit", besides: str = "") -> str:
    """The commit from which experiments start; AssayError with the reason `why` if tracked files differ from it.

    besides: a folder whose files may differ.
    """
    except_there = [f":(exclude){besides}"] if besides else []
    changed = git(root, "status", "--porcelain", "--untracked-files=no", "--", ".", *except_there)
    if changed:
        files = [line[3:] for line in changed.splitlines()]
        raise AssayError(
            f"{len(files)} file(s) differ from the last commit, and {why}",
            where=", ".join(files[:5]),
            todo="commit them, or take them back: make back (results), git stash (what you wrote)",
        )
    return git(root, "rev-parse", "HEAD")
