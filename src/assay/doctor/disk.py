"""Whether the next run can write, and has room."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from assay.doctor.attic import FOLDER
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.outputs import objects
from assay.errors import AssayError, sample
from assay.lineage.graph import LOCK, PARAMS
from assay.machine import SYSTEM
from assay.memory import sized

MADE = ("data", "models", "reports", LOCK, PARAMS)
LARGE_ATTIC = 1 << 30  # bytes in the attic that are worth a word
AT_LEAST = 100 << 20  # bytes that any run needs: reports, temporary files


def writable(clone: Clone) -> Iterator[Fault]:
    """The folders and files that a run writes to."""
    places = [clone.root, *(clone.root / name for name in (".dvc", *MADE))]
    with suppress(AssayError):  # of no repository: said already
        places.append(clone.git_folder)
    closed = [path for path in (*places, clone.cache) if path.exists() and not os.access(path, os.W_OK)]
    if closed:
        read_only = os.statvfs(closed[0]).f_flag & os.ST_RDONLY
        what, todo = SYSTEM[errno.EROFS if read_only else errno.EACCES]
        names = sample([clone.name(path) for path in closed])
        yield Fault(f"{what}: no run can write to {names}", str(clone.root), todo)


def space(clone: Clone) -> Iterator[Fault]:
    """A run writes data and models once here and once into the cache."""
    here, cache = _size(clone.root / "data") + _size(clone.root / "models"), sum(map(_bytes, objects(clone)))
    disks = {folder.stat().st_dev: folder for folder in map(_existing, (clone.cache, clone.root))}
    for folder in disks.values():
        free, needed = shutil.disk_usage(folder).free, 2 * here + AT_LEAST
        if free < needed:
            what = f"{sized(free)} free, a run may need {sized(needed)} (data and models {sized(here)}"
            yield Fault(
                f"{what}, cache {sized(cache)})", str(folder), "make room; dvc gc --workspace empties the cache"
            )
    if (kept := _size(clone.root / FOLDER)) > LARGE_ATTIC:
        yield Fault(
            f"{sized(kept)} of what was mended are kept", str(FOLDER), "delete what you do not miss", advice=True
        )


def _size(folder: Path) -> int:
    return sum(map(_bytes, folder.rglob("*")))


def _bytes(path: Path) -> int:
    return path.lstat().st_size if path.is_file() else 0


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


CHECKS = [
    Check("writable", "the clone and the cache can be written to", writable, quick=True),
    Check("disk", "the disk has room for another run", space),
]
