"""One retraining at a time in a clone: a lock that the system takes back from a process that is killed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from assay.dvc_internals.locks import holding
from assay.errors import AssayError
from assay.files import read_json, write_json

LOCK, RUNNING = "lock", "running.json"


class BusyError(AssayError):
    """Another retraining is at work."""


@contextmanager
def locked(folder: Path, what: str) -> Iterator[None]:
    """Hold the lock, and note who does; BusyError naming the process that has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with holding(folder / LOCK, BusyError(_who(folder), where=str(folder), todo="wait until it has ended")):
        now = datetime.now(UTC).isoformat(timespec="seconds")
        write_json(folder / RUNNING, {"pid": os.getpid(), "since": now, "data": what})
        try:
            yield
        finally:
            (folder / RUNNING).unlink(missing_ok=True)


def _who(folder: Path) -> str:
    """Who runs, in words, as far as it is noted yet."""
    try:
        one = read_json(folder / RUNNING)
        return f"another retraining is at work: process {one['pid']}, since {one['since']}, with {one['data']}"
    except (AssayError, KeyError, TypeError):
        return "another retraining is at work"
