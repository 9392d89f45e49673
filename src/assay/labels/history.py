"""A ledger only grows: decisions that others already have are never rewritten."""

from pathlib import Path

from assay.errors import AssayError
from assay.git import git, raw
from assay.labels.decision import shown
from assay.paths import ANNOTATIONS, DECISIONS


def require_growth(root: Path, main: str = "main") -> None:
    """AssayError unless each ledger starts, byte for byte, with its version in the last commit shared with `main`."""
    require_kept(root, git(root, "merge-base", "HEAD", _known(root, main)), main)


def require_kept(root: Path, fork: str, main: str) -> None:
    """AssayError unless each ledger starts, byte for byte, with its version in the commit `fork`, part of `main`."""
    names = git(root, "ls-tree", "-r", "--name-only", fork, "--", str(ANNOTATIONS)).splitlines()
    for path in (Path(name) for name in names if Path(name).name == DECISIONS):
        before = raw(root, "show", f"{fork}:./{path}")
        after = (root / path).read_bytes() if (root / path).exists() else b""
        if not after.startswith(before):
            raise _rewritten(path, before, after, fork, main)


def _rewritten(path: Path, before: bytes, after: bytes, fork: str, main: str) -> AssayError:
    number, old, new = _first_difference(before, after)
    return AssayError(
        f"line {number} was {shown(old)} and is {shown(new)}: decisions are only ever added, at the end",
        where=f"{path}, against {fork[:10]}, which {main} has too",
        todo=f"restore the lines: git checkout {fork[:10]} -- {path}; to change your mind, decide again; "
        f"to take in {main}: assay merge {main}; after git merge, which puts your lines first: assay settle",
    )


def _known(root: Path, main: str) -> str:
    """The branch, or its last fetched state."""
    names = (f"refs/heads/{main}", f"refs/remotes/origin/{main}")
    listed = git(root, "for-each-ref", "--format=%(refname)", *names).splitlines()
    if not listed:
        raise AssayError(f"no branch {main} to compare with", where="git", todo=f"git fetch origin {main}:{main}")
    return listed[0]


def _first_difference(before: bytes, after: bytes) -> tuple[int, str, str]:
    """The number of the first line that differs, and its text on both sides; "" where there is none."""
    sides = [text.decode(errors="replace").split("\n") for text in (before, after)]
    shared = zip(*sides, strict=False)
    number = next((number for number, (old, new) in enumerate(shared) if old != new), min(map(len, sides)))
    old, new = (lines[number] if number < len(lines) else "" for lines in sides)
    return number + 1, old, new
