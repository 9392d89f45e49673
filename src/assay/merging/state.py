"""Git's merge or the like in progress, and whether the workspace is free."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assay.dvc_internals.locks import FOLDER, LOCK, RWLOCK, holding
from assay.errors import AssayError
from assay.git import git
from assay.lineage.busy import holders

LOCKED = Path(".assay/settle.lock")
MERGE, PICK, REVERT = "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"  # in git's folder
REBASES = ("rebase-merge", "rebase-apply")


def merging(root: Path) -> list[str]:
    """The commits of the merge in progress; empty if there is none."""
    return _said(*_of_git(root, MERGE)).split()


def picking(root: Path) -> str:
    """The commit of the cherry-pick in progress; "" if there is none."""
    return _said(*_of_git(root, PICK))


def reverting(root: Path) -> str:
    """The commit of the revert in progress; "" if there is none."""
    return _said(*_of_git(root, REVERT))


def rebasing(root: Path) -> Path | None:
    """Git's folder of the rebase that is in progress; None if there is none."""
    return next(filter(Path.exists, _of_git(root, *REBASES)), None)


def uncommitted(root: Path) -> bool:
    """Whether the rebase in progress stopped before it made a commit, and not after one."""
    folder = rebasing(root)
    return folder is not None and (folder / "message").exists()


def picked(root: Path) -> str:
    """The last commit that the rebase in progress picked; "" if there is none."""
    folder = rebasing(root)
    lines = _said(folder / "done").splitlines() if folder else []
    picks = [words[1] for words in map(str.split, lines) if words[:1] in (["pick"], ["reword"], ["edit"])]
    return picks[-1] if picks else ""


def original(root: Path) -> str:
    """The last commit of the branch before the rebase in progress; "" if there is none."""
    folder = rebasing(root)
    return _said(folder / "orig-head") if folder else ""


def require_nothing_in_progress(root: Path) -> None:
    """AssayError if a merge, rebase, cherry-pick or revert is in progress."""
    merge, pick, revert, *rebases = _of_git(root, MERGE, PICK, REVERT, *REBASES)
    if _said(merge):
        raise AssayError("a merge is in progress", todo="assay merge --continue, or: assay merge --abort")
    if any(map(Path.exists, rebases)):
        raise AssayError("a rebase is in progress", todo="assay rebase --continue, or: assay rebase --abort")
    if one := _said(pick) or _said(revert):
        raise AssayError(f"a cherry-pick or revert of {one[:10]} is in progress", todo="assay settle")


@contextmanager
def workspace(root: Path) -> Iterator[None]:
    """Hold the workspace; AssayError if another run holds it."""
    (root / LOCKED).parent.mkdir(exist_ok=True)
    refusal = AssayError("another merge is being settled here", where=str(root), todo="wait for it")
    with holding(root / LOCKED, refusal):
        _require_no_run(root)
        yield


def require_free(root: Path) -> None:
    """AssayError if another run holds the workspace."""
    with workspace(root):
        return


def _require_no_run(root: Path) -> None:
    todo = "wait for it, or stop it"
    if running := [f"{command} (process {pid})" for pid, command in holders(root / RWLOCK).items()]:
        raise AssayError("DVC is running here", where=f"{root}: {'; '.join(running)}", todo=todo)
    if (root / FOLDER).is_dir():
        with holding(root / LOCK, AssayError("DVC is running here", where=str(root), todo=todo)):
            return


def _said(path: Path) -> str:
    """The text of a file of git's; "" where there is none."""
    return path.read_text().strip() if path.exists() else ""


def _of_git(root: Path, *names: str) -> list[Path]:
    """Where git keeps what has these names."""
    options = (word for name in names for word in ("--git-path", name))
    return [root / one for one in git(root, "rev-parse", *options).split("\n")]
