"""`assay rebase`: git puts the commits of a branch on another one, and each of them is made true."""

import subprocess
import sys
from pathlib import Path

from assay.errors import AssayError
from assay.experiments.clones import environment
from assay.git import git
from assay.merging import conflicts, state
from assay.merging.conflicts import NextCommands
from assay.merging.merge import DRIVER, bring_data, own_code, take_back
from assay.sweep.execution import baseline

SETTLE = "-m assay.cli settle"
NEXT = NextCommands("assay rebase --continue", "assay rebase --abort")


def rebase(root: Path, upstream: str) -> bool:
    """Put the commits that only this branch has on `upstream`, and settle each; whether it came to its end.

    False if a commit could not be made true; stderr says why. AssayError if something is in progress or not committed,
    there is no such upstream, or a person must decide.
    """
    state.require_nothing_in_progress(root)
    state.require_free(root)
    baseline(root, "a rebase takes commits alone")
    settle = f'"{sys.executable}" {SETTLE}'
    done = _git(root, "rebase", "--empty=drop", "--reschedule-failed-exec", "--exec", settle, upstream)
    if done.returncode and not state.rebasing(root):
        raise AssayError("git rebase did not begin", where=upstream, todo="see what it says above")
    return _to_the_end(root)


def proceed(root: Path) -> bool:
    """Go on with a rebase that stopped, whichever command began it; whether it came to its end.

    If plain `git rebase` began it, it is repeated on its result, to settle each commit.
    """
    folder = _folder(root)
    state.require_free(root)
    onto, ours = (folder / "onto").read_text().strip(), _settles(folder)
    conflicts.require_none(root, _resolve(root), NEXT)
    # If git does not wait for a commit, the last one was interrupted before it was true.
    if not state.uncommitted(root) and own_code(root, "settle"):
        return False
    _git(root, "-c", "core.editor=true", "rebase", "--continue")
    return _to_the_end(root) and (ours or rebase(root, onto))


def abort(root: Path) -> None:
    """Give up the rebase in progress, and restore branch, files and data."""
    _folder(root)
    state.require_free(root)
    take_back(root, filter(None, ["HEAD", state.original(root), state.picked(root)]))
    git(root, "rebase", "--abort")
    bring_data(root)


def _to_the_end(root: Path) -> bool:
    """Resolve generated files wherever git stops for them; False if a commit could not be settled."""
    while state.rebasing(root):
        if not conflicts.unmerged(root):
            return False
        conflicts.require_none(root, _resolve(root), NEXT)
        _git(root, "-c", "core.editor=true", "rebase", "--continue")
    return True


def _resolve(root: Path) -> list[str]:
    commits = filter(None, ["HEAD", state.original(root), state.picked(root)])
    return conflicts.resolve(root, conflicts.generated(root, commits))


def _folder(root: Path) -> Path:
    folder = state.rebasing(root)
    if folder is None:
        raise AssayError("no rebase is in progress", todo="assay rebase BRANCH")
    if folder.name == "rebase-apply":
        raise AssayError("this rebase was begun with --apply", todo="git rebase --abort, then: assay rebase BRANCH")
    return folder


def _settles(folder: Path) -> bool:
    return any(
        SETTLE in (folder / name).read_text() for name in ("git-rebase-todo", "done") if (folder / name).exists()
    )


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run git with the driver for generated files. Its output goes to stderr at once."""
    return subprocess.run(["git", *DRIVER, *arguments], cwd=root, env=environment(root), stdout=sys.stderr.fileno())
