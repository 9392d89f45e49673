"""The run-cache, from which DVC restores the result of a stage without running it."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.dvc_internals.run_cache import entries, folders, sound


def run_cache(clone: Clone) -> Iterator[Fault]:
    """Entries that are not YAML, or whose name is not the hash of their content, and folders without an entry."""
    for folder in folders(clone.cache):
        if not any(folder.iterdir()):
            what, where = "an empty folder of the run-cache: DVC fails on it", str(folder.relative_to(clone.cache))
            yield Fault(what, where, "assay doctor --mend", partial(_remove, folder))
    for path in entries(clone.cache):
        if not sound(path):
            what = "an entry of the run-cache is damaged"
            yield Fault(what, str(path.relative_to(clone.cache)), "assay doctor --mend", partial(put_away, path))


def put_away(path: Path, attic: Attic) -> None:
    """Move an entry to the attic. If its folder is empty then, remove it, because DVC cannot read an empty one."""
    attic.move(path)
    with suppress(OSError):
        path.parent.rmdir()


def _remove(folder: Path, _: Attic) -> None:
    folder.rmdir()


CHECKS = [
    Check(
        "run-cache",
        "every entry of the run-cache is what its name says, and no folder there is empty",
        run_cache,
        "puts it away",
        quick=True,
    )
]
