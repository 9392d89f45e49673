"""Finds what git should not have: leftovers in the index, line endings of another system, files that DVC keeps."""

import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.outputs import added
from assay.errors import sample
from assay.files import write_bytes
from assay.lineage.graph import LOCK, PARAMS

NAMED = 6  # paths in a command that is proposed
MADE = (LOCK, PARAMS, "reports/")


def staged(clone: Clone) -> Iterator[Fault]:
    """Generated files whose staged version is neither the commit's nor the one on disk. `git checkout .` keeps it."""
    for change in clone.changes:
        if change.index in "MAD" and change.tree in "MD" and change.path.startswith(MADE):
            what = "the staged version is neither that of the last commit nor that on disk"
            todo = clone.first(shlex.join(["git", "restore", "--staged", change.path]))
            yield Fault(what, change.path, todo, partial(_unstage, clone, change.path))


def _unstage(clone: Clone, path: str, attic: Attic) -> None:
    content = clone.committed(path, revision="")  # `:path` is the index
    if content is not None:
        attic.write(clone.root / path, content)
    clone.git("reset", "--quiet", "--", path)


def endings(clone: Clone) -> Iterator[Fault]:
    """Text files with carriage returns here and line feeds in git. Their hashes differ."""
    for line in filter(None, clone.git("ls-files", "--eol", "-z").split("\0")):
        said, path = line.split("\t", 1)
        index, tree, attributes, *_ = [*said.split(), ""]
        if index == "i/lf" and tree in ("w/crlf", "w/mixed") and attributes != "attr/-text":
            todo = "assay doctor --mend; and: git config core.autocrlf false"
            yield Fault("carriage returns at the ends of lines", path, todo, partial(_line_feeds, clone.root / path))


def _line_feeds(path: Path, attic: Attic) -> None:
    attic.copy(path)
    mode = path.stat().st_mode
    write_bytes(path, path.read_bytes().replace(b"\r\n", b"\n"))
    path.chmod(mode)


def in_git(clone: Clone) -> Iterator[Fault]:
    """Outputs that DVC keeps and git tracks too (`git add --force`). DVC refuses to run their stages."""
    kept = {out for node in clone.stages.values() for out in node.outs - node.in_git}
    kept |= {out.path for out in added(clone)}
    found = sorted(path for path in kept if any(f"{one}/".startswith(f"{path}/") for one in clone.tracked))
    if found:
        by_hand = shlex.join(["git", "rm", "-r", "--cached", *found]) if len(found) <= NAMED else "git rm -r --cached"
        todo = f"assay doctor --mend, or: {by_hand}; the files stay, DVC has them"
        then = "git commit, because the last commit has them" if any(map(clone.has, found)) else ""
        yield Fault(f"git tracks what DVC keeps: {sample(found)}", "", todo, partial(_untrack, clone, found), then=then)


def _untrack(clone: Clone, paths: list[str], attic: Attic) -> None:
    """Take them from the index. git refuses if a version would be lost that neither the commit nor the file has."""
    clone.git("rm", "-r", "--cached", "--quiet", "--", *paths)


CHECKS = [
    Check("endings", "text files have line feeds", endings, "writes line feeds, keeps a copy", quick=True),
    Check("in-git", "git tracks no output that DVC keeps", in_git, "takes it from the index; files stay", quick=True),
]

# After the mends of files: what was staged with the fault is then another version than the file's.
LATE = [
    Check(
        "staged", "no generated file is staged in a version of its own", staged, "takes it from the index", quick=True
    ),
]
