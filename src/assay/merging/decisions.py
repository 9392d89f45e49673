"""Orders the decisions of two branches in one ledger: main's lines first, unchanged, then the others."""

from collections.abc import Sequence
from pathlib import Path

from assay.files import write_bytes
from assay.git import content, git, shared
from assay.paths import ANNOTATIONS, DECISIONS

MAIN = ("refs/heads/main", "refs/remotes/origin/main")


def put_mains_first(root: Path, commits: Sequence[str]) -> list[str]:
    """Let each ledger start with the lines that main shares with the commits; returns the changed files.

    `git merge` puts the lines of the current branch first. A ledger that lacks a line of main stays as it is, and
    `assay labels check` names the line.
    """
    changed = []
    for path in _ledgers(root):
        merged = (root / path).read_bytes()
        mains = (content(root, fork, path) or b"" for fork in _forks(root, commits))
        ordered = arranged(max(mains, key=len, default=b""), merged)
        if ordered != merged:
            write_bytes(root / path, ordered)
            git(root, "add", "--", path)
            changed.append(path)
    return changed


def arranged(first: bytes, merged: bytes) -> bytes:
    """The lines of `first`, then the others of `merged`, each once; `merged` itself if it lacks a line of `first`."""
    lines = list(dict.fromkeys(merged.splitlines(keepends=True)))
    leading = first.splitlines(keepends=True)
    if not set(leading) <= set(lines):
        return merged
    known = set(leading)
    return b"".join([*leading, *(line for line in lines if line not in known)])


def _ledgers(root: Path) -> list[str]:
    listed = git(root, "ls-files", "--", str(ANNOTATIONS)).splitlines()
    return [path for path in listed if Path(path).name == DECISIONS and (root / path).exists()]


def _forks(root: Path, commits: Sequence[str]) -> list[str]:
    """The last commit that main shares with each of the commits."""
    heads = git(root, "for-each-ref", "--format=%(objectname)", *MAIN).split()[:1]
    return [fork for main in heads for commit in commits if (fork := shared(root, main, commit))]
