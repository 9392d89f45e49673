"""A file that comes into its place whole, or not at all; what killed processes left of such files is removed.

As `assay.files.replacing`, for files outside the line, which a scheduler has written again and again: there no
`assay doctor` clears up.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assay.errors import AssayError, about
from assay.files import WRITING

HELD_PREFIX = f"{WRITING}held-"  # of a folder in which a file is being written, before the number of its process
LOCK = "lock"  # in that folder: held by its process as long as that lives
MADE = "lock.made"  # its name before it is held


@contextmanager
def placing(path: Path) -> Iterator[Path]:
    """A scratch path for a file that replaces `path` if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path.parent)
    prefix = f"{HELD_PREFIX}{os.getpid()}-"
    with (
        about(path, WRITING),
        tempfile.TemporaryDirectory(prefix=prefix, dir=path.parent) as folder,
        _held(Path(folder)),
    ):
        scratch = Path(folder, path.name)
        yield scratch
        scratch.replace(path)


def require_another(path: Path, name: str, sources: dict[str, Path]) -> None:
    """AssayError if `path`, which the user calls `name`, is no file or one of the sources, by what they are."""
    if path.exists() and not path.is_file():
        raise AssayError("not a file", where=name, todo="name a file")
    for what, source in sources.items():
        if path.exists() and source.exists() and path.samefile(source):
            raise AssayError(f"it would replace the {what}", where=name, todo="name another file")


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    with (folder / MADE).open("w") as file:
        with suppress(OSError):  # a file system without locks: what is left there stays
            fcntl.flock(file, fcntl.LOCK_EX)
            (folder / MADE).rename(folder / LOCK)
        yield


def _clear(parent: Path) -> None:
    for folder in parent.glob(f"{HELD_PREFIX}*"):
        if _was_killed(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _was_killed(folder: Path) -> bool:
    """Whether its process is gone: nothing holds its lock, or it had no time to make one."""
    with suppress(OSError), (folder / LOCK).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    with suppress(OSError):
        return {one.name for one in folder.iterdir()} <= {MADE} and not _lives(folder.name)
    return False


def _lives(name: str) -> bool:
    """Whether the process lives that named a folder so; True if that cannot be said."""
    try:
        os.kill(int(name.removeprefix(HELD_PREFIX).partition("-")[0]), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError, ValueError):
        return True
    return True
