"""Facts that only this machine has: runs that are not done, and how long runs took."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from assay.dvc_internals import experiments as dvc
from assay.dvc_internals.locks import LOCK as DVC_LOCK
from assay.dvc_internals.locks import RWLOCK
from assay.errors import AssayError
from assay.experiments.clones import reason
from assay.files import read_text
from assay.lineage.busy import holders
from assay.lineage.costs import costs_of
from assay.lineage.graph import PARAMS, graph
from assay.lineage.results import EVALUATE, Results
from assay.overview.rows import EXPERIMENT, STALE, STOPPED, WORKSPACE, Figures, Row
from assay.processes import holder
from assay.sweep.folder import FOLDER
from assay.sweep.log import DONE, FAILED, RUNNING, Entry, SweepLog
from assay.untrusted import mapping

HERE = Path()
REPRO = "repro"
END_OF_LOG = 20_000  # bytes in which a log says why


def runs() -> list[Row]:
    """The runs of DVC's queue and of sweeps that are not done, as their notes say."""
    return [*_of_the_queue(), *_of_sweeps()]


def _of_the_queue() -> Iterator[Row]:
    for run in dvc.runs(HERE):
        yield Row(
            name=run.name or run.stash[:7],
            kind=EXPERIMENT,
            state=run.state,
            sha=run.stash,
            base=run.baseline,
            seconds=run.seconds,
            note=_fault(run.log) if run.state == FAILED else "",
            log=run.log,
        )


def _fault(log: str) -> str:
    """The line of a log that says why a run has failed."""
    with suppress(OSError), Path(log).open("rb") as file:  # of a run that was removed meanwhile there is none
        file.seek(max(0, file.seek(0, os.SEEK_END) - END_OF_LOG))
        return reason(file.read().decode(errors="replace"))
    return ""


def seconds() -> dict[tuple[str, str], float]:
    """The seconds that each run took, by base and name of the experiment."""
    found = {}
    for reference, took in dvc.took(HERE).items():
        for base, name, _ in dvc.done({reference: ""}):
            found[base, name] = took
    for _, entry in _entries():
        if entry.state == DONE and entry.seconds is not None:
            found[entry.baseline, entry.experiment] = entry.seconds
    return found


def _of_sweeps() -> Iterator[Row]:
    for sweep, entry in _entries():
        if entry.state == DONE:
            continue
        state = entry.state if entry.state != RUNNING or holder(sweep.with_suffix(".lock")) else STOPPED
        yield Row(
            name=entry.experiment,
            kind=EXPERIMENT,
            state=state,
            base=entry.baseline,
            changed=tuple(entry.overrides),
            figures=Figures(entry.metrics),
            seconds=entry.seconds,
            note=entry.error,
            log=entry.log,
        )


def _entries() -> Iterator[tuple[Path, Entry]]:
    for path in sorted(FOLDER.glob("*.jsonl")):
        for entry in SweepLog(path).entries():
            yield path, entry


def workspace(head: str) -> Row:
    """The row of the workspace, without what its files hold."""
    run = dvc.in_workspace(HERE)
    holding = _reproducing() or next(iter(holders(RWLOCK).values()), "")
    experiment = f"experiment {run.name}" if run and run.state == RUNNING else ""
    if holding or experiment:
        return Row(WORKSPACE, WORKSPACE, RUNNING, base=head, note=experiment or holding)
    why = _unproven()
    return Row(WORKSPACE, WORKSPACE, STALE if why else DONE, base=head, note=why, seconds=_took())


def _reproducing() -> str:
    """The `dvc repro` that is at work here: between two stages no rwlock names it, only the lock that it took last."""
    import psutil

    pid = holder(DVC_LOCK)
    words: list[str] = []
    with suppress(psutil.Error):
        words = psutil.Process(pid).cmdline() if pid else []
    return f"dvc {' '.join(words[words.index(REPRO) :])}" if REPRO in words else ""


def _unproven() -> str:
    """Why the figures in reports/ are not of the parameters and files that are here now; "" if they are."""
    try:
        return Results(mapping(read_text(Path(PARAMS)))).fault(EVALUATE)
    except AssayError as error:
        return f"{error.where or PARAMS}: {error.what}"
    except ValueError as error:
        return f"{PARAMS}: {error}"


def _took() -> float | None:
    """The seconds of the last run of every stage on this machine; None if one has not run here, or nobody knows."""
    try:
        noted = [costs_of(stage) for stage in graph().nodes]
    except AssayError:  # it is what the state says
        return None
    return sum(one.last.seconds for one in noted if one) if noted and all(noted) else None
