"""`assay settle`: makes the last commit true after a plain git command."""

import subprocess
from pathlib import Path

from assay.errors import AssayError
from assay.git import git
from assay.merging import conflicts, merge, parents, state
from assay.merging.conflicts import NextCommands, within
from assay.merging.only_in_params import Side
from assay.merging.settle import settle, unsettled

AGAIN = "assay settle"
PICK, REVERT = (
    ("cherry-pick", NextCommands(AGAIN, "git cherry-pick --abort")),
    ("revert", NextCommands(AGAIN, "git revert --abort")),
)


def settled(root: Path, *, conf: bool = False) -> str:
    """Finish what git is doing, and make the last commit true; returns Markdown on what was done.

    The commit is amended. If somebody else may have it already, another commit follows it. AssayError if a person must
    decide or the line does not run.
    """
    merge.forget_outer_git()
    if state.merging(root):
        return merge.conclude(root, conf=conf)
    if state.uncommitted(root):
        raise AssayError("a rebase is in progress", todo="assay rebase --continue")
    if not state.rebasing(root):
        _conclude_picks(root)
    with state.workspace(root):
        return _last(root, conf)


def _conclude_picks(root: Path) -> None:
    while commit := state.picking(root) or state.reverting(root):
        word, commands = PICK if state.picking(root) else REVERT
        conflicts.require_none(root, conflicts.resolve(root, conflicts.generated(root, ["HEAD", commit])), commands)
        done = subprocess.run(
            ["git", *merge.DRIVER, "-c", "core.editor=true", word, "--continue"],
            cwd=root,
            capture_output=True,
            text=True,
        )
        if done.returncode and commit == (state.picking(root) or state.reverting(root)):
            raise AssayError(
                f"git {word} --continue failed: {(done.stderr or done.stdout).strip()}", todo=commands.back
            )


def _last(root: Path, conf: bool) -> str:
    if not state.rebasing(root):  # in a rebase it becomes part of the commit
        _require_nothing_staged(root)
    head = git(root, "log", "-1", "--format=%h %s")
    if not git(root, "status", "--porcelain", "--untracked-files=no") and not unsettled(root):
        return f"{head}\nis true already."
    ancestors = git(root, "rev-list", "--parents", "-1", "HEAD").split()[1:]
    known = [one for one in ("HEAD", *ancestors, state.original(root), state.picked(root)) if one]
    commits = list(dict.fromkeys(git(root, "rev-parse", one) for one in known))
    found = settle(root, commits, _sides(root, ancestors), AGAIN, conf=conf)
    if not git(root, "diff", "--cached", "--name-only"):
        return f"{head}\nis true already. {found}."
    compared = parents.against(root, ancestors) if len(ancestors) > 1 else []
    _commit(root, f"{parents.in_short(compared)}\n\n{found}.".strip(), amend=_own(root))
    return "\n\n".join(
        filter(None, [parents.document(compared), f"{git(root, 'log', '-1', '--format=%h %s')}\n{found}."])
    )


def _commit(root: Path, said: str, *, amend: bool) -> None:
    message = git(root, "log", "-1", "--format=%B").rstrip()
    if not amend:
        merge.commit(root, f"Settle {git(root, 'log', '-1', '--format=%h')}\n\n{said}\n")
    elif state.rebasing(root):  # as git itself, which asks no hook when it picks
        merge.commit(root, message, "--amend", "--no-verify", "--allow-empty")
    else:
        merge.commit(root, f"{message}\n\n{said}\n", "--amend", "--allow-empty")


def _own(root: Path) -> bool:
    """Whether nobody else has the last commit: no other branch or tag contains it, here or on a remote."""
    if state.rebasing(root):
        return True
    here = subprocess.run(["git", "symbolic-ref", "--quiet", "HEAD"], cwd=root, capture_output=True, text=True)
    holding = git(
        root, "for-each-ref", "--format=%(refname)", "--contains=HEAD", *("refs/heads", "refs/remotes", "refs/tags")
    )
    return set(holding.splitlines()) <= {here.stdout.strip()}


def _sides(root: Path, ancestors: list[str]) -> list[Side]:
    """The sides whose decisions must not be lost: the parents of a merge, else the commit itself."""
    if len(ancestors) > 1:
        return merge.sides(root, ancestors)
    commit = state.picked(root) or git(root, "rev-parse", "HEAD")
    before = git(root, "rev-list", "--parents", "-1", commit).split()[1:]
    return [Side(f"the commit {commit[:7]}", before[0], commit)] if len(before) == 1 else []


def _require_nothing_staged(root: Path) -> None:
    made = conflicts.generated(root, ["HEAD"])
    staged = git(root, "diff", "--cached", "--name-only").splitlines()
    if people := [path for path in staged if not within(path, made)]:
        raise AssayError(
            f"{len(people)} file(s) are staged", where=", ".join(people[:5]), todo="commit them first: git commit"
        )
