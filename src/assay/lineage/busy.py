"""Whether another run holds the workspace.

While the command of a stage runs, DVC releases its own lock. It notes in `.dvc/tmp/rwlock` which process reads and
writes which files. `dvc exp run` looks there only after it has written params.yaml, so we look before it writes.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from assay.dvc_internals.locks import RWLOCK, named
from assay.errors import AssayError
from assay.processes import alive

LOOKS, PAUSE = 4, 0.02  # attempts to read an rwlock that DVC is just writing, and seconds between them
# Set while a configuration is composed only to be looked at.
LOOKING: ContextVar[bool] = ContextVar("looking", default=False)


@contextmanager
def looking() -> Iterator[None]:
    """Allow composing inside while another run holds the workspace, because nothing is written to it."""
    token = LOOKING.set(True)
    try:
        yield
    finally:
        LOOKING.reset(token)


def require_idle() -> None:
    """AssayError if another process runs a stage in this workspace; this one and its parents do not count."""
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / ".dvc").is_dir()), here)  # not one around it
    for pid, command in holders(root / RWLOCK).items():
        if pid not in own():
            raise AssayError(
                f"another run holds the workspace: {command} (process {pid})",
                where="params.yaml, which was left as it is",
                todo="wait until it has ended, then type this again",
            )


def holders(rwlock: Path) -> dict[int, str]:
    """The processes that an rwlock of DVC names and that still run, with their commands; empty if it cannot be read."""
    with suppress(ValueError, OSError, AttributeError, TypeError, KeyError):
        written = rwlock.stat().st_mtime
        return {pid: command for pid, command in named(_whole(rwlock)).items() if alive(pid, written)}
    return {}


def _whole(rwlock: Path) -> dict[str, Any]:
    """The content; read again if damaged, because DVC empties the file before it writes. ValueError if it stays so."""
    for _ in range(LOOKS - 1):
        with suppress(ValueError):
            return json.loads(rwlock.read_text())
        time.sleep(PAUSE)
    return json.loads(rwlock.read_text())


def own() -> set[int]:
    """This process, and those that started it."""
    import psutil

    return {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
