"""How DVC notes its experiments: those that are done in git, those of its queue in `.dvc/tmp/exps`.

DVC's own way to ask (`dvc exp show --json`, `dvc queue status`) waits for its locks, and believes that a killed run
goes on for ever. Here its notes are only read (dvc.repo.experiments: refs, queue.celery, executor.base; dvc_task.app).
A note that has another form is left out; what is done is in git in any case.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assay.dvc_internals.locks import FOLDER
from assay.dvc_internals.revisions import EXPERIMENTS
from assay.processes import alive

EXPS = FOLDER / "exps"
QUEUE, RUNS = EXPS / "celery", EXPS / "run"
BROKER, RESULTS, WORKERS = QUEUE / "broker", QUEUE / "result", "dvc-exp-worker-*"
STANDALONE = EXPS / "standalone/run"  # of `dvc exp run --temp`
WORKSPACE = "workspace"  # in place of a stash, the run of `dvc exp run` in the workspace
TASK = "dvc.repo.experiments.queue.tasks.run_exp"
REFERENCE = re.compile(rf"{EXPERIMENTS}/([0-9a-f]{{2}})/([0-9a-f]{{38,62}})/([^/]+)")
ENDED = re.compile(rf"{re.escape(TASK)}\[([0-9a-f-]{{36}})\] \w+ in ([0-9.]{{1,20}})s")  # celery.app.trace
HASH = re.compile("[0-9a-f]{40,64}")
SUCCESS = 3  # dvc.repo.experiments.executor.base.TaskStatus
READY = {"SUCCESS", "FAILURE", "REVOKED"}  # celery.states.READY_STATES, of those that DVC's results have
NOTED = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    OSError,
)  # of a note that is missing, damaged or of another form


@dataclass(frozen=True)
class Run:
    """A run that DVC has queued, is at, or has given up.

    stash: the commit with its params.yaml; WORKSPACE for the run there. state: "queued", "running", "failed", or
    "stopped": DVC takes it to be running, and its process is gone. seconds: what it took, if that is known. log: the
    file with its output, or "".
    """

    stash: str
    name: str
    baseline: str
    state: str
    seconds: float | None = None
    log: str = ""


def done(references: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Baseline, name and commit of every experiment among the references of git, by reference to commit."""
    for reference, commit in references.items():
        if found := REFERENCE.fullmatch(reference):
            yield found[1] + found[2], found[3], commit


def runs(root: Path) -> list[Run]:
    """The runs that are not done, of a repository."""
    found = [*_queue(root), *_standalone(root)]
    known = {run.stash: run for run in found if run}
    return list(known.values())


def took(root: Path) -> dict[str, float]:
    """The seconds that DVC's queue took for an experiment, by its reference, as the logs of its workers say."""
    seconds, found = _logged(root), {}
    for message in _messages(root / BROKER / "processed"):
        with suppress(*NOTED):
            found[str(_info(root, message["stash_rev"])["result_ref"])] = seconds[message["id"]]
    return found


def in_workspace(root: Path) -> Run | None:
    """The experiment that `dvc exp run` is at in the workspace."""
    return _running(root / RUNS / WORKSPACE)


def _queue(root: Path) -> Iterator[Run | None]:
    for message in _messages(root / BROKER / "in"):
        yield Run(message["stash_rev"], message["name"] or "", message["baseline_rev"], "queued")
    seconds = _logged(root)
    for message in _messages(root / BROKER / "processed"):
        yield _taken(root, message, seconds.get(message["id"]))


def _taken(root: Path, message: Mapping[str, Any], seconds: float | None) -> Run | None:
    """A run that a worker has taken, unless it is done."""
    stash, folder = message["stash_rev"], root / RUNS / message["stash_rev"]
    log = folder / f"{stash}.out"
    run = Run(
        stash, message["name"] or "", message["baseline_rev"], "failed", seconds, str(log) if log.exists() else ""
    )
    going = _works(folder / f"{stash}.json") or (_served(folder / f"{stash}.json") and _has_worker(root))
    if _status(root, message["id"]) not in READY:  # read last: a run that ends meanwhile is not "stopped"
        return replace(run, state="running" if going else "stopped")
    with suppress(*NOTED):
        return None if _info(root, stash)["result_hash"] else run
    return run


def _standalone(root: Path) -> Iterator[Run | None]:
    for folder in _listed(root / STANDALONE, "*"):
        if HASH.fullmatch(folder.name):
            yield _running(folder)


def _running(folder: Path) -> Run | None:
    """The run of a folder whose process works at it, or has been killed at it."""
    with suppress(*NOTED):
        said = _json(folder / f"{folder.name}.run")
        if said["status"] < SUCCESS and HASH.fullmatch(said["baseline_rev"]):
            state = "running" if _works(folder / f"{folder.name}.json") else "stopped"
            return Run(folder.name, str(said["name"] or ""), said["baseline_rev"], state)
    return None


def _messages(folder: Path) -> Iterator[dict[str, Any]]:
    """The queue's entry of each run, with the number of the task as "id"."""
    for path in _listed(folder, "*.celery.msg"):
        with suppress(*NOTED):  # one that a worker takes moves away meanwhile, and is found where it went
            message = _json(path)
            if message["headers"]["task"] != TASK:
                continue
            arguments, named, *_ = json.loads(base64.b64decode(message["body"]))
            entry = dict(named.get("entry_dict") or arguments[0])
            if all(isinstance(entry[key], str) and HASH.fullmatch(entry[key]) for key in ("stash_rev", "baseline_rev")):
                yield {**entry, "id": str(message["headers"]["id"])}


def _status(root: Path, task: str) -> str:
    with suppress(*NOTED):
        return str(_json(root / RESULTS / f"celery-task-meta-{task}")["status"])
    return ""


def _works(note: Path) -> bool:
    """Whether the process of a note (dvc_task.proc.process) runs."""
    with suppress(*NOTED):
        said = _json(note)
        return said["returncode"] is None and alive(int(said["pid"]), note.stat().st_mtime)
    return False


def _served(note: Path) -> bool:
    """Whether a run that is not ready has no process now, as its worker sets it up or collects its results."""
    with suppress(*NOTED):
        return _json(note)["returncode"] is not None
    return True


def _has_worker(root: Path) -> bool:
    return any(map(_works, _listed(root / QUEUE, f"{WORKERS}.json")))


def _logged(root: Path) -> dict[str, float]:
    """The seconds of every task that the workers of the queue have ended, by its number."""
    found = {}
    for path in _listed(root / QUEUE, f"{WORKERS}.out"):
        with suppress(OSError):  # DVC removes what a worker leaves
            said = ENDED.findall(path.read_text(encoding="utf-8", errors="replace"))
            found.update({task: round(float(seconds), 2) for task, seconds in said})
    return found


def _info(root: Path, stash: str) -> dict[str, Any]:
    """The notes of a run's executor; raises one of `NOTED` if there is no such note."""
    return _json(root / RUNS / stash / f"{stash}.run")


def _listed(folder: Path, pattern: str) -> list[Path]:
    """The content of a folder, in order; nothing of one that is not there, or is removed meanwhile."""
    with suppress(OSError):
        return sorted(folder.glob(pattern))
    return []


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
