"""Decisions of two branches in one ledger: main's lines first, as they stand there, then the others."""

from collections.abc import Sequence
from pathlib import Path

from assay.errors import AssayError
from assay.files import write_bytes
from assay.git import git, raw
from assay.paths import ANNOTATIONS, DECISIONS

MAIN = ("refs/heads/main", "refs/remotes/origin/main")


def put_mains_first(root: Path, commits: Sequence[str]) -> list[str]:
    """Order each ledger here so that it starts with the lines that main shares with the commits; the files changed.

    `git merge` puts the lines of the branch that is checked out first. A ledger that lacks a line of main is left as it
    is: `assay labels check` names the line.
    """
    changed = []
    for path in _ledgers(root):
        merged = (root / path).read_bytes()
        ordered = arranged(
            max((_shown(root, fork, path) for fork in _forks(root, commits)), key=len, default=b""), merged
        )
        if ordered != merged:
            write_bytes(root / path, ordered)
            git(root, "add", "--", path)
            changed.append(path)
    return changed


def arranged(first: bytes, merged: bytes) -> bytes:
    """The lines of `first`, then the other ones of `merged`, each once; `merged` itself if it lacks one of `first`."""
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
    """What main shares with each commit."""
    heads = git(root, "for-each-ref", "--format=%(objectname)", *MAIN).split()[:1]
    found = []
    for main in heads:
        for commit in commits:
            try:
                found.append(git(root, "merge-base", main, commit))
            except AssayError:
                continue  # no common history: nothing of main's is in it
    return found


def _shown(root: Path, commit: str, path: str) -> bytes:
    try:
        return raw(root, "show", f"{commit}:{path}")
    except AssayError:
        return b""
