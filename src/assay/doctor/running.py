"""Finds the processes that work in a clone, and leaves them alone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assay.dvc_internals.locks import FOLDER, LOCKS, RWLOCKS, holding
from assay.errors import AssayError
from assay.lineage.busy import holders, own

if TYPE_CHECKING:
    import psutil

STAGE = "assay.stages."


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold DVC's own locks while something is mended; AssayError if another process works in the clone."""
    if found := at_work(root):
        raise busy(found)
    if (root / ".dvc").is_dir():
        (root / FOLDER).mkdir(exist_ok=True)
    with ExitStack() as held:
        for name in LOCKS:
            if (root / name).parent.is_dir():
                held.enter_context(holding(root / name, busy([f"DVC ({name} is held)"])))
        yield


def busy(workers: list[str]) -> AssayError:
    """The error that says why nothing can be mended now."""
    return AssayError("at work in this clone: " + "; ".join(workers), todo="wait until it has ended, or end it")


def at_work(root: Path) -> list[str]:
    """The processes that run a stage here, or that DVC's rwlock names, in words."""
    pids = [pid for name in RWLOCKS for pid in holders(root / name)]
    found = {process.pid: f"{' '.join(process.cmdline()[1:])[:80]} (process {process.pid})" for process in stages(root)}
    return [*found.values(), *(f"DVC (process {pid})" for pid in dict.fromkeys(pids) if pid not in found)]


def stages(root: Path) -> list["psutil.Process"]:
    """The processes that run a stage in this folder, with or without DVC."""
    return [one for one in processes(root) if any(STAGE in word for word in one.info["cmdline"] or ())]


def processes(root: Path) -> list["psutil.Process"]:
    """The processes whose working folder this is, without this process and its parents."""
    import psutil

    ours, there = own(), psutil.process_iter(["cmdline", "cwd"])
    return [one for one in there if one.pid not in ours and one.info["cwd"] == str(root.resolve())]
