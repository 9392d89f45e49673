"""Files and folders that killed processes leave behind."""

import os
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic, away
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.dvc_internals.locks import holding
from assay.dvc_internals.objects import OBJECTS
from assay.dvc_internals.run_cache import FOLDER as RUNS
from assay.errors import AssayError
from assay.files import WRITING

SWEEPS = Path(".assay/sweeps")
PRUNED = {".git", ".dvc", ".venv", "node_modules", "__pycache__", ".assay"}
TEMPORARY = ".tmp"
ABANDONED = 600  # seconds that nothing was written to a temporary file of a cache that others may share


def writing(clone: Clone) -> Iterator[Fault]:
    """Folders that `assay.files.replacing` did not finish. They hold the new file, and perhaps the old folder."""
    for folder in _walked(clone):
        what = "left by a process that was killed while it wrote"
        yield Fault(what, clone.name(folder), "assay doctor --mend", partial(away, folder))


def _walked(clone: Clone) -> Iterator[Path]:
    """Such folders in the work tree, and old ones in the cache. Sweeps and experiments may run, and are left out."""
    for here, folders, _ in os.walk(clone.root):
        yield from (Path(here, name) for name in folders if name.startswith(WRITING))
        folders[:] = [one for one in folders if one not in PRUNED and not one.startswith(WRITING)]
    yield from filter(_abandoned, sorted(clone.cache.glob(f"{OBJECTS}/??/{WRITING}*")))


def sweeps(clone: Clone) -> Iterator[Fault]:
    """Clones of the workers of a killed sweep. Experiments are in git, so nothing is lost."""
    for folder in sorted((clone.root / SWEEPS).glob("*.work")):
        if not _runs(folder):
            mend = partial(_remove, folder)
            yield Fault("workers of a sweep that was killed", clone.name(folder), "assay doctor --mend", mend)


def _runs(sweep: Path) -> bool:
    try:
        with holding(sweep.with_suffix(".lock"), AssayError("it runs")):
            return False
    except AssayError:
        return True


def temporary(clone: Clone) -> Iterator[Fault]:
    """Half-copied objects of DVC."""
    for kind in (f"{OBJECTS}/??", f"{RUNS}/??/*"):
        for path in sorted(clone.cache.glob(f"{kind}/.*{TEMPORARY}")):
            if _abandoned(path):
                where = str(path.relative_to(clone.cache))
                yield Fault("half of a copy in the cache", where, "assay doctor --mend", partial(away, path))


def _abandoned(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > ABANDONED


def _remove(path: Path, attic: Attic) -> None:
    shutil.rmtree(path)


CHECKS = [
    Check("writing", "no half-written file or folder lies about", writing, "puts it away", quick=True),
    Check("sweeps", "no sweep that was killed left its workers' clones", sweeps, "removes them"),
    Check("temporary", "no half of a copy lies in the cache", temporary, "puts it away"),
]
