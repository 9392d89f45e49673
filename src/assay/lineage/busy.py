"""Whether another run holds the workspace.

DVC lets go of its own lock while the command of a stage runs, and notes in `.dvc/tmp/rwlock` which process reads and
writes which files. `dvc exp run` looks there only after it has written params.yaml: whoever writes it looks first.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from assay.errors import AssayError

RWLOCK = Path(".dvc/tmp/rwlock")
# Set while a configuration is composed only to be looked at.
LOOKING: ContextVar[bool] = ContextVar("looking", default=False)


@contextmanager
def looking() -> Iterator[None]:
    """Compose within without asking whether the workspace is free: nothing is written to it."""
    token = LOOKING.set(True)
    try:
        yield
    finally:
        LOOKING.reset(token)


def require_idle() -> None:
    """AssayError if a process that is not this one, nor one that started it, runs a stage in this workspace."""
    import psutil

    here = Path.cwd()
    noted = next((folder / RWLOCK for folder in (here, *here.parents) if (folder / RWLOCK).exists()), RWLOCK)
    holders = {pid: command for pid, command in _holders(noted) if psutil.pid_exists(pid)}
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())} if holders else set()
    for pid, command in holders.items():
        if pid not in own:
            raise AssayError(
                f"another run holds the workspace: {command} (process {pid})",
                where="params.yaml, which was left as it is",
                todo="wait until it has ended, then type this again",
            )


def _holders(path: Path) -> Iterator[tuple[int, str]]:
    """Process and command of each that DVC has noted; none where the file is damaged, which DVC says itself."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        infos = [*noted.get("write", {}).values(), *(one for each in noted.get("read", {}).values() for one in each)]
        yield from {(int(one["pid"]), str(one["cmd"])) for one in infos}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return
