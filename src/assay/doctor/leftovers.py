"""What killed processes leave behind: files and folders, and of an experiment a state of git."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic, away
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.running import at_work
from assay.dvc_internals.locks import RUNNING, holding
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


def experiment(clone: Clone) -> Iterator[Fault]:
    """`dvc exp run` takes HEAD off its branch, and notes in git the commit it starts from, until it ends."""
    if any(map(at_work, _work_trees(clone))):  # which have these refs in common
        return
    refs = clone.git("for-each-ref", "--format=%(refname)", *RUNNING).split()
    if refs:
        what = "left by an experiment that was killed: dvc exp list and dvc exp show take its commit for HEAD"
        yield Fault(what, ", ".join(refs), "assay doctor --mend", partial(_forget, clone, refs))
    if branch := _left(clone):
        what = "HEAD is on no branch: what is committed now belongs to none"
        mend = partial(_return, clone, branch) if refs else None  # else a person may want it so
        yield Fault(what, "", f"git switch {branch}, which is at the same commit", mend, advice=not refs)


def _work_trees(clone: Clone) -> list[Path]:
    """This place in each work tree of git's (`git worktree`)."""
    within = clone.git("rev-parse", "--show-prefix")
    said = clone.git("worktree", "list", "--porcelain").splitlines()
    return [Path(line.removeprefix("worktree "), within) for line in said if line.startswith("worktree ")]


def _left(clone: Clone) -> str:
    """The branch that HEAD was on, if it is at the same commit; "" if not, or HEAD is on a branch."""
    with suppress(AssayError):
        if clone.git("rev-parse", "--abbrev-ref", "HEAD") == "HEAD" and not clone.unfinished:
            branch = clone.git("rev-parse", "--abbrev-ref", "@{-1}")
            head, there = clone.git("rev-parse", "HEAD", f"refs/heads/{branch}").split()
            return branch if head == there else ""
    return ""


def _forget(clone: Clone, refs: Sequence[str], attic: Attic) -> None:
    for ref in refs:
        clone.git("update-ref", "--no-deref", "-d", ref)


def _return(clone: Clone, branch: str, attic: Attic) -> None:
    """Files and the index stay as they are, because the commit does; no hook of the user's has to check anything."""
    clone.git("-c", f"core.hooksPath={os.devnull}", "switch", "--quiet", branch)


CHECKS = [
    Check("writing", "no half-written file or folder lies about", writing, "puts it away", quick=True),
    Check("sweeps", "no sweep that was killed left its workers' clones", sweeps, "removes them"),
    Check("temporary", "no half of a copy lies in the cache", temporary, "puts it away"),
    Check(
        "experiment",
        "no experiment that was killed left git on no branch",
        experiment,
        "goes back to the branch; files stay",
        quick=True,
    ),
]
