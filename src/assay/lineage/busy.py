"""Whether another run holds the workspace.

While the command of a stage runs, DVC releases its own lock. It notes in `.dvc/tmp/rwlock` which process reads and
writes which files. `dvc exp run` looks there only after it has written params.yaml, so we look before it writes.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from assay.errors import AssayError

RWLOCK = Path(".dvc/tmp/rwlock")
# Set while a configuration is composed for reading only.
LOOKING: ContextVar[bool] = ContextVar("looking", default=False)


@contextmanager
def looking() -> Iterator[None]:
    """Allow composing inside while another run holds the workspace: nothing is written to it."""
    token = LOOKING.set(True)
    try:
        yield
    finally:
        LOOKING.reset(token)


def require_idle() -> None:
    """AssayError if another process runs a stage in this workspace; this one and its parents do not count."""
    here = Path.cwd()
    noted = next((folder / RWLOCK for folder in (here, *here.parents) if (folder / RWLOCK).exists()), RWLOCK)
    for pid, command in holders(noted).items():
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
        return {pid: command for pid, command in named(json.loads(rwlock.read_text())).items() if _alive(pid, written)}
    return {}


def named(content: dict[str, Any]) -> dict[int, str]:
    """Every process in the content of an rwlock, and its command.

    Content of another form raises AttributeError, KeyError, TypeError or ValueError.
    """
    readers = [info for infos in content.get("read", {}).values() for info in infos]
    return {int(info["pid"]): str(info["cmd"]) for info in (*content.get("write", {}).values(), *readers)}


@contextmanager
def holding(lock: Path, refusal: AssayError) -> Iterator[None]:
    """Hold a lock file, as DVC holds its own; `refusal` is raised where another process has it."""
    from zc.lockfile import LockError, LockFile

    try:
        held = LockFile(str(lock))
    except LockError as error:
        raise refusal from error
    try:
        yield
    finally:
        held.close()


def _alive(pid: int, written: float) -> bool:
    """Whether the process still runs. If it is younger than the lock, it is another one with the same number."""
    import psutil

    with suppress(psutil.Error):
        return psutil.Process(pid).create_time() <= written + 1
    return False


def own() -> set[int]:
    """This process, and those that started it."""
    import psutil

    return {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
