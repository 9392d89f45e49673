"""Locks that DVC and git leave when they are killed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic, away
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.running import at_work, processes
from assay.dvc_internals.locks import RWLOCKS, named
from assay.errors import AssayError
from assay.lineage.busy import holders
from assay.lineage.graph import DVC_YAML

NO_REPOSITORY = "not a git repository"  # as git says it
GIT_LOCKS = ("*.lock", "refs/**/*.lock")


def repository(clone: Clone) -> Iterator[Fault]:
    """An archive that was unpacked has everything but its history."""
    try:
        clone.git("rev-parse", "--git-dir")
    except AssayError as error:
        if NO_REPOSITORY not in error.what:
            raise
        todo = "git clone it, or: git init && git add --all && git commit --message Start"
        yield Fault("no git repository: DVC needs one, and nothing can be compared with a commit", todo=todo)


def work(clone: Clone) -> Iterator[Fault]:
    """Other processes that work in the clone. They are left alone; their files come and go while we look."""
    for worker in at_work(clone.root):
        yield Fault(f"at work in this clone: {worker}", todo="wait until it has ended, or end it, and look again")


def dvc(clone: Clone) -> Iterator[Fault]:
    """DVC does not start if it cannot parse an rwlock, or if a new process has a number that it notes."""
    for path in (clone.root / name for name in RWLOCKS):
        if fault := _fault(path):
            todo = "DVC says JSON structure is corrupted, or busy: assay doctor --mend"
            yield Fault(fault, clone.name(path), todo, partial(away, path))


def _fault(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        pids = named(json.loads(path.read_text()))
    except (ValueError, AttributeError, TypeError, KeyError):
        return "a lock of DVC that cannot be read"
    return "a lock of DVC whose process is gone" if pids and not holders(path) else ""


def git(clone: Clone) -> Iterator[Fault]:
    """git does not write while such a file exists."""
    found = [path for pattern in GIT_LOCKS for path in sorted(clone.git_folder.glob(pattern))]
    for path in found if found and not _gits(clone.root) else []:
        if not _open(path):
            todo = "git says another process seems to be running: assay doctor --mend"
            yield Fault("a lock of git that no process holds", clone.name(path), todo, partial(away, path))


def index(clone: Clone) -> Iterator[Fault]:
    """An index that git cannot read. It can be made again from the commit; files stay as they are."""
    try:
        clone.git("ls-files", "--stage", "--", DVC_YAML)
    except AssayError as error:
        if "index" not in error.what:
            raise
        path = clone.git_folder / "index"
        yield Fault("git cannot read its index", clone.name(path), "assay doctor --mend", partial(_again, clone, path))


def _again(clone: Clone, path: Path, attic: Attic) -> None:
    attic.move(path)
    clone.git("reset", "--quiet")


def _gits(root: Path) -> list[int]:
    """The git processes in this folder. One that waits for its editor holds the index without an open file."""
    return [one.pid for one in processes(root) if Path((one.info["cmdline"] or [""])[0]).name == "git"]


def _open(path: Path) -> bool:
    """Whether any process that can be seen has the file open."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(Path(file.path) == path.resolve() for file in process.open_files()):
                return True
    return False


CHECKS = [
    Check("repository", "it is a git repository", repository, quick=True),
    Check("at-work", "nobody else is at work in the clone", work, quick=True),
    Check("dvc-locks", "no lock of DVC is empty, cut, or of a process that is gone", dvc, "puts it away", quick=True),
    Check("git-locks", "no lock of git is left by a process that is gone", git, "puts it away", quick=True),
    Check("git-index", "git can read its index", index, "makes it again from the commit; files stay", quick=True),
]
