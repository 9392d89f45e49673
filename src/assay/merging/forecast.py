"""Says what a merge with a branch needs. It asks git and touches no file."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from assay.git import git
from assay.lineage.graph import DVC_YAML
from assay.merging.conflicts import generated, read_by, within


@dataclass(frozen=True)
class Ahead:
    """`commits`: how many commits of `target` this branch lacks. `people`: the files that a person must merge.

    `people` is None if git is too old to say.
    """

    target: str
    commits: int
    people: list[str] | None


def ahead(root: Path, target: str) -> Ahead | None:
    """The advice that makes a merge with `target` true; None if git's own merge is.

    Git's is, if only one side changed inputs or outputs of the line.
    """
    commits = int(git(root, "rev-list", "--count", f"HEAD..{target}"))
    fork = git(root, "merge-base", "HEAD", target)
    if not all(_changes_the_line(root, fork, side) for side in ("HEAD", target)):
        return None
    return Ahead(target, commits, _people(root, target))


def _changes_the_line(root: Path, fork: str, side: str) -> bool:
    changed = git(root, "diff", "--name-only", "--no-renames", "-z", fork, side).split("\0")
    read = {path for commit in (fork, side) for path in read_by(root, commit)}
    line = {"conf", DVC_YAML, *generated(root, [fork, side]), *read}
    return any(path and within(path, line) for path in changed)


def _people(root: Path, target: str) -> list[str] | None:
    """The files, without generated ones, that conflict in a merge in memory; None before git 2.38."""
    command = ["git", "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", "HEAD", target]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return None
    made = generated(root, ["HEAD", target])
    return sorted({path for path in done.stdout.split("\0")[1:] if path and not within(path, made)})
