"""How DVC notes in `.dvc/tmp` and git who works in a workspace: its locks, its rwlock (dvc.lock, dvc.rwlock), refs.

There is no public way to ask. If a note has another form, nobody is named; DVC's own lock still refuses a second run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assay.errors import AssayError

FOLDER = Path(".dvc/tmp")
LOCK = FOLDER / "lock"  # held by a command of DVC's, but not while the command of a stage runs
RWLOCK = FOLDER / "rwlock"  # which process reads and writes which files
RWLOCKS = (RWLOCK, FOLDER / "exps/rwlock")
LOCKS = (LOCK, *(path.with_name("rwlock.lock") for path in RWLOCKS))
# In git while an experiment runs in the workspace, with HEAD on no branch (dvc.repo.experiments.refs).
RUNNING = tuple(f"refs/exps/exec/EXEC_{name}" for name in ("BASELINE", "MERGE", "BRANCH"))


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
