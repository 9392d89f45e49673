"""What git knows: leftovers in the index, line endings, and inputs that another clone would lack."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Finding
from assay.doctor.clone import Clone
from assay.errors import sample
from assay.files import write_bytes
from assay.lineage.graph import LOCK, PARAMS

MADE = (LOCK, PARAMS, "reports/")
WRITTEN = ("conf/", "annotations/", "src/")
LOCAL_SOURCE = re.compile(r"^\s*uri:\s*['\"]?(?:file://)?(?![\w+.-]+://)([^\s'\"#]+)", re.M)


def staged(clone: Clone) -> Iterator[Finding]:
    """Generated files whose staged version is neither the commit's nor the one on disk. `git checkout .` keeps it."""
    for change in clone.changes:
        if change.index in "MAD" and change.tree in "MD" and change.path.startswith(MADE):
            what = "staged in a version that is neither the last commit's nor the one that lies here"
            yield Finding(
                what, change.path, f"git restore --staged {change.path}", partial(_unstage, clone, change.path)
            )


def _unstage(clone: Clone, path: str, attic: Attic) -> None:
    content = clone.committed(path, revision="")  # `:path` is the index
    if content is not None:
        attic.write(clone.root / path, content)
    clone.git("reset", "--quiet", "--", path)


def endings(clone: Clone) -> Iterator[Finding]:
    """Text files with carriage returns here and line feeds in git. Their hashes differ."""
    for line in filter(None, clone.git("ls-files", "--eol", "-z").split("\0")):
        said, path = line.split("\t", 1)
        index, tree, attributes, *_ = [*said.split(), ""]
        if index == "i/lf" and tree in ("w/crlf", "w/mixed") and attributes != "attr/-text":
            todo = "assay doctor --mend; and: git config core.autocrlf false"
            yield Finding("carriage returns at the ends of lines", path, todo, partial(_line_feeds, clone.root / path))


def _line_feeds(path: Path, attic: Attic) -> None:
    attic.copy(path)
    mode = path.stat().st_mode
    write_bytes(path, path.read_bytes().replace(b"\r\n", b"\n"))
    path.chmod(mode)


def untracked(clone: Clone) -> Iterator[Finding]:
    """Files that a stage or the configuration reads and that another clone would lack."""
    new = [change.path for change in clone.changes if change.index == "?"]
    paths = [path for path in new if path.startswith((*WRITTEN, *_inputs(clone)))]
    if paths:
        yield Finding(f"git has not {sample(paths)}: a clone will lack it", todo=f"git add {paths[0]}", advice=True)
    for path in sorted(_sources(clone)):
        if not _had(clone, path):
            yield Finding(
                "a source that neither git nor DVC has: a clone will lack it", path, f"dvc add {path}", advice=True
            )


def _inputs(clone: Clone) -> tuple[str, ...]:
    made = {out for node in clone.stages.values() for out in node.outs}
    return tuple(dep for node in clone.stages.values() for dep in node.deps if dep not in made)


def _sources(clone: Clone) -> set[str]:
    """Existing local files that conf/ names as the source of a dataset."""
    texts = [path.read_bytes().decode(errors="replace") for path in sorted((clone.root / "conf").rglob("*.yaml"))]
    named = {name for text in texts for name in LOCAL_SOURCE.findall(text)}
    return {name for name in named if (clone.root / name).is_file()}


def _had(clone: Clone, path: str) -> bool:
    return path in clone.tracked or f"{path}.dvc" in clone.tracked


CHECKS = [
    Check(
        "staged", "no generated file is staged in a version of its own", staged, "takes it from the index", quick=True
    ),
    Check("endings", "text files have line feeds", endings, "writes line feeds, keeps a copy", quick=True),
    Check("untracked", "git has what stages and conf/ read", untracked),
]
