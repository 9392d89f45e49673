"""`assay rebase`: git puts the commits of a branch on another one, and each is made true as it lands."""

import subprocess
import sys
from pathlib import Path

from assay.errors import AssayError
from assay.experiments.clones import environment
from assay.experiments.sweep import baseline
from assay.git import git
from assay.merging import conflicts, state
from assay.merging.conflicts import Ways
from assay.merging.merge import DRIVER, bring_data, own_code, take_back

SETTLE = "-m assay.cli settle"
WAYS = Ways("assay rebase --continue", "assay rebase --abort")


def rebase(root: Path, upstream: str) -> bool:
    """Put the commits that only this branch has on `upstream`, each settled; whether it ended.

    False where a commit could not be made true, which it says on stderr. AssayError where something is in progress or
    not committed, there is no such upstream, or a person must decide.
    """
    state.require_nothing_in_progress(root)
    state.require_free(root)
    baseline(root)
    settle = f'"{sys.executable}" {SETTLE}'
    done = _git(root, "rebase", "--empty=drop", "--reschedule-failed-exec", "--exec", settle, upstream)
    if done.returncode and not state.rebasing(root):
        raise AssayError("git rebase did not begin", where=upstream, todo="see what it says above")
    return _to_the_end(root)


def proceed(root: Path) -> bool:
    """Go on with a rebase that stopped, by whoever's command it was begun; whether it ended.

    One that plain `git rebase` began is done again where that leaves its commits: they are settled then.
    """
    folder = _folder(root)
    state.require_free(root)
    onto, ours = (folder / "onto").read_text().strip(), _settles(folder)
    conflicts.require_none(root, _resolve(root), WAYS)
    # Without a commit that waits to be made, the last one was cut off before it was true.
    if not state.uncommitted(root) and own_code(root, "settle"):
        return False
    _git(root, "-c", "core.editor=true", "rebase", "--continue")
    return _to_the_end(root) and (ours or rebase(root, onto))


def abort(root: Path) -> None:
    """Give up the rebase in progress: branch, files and data are as they were before it."""
    _folder(root)
    state.require_free(root)
    take_back(root, filter(None, ["HEAD", state.original(root), state.picked(root)]))
    git(root, "rebase", "--abort")
    bring_data(root)


def _to_the_end(root: Path) -> bool:
    """Resolve what is generated wherever git stops for it. False where a commit could not be settled."""
    while state.rebasing(root):
        if not conflicts.unmerged(root):
            return False
        conflicts.require_none(root, _resolve(root), WAYS)
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
    """Run git with its words on stderr as they come, and the driver that generated files need."""
    return subprocess.run(["git", *DRIVER, *arguments], cwd=root, env=environment(root), stdout=sys.stderr.fileno())
