"""`assay merge`: git merges what people decide, a run makes the rest, and both become one commit."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from assay.errors import AssayError
from assay.experiments.clones import dvc, environment
from assay.git import git, shared
from assay.merging import conflicts, state
from assay.merging.conflicts import NextCommands
from assay.merging.only_in_params import Side
from assay.sweep.execution import baseline

# Keeps one side's bytes of generated files. `make` writes the same into the clone's configuration.
DRIVER = ("-c", "merge.generated.driver=true")
NEXT = NextCommands("assay merge --continue", "assay merge --abort")


def merge(root: Path, branches: Sequence[str]) -> bool:
    """Merge branches into the current one in turn, each as one true commit; False if one could not be settled.

    AssayError if something is in progress or not committed, a branch is unknown, or a person must decide.
    """
    state.require_nothing_in_progress(root)
    state.require_free(root)
    for number, branch in enumerate(branches, start=1):
        baseline(root, "a merge would mix them with the other branch's")
        try:
            needed = begin(root, branch)
        except AssayError as error:
            raise AssayError(
                error.what, where=error.where, rows=error.rows, todo=_then(error.todo, branches[number:])
            ) from error
        if needed and own_code(root, *needed):
            print(f"assay merge: stopped at {branch}{_then('', branches[number:])}", file=sys.stderr)
            return False
    return True


def begin(root: Path, branch: str) -> tuple[str, ...]:
    """Let git merge a branch as far as it can; returns our command that does the rest, empty if nothing is left."""
    tip, head = _sha(root, branch), git(root, "rev-parse", "HEAD")
    fork = shared(root, head, tip)
    if fork == tip:
        print(f"{branch} is merged already", file=sys.stderr)
        return ()
    if fork == head:
        git(root, "merge", "--quiet", "--ff-only", branch)
        bring_data(root)
        return ("settle",)
    done = subprocess.run(
        ["git", *DRIVER, "merge", "--no-commit", "--no-ff", branch], cwd=root, capture_output=True, text=True
    )
    if not state.merging(root):
        raise AssayError(f"git merge failed: {(done.stderr or done.stdout).strip()}", where=str(root))
    people = conflicts.resolve(root, conflicts.generated(root, [head, tip]))
    conflicts.require_none(root, people, NEXT)
    return ("merge", "--continue")


def own_code(root: Path, *arguments: str) -> int:
    """Run one of our commands in a new process, because a merge may have changed the code; its exit code."""
    command = [sys.executable, "-m", "assay.cli", *arguments]
    return subprocess.run(command, cwd=root, env=environment(root)).returncode


def conclude(root: Path, *, conf: bool = False) -> str:
    """Make the merge in progress true and commit it; returns the comparison with its parents as Markdown.

    AssayError if no merge is in progress, a file needs a person, or the line does not run. It can be called again.
    """
    from assay.merging import parents
    from assay.merging.settle import settle

    heads = state.merging(root)
    if not heads:
        raise AssayError("no merge is in progress", todo="assay merge BRANCH")
    commits = [git(root, "rev-parse", "HEAD"), *heads]
    with state.workspace(root):
        conflicts.require_none(root, conflicts.resolve(root, conflicts.generated(root, commits)), NEXT)
        settled = settle(root, commits, sides(root, commits), NEXT.on, conf=conf)
        found = parents.against(root, commits)
        message = f"{_message(root)}\n\n{parents.in_short(found)}\n\n{settled}.\n"
        commit(root, message)
    return f"{parents.document(found)}\n\n{git(root, 'log', '-1', '--format=%h %s')}\n{settled}."


def sides(root: Path, commits: Sequence[str]) -> list[Side]:
    """Each parent of a merge, with the commit it shares with the first parent (the first: with the second)."""
    from assay.merging.parents import name_of

    head, *others = commits
    pairs = [(head, others[0]), *((other, head) for other in others)]
    return [Side(name_of(root, sha), base, sha) for sha, other in pairs if (base := shared(root, sha, other))]


def abort(root: Path) -> None:
    """Give up the merge in progress, and restore files and data."""
    heads = state.merging(root)
    if not heads:
        raise AssayError("no merge is in progress", todo="git status")
    state.require_free(root)
    take_back(root, ["HEAD", *heads])
    git(root, "merge", "--abort")
    bring_data(root)


def take_back(root: Path, commits: Iterable[str]) -> None:
    """Restore generated files from the last commit: git does not undo a merge over files that a run wrote."""
    for path in sorted(conflicts.generated(root, commits)):
        if git(root, "ls-tree", "HEAD", "--", path):
            git(root, "restore", "--source=HEAD", "--staged", "--worktree", "--", path)
        else:
            git(root, "rm", "-r", "--quiet", "--force", "--ignore-unmatch", "--", path)


def bring_data(root: Path) -> None:
    """Check out the data and models of the last commit, as far as the cache has them."""
    dvc("checkout", "--allow-missing", "--force")


def commit(root: Path, message: str, *options: str) -> None:
    """Commit what is staged; AssayError with the words of git or a hook if that fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(message)
        file.flush()
        command = ["git", "commit", "--quiet", "--file", file.name, *options]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment(root))
    if done.returncode:
        raise AssayError(
            f"git did not commit: {(done.stderr + done.stdout).strip()}", todo="mend it, and run the command again"
        )


def _message(root: Path) -> str:
    """Git's own message for the merge, without comments."""
    path = root / git(root, "rev-parse", "--git-path", "MERGE_MSG")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else ["Merge"]
    return "\n".join(line for line in lines if not line.startswith("#")).strip()


def _sha(root: Path, branch: str) -> str:
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}")
    except AssayError as error:
        raise AssayError(f"no branch or commit {branch!r}", where="git", todo="git branch --all; git fetch") from error


def _then(todo: str, branches: Sequence[str]) -> str:
    return f"{todo}; then: assay merge {' '.join(branches)}" if branches else todo


def forget_outer_git() -> None:
    """Drop the variables of git's folders that a hook or `git rebase --exec` sets: they mislead git in clones."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
        os.environ.pop(name, None)
