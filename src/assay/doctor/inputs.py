"""Checks the inputs of stages and conf/: each is there, can be read, and is kept by git or DVC, with nothing beside."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.errors import sample
from assay.files import DVCIGNORE
from assay.lineage.links import is_folder, sources

WRITTEN = ("annotations", "conf", "src")
LOCAL_SOURCE = re.compile(r"^\s*uri:\s*['\"]?(?:file://)?(?![\w+.-]+://)([^\s'\"#]+)", re.M)
NAMED = 6  # paths in a command that is proposed


def readable(clone: Clone) -> Iterator[Fault]:
    """Inputs at which DVC stops when it hashes them, and files that git ignores and DVC hashes as inputs."""
    inputs = _inputs(clone)
    for path in inputs:
        if not os.path.lexists(clone.root / path) and not _of_dvc(clone, path):
            yield Fault("a stage needs it, and it is missing", path, _back(clone, path))
    lying = _lying(clone, inputs)
    tracked = [path for path in sorted(clone.tracked) if _within(path, inputs) and not _leads_to_missing(clone, path)]
    for path in [*tracked, *lying, *_special(clone, inputs)]:
        if fault := _fault(clone.root / path):
            yield Fault(fault, path, f"bring back what belongs there, or take it away: {shlex.join(['rm', path])}")
    yield from _ignored(clone, lying)


def _fault(path: Path) -> str:
    if path.is_symlink() and not path.exists():
        return f"a link to {path.readlink()}, where nothing is: DVC stops at it"
    if not path.exists():
        return ""
    if not (path.is_file() or path.is_dir()):
        return "neither a file nor a folder: DVC waits for it, or stops"
    return "" if os.access(path, os.R_OK) else "it cannot be read: DVC stops at it"


def _special(clone: Clone, inputs: Iterable[str]) -> Iterator[str]:
    """Pipes, sockets and devices among the inputs: git passes over them, DVC does not."""
    for folder in (clone.root / name for name in inputs):
        for path in folder.rglob("*") if not folder.is_symlink() else ():
            if not (path.is_file() or path.is_dir() or path.is_symlink()):
                yield clone.name(path)


def _ignored(clone: Clone, lying: Iterable[str]) -> Iterator[Fault]:
    """Ignored files among the inputs: `git status` does not show them, and no other clone gets the hash they give."""
    shown = {change.path for change in clone.changes}
    for path in lying:
        if path not in shown and not _of_dvc(clone, path):
            what = "git ignores it, but DVC counts it among the inputs of a stage: another clone gets another hash"
            todo = f"{shlex.join(['rm', '-r', path])}, or name it in {DVCIGNORE} too"
            yield Fault(what, path, todo)


def deleted(clone: Clone) -> Iterator[Fault]:
    """Files that people write, which git has and the workspace lacks. Only a person knows whether that is meant."""
    gone = [change.path for change in clone.changes if change.tree == "D" and _within(change.path, WRITTEN)]
    if gone:
        yield Fault(
            f"git has {sample(gone)}: missing here", todo=f"{restoring(gone)}; or git rm, if it is meant", advice=True
        )


def restoring(gone: Sequence[str], *, staged: bool = False) -> str:
    """The command that brings back files which git has; nothing else changes."""
    if len(gone) > NAMED and not staged:
        return "git ls-files -z --deleted | xargs -0 git restore --"
    return shlex.join(["git", "restore", *(["--staged", "--worktree"] if staged else []), *gone])


def untracked(clone: Clone) -> Iterator[Fault]:
    """Files that a stage or the configuration reads and that another clone would lack."""
    new = {change.path for change in clone.changes if change.index == "?"}
    paths = [path for path in _lying(clone, [*WRITTEN, *_inputs(clone)]) if path in new and _useful(clone, path)]
    if paths:
        todo = f"{_adding(paths)}; or take away what is no input"
        yield Fault(f"git has not {sample(paths, NAMED)}: a clone will lack it", todo=todo, advice=True)
    for path in sorted(_sources(clone)):
        if path not in clone.tracked and not _of_dvc(clone, path):
            what = "a source that neither git nor DVC has: a clone will lack it"
            yield Fault(what, path, shlex.join(["dvc", "add", path]), advice=True)


def _useful(clone: Clone, path: str) -> bool:
    return not _fault(clone.root / path)


def _adding(paths: Sequence[str]) -> str:
    """The command that gives all of them to git: by name, or if they are many by the folders that hold them."""
    few = paths if len(paths) <= NAMED else sorted({str(PurePosixPath(path).parent) for path in paths})
    return shlex.join(["git", "add", "--", *(few if len(few) <= NAMED else sorted({p.split("/")[0] for p in paths}))])


def _lying(clone: Clone, places: Iterable[str]) -> list[str]:
    """Untracked files among some paths, without those that .dvcignore names; .gitignore does not count."""
    named = [place for place in places if os.path.lexists(clone.root / place)]
    rules = [f"--exclude-from={DVCIGNORE}"] if (clone.root / DVCIGNORE).is_file() else []
    said = clone.git("--literal-pathspecs", "ls-files", "-z", "--others", *rules, "--", *named) if named else ""
    return list(filter(None, said.split("\0")))


def _inputs(clone: Clone) -> list[str]:
    """The files and folders in the clone on which stages depend and that no stage makes, with the code behind links."""
    made = [out for node in clone.stages.values() for out in node.outs]
    needed = {dep for node in clone.stages.values() for dep in node.deps}
    linked = [dep for dep in needed if is_folder(dep)]
    needed |= sources(path for path in clone.tracked if _within(path, linked))
    own = [dep for dep in needed if "://" not in dep and not _outside(clone, dep)]
    return sorted(dep for dep in own if not _within(dep, made) and not any(_within(out, [dep]) for out in made))


def _outside(clone: Clone, path: str) -> bool:
    """Whether a path leads out of the clone, or through a link, where git does not look."""
    root = clone.root.resolve()
    return (root / path).parent.resolve() != (root / path).parent or not (root / path).is_relative_to(root)


def _leads_to_missing(clone: Clone, path: str) -> bool:
    """Whether it is a link to a file of code that is missing, which is a fault of its own."""
    return any(not os.path.lexists(clone.root / one) for one in sources([path]))


def _within(path: str, places: Iterable[str]) -> bool:
    return any(f"{path}/".startswith(f"{place}/") for place in places)


def _of_dvc(clone: Clone, path: str) -> bool:
    """Whether a .dvc file keeps this path, or a folder that holds it."""
    around = (path, *map(str, PurePosixPath(path).parents))
    return any(f"{one}.dvc" in clone.tracked or (clone.root / f"{one}.dvc").is_file() for one in around)


def _back(clone: Clone, path: str) -> str:
    """The advice to get a missing input back."""
    if any(_within(one, [path]) for one in clone.tracked):
        return restoring([path])
    return restoring([path], staged=True) if clone.has(path) else "bring it here, or correct dvc.yaml"


def _sources(clone: Clone) -> set[str]:
    """Existing local files that conf/ names as the source of a dataset."""
    texts = [path.read_bytes().decode(errors="replace") for path in sorted((clone.root / "conf").rglob("*.yaml"))]
    named = {name for text in texts for name in LOCAL_SOURCE.findall(text)}
    return {name for name in named if (clone.root / name).is_file()}


CHECKS = [
    Check(
        "inputs",
        "what stages read is there and can be read, and DVC counts nothing that git ignores",
        readable,
        quick=True,
    ),
    Check("deleted", "what git has of conf/, annotations/ and src/ is here", deleted, quick=True),
    Check("untracked", "git has what stages and conf/ read", untracked),
]
