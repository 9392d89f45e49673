"""The evidence for the gate: a commit and its files, the champion, the measured cost. Nothing is checked out or run."""

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.config.load import typed
from assay.config.schema import Config
from assay.dvc_internals.revisions import files_at, recorded_md5
from assay.errors import AssayError
from assay.experiments.revisions import Recorded, Revision
from assay.files import read_json
from assay.git import git, raw
from assay.lineage.graph import PARAMS
from assay.paths import REPORTS
from assay.registry.version import Version

LINK = "120000"  # git's mode of a symbolic link
HEAD = 200  # bytes: more than the line before each content has
BUDGET = REPORTS / "budget.json"  # not in git: what a machine measured, `assay budget`


@dataclass(frozen=True)
class CommitFiles:
    """The files of a commit: those in git as git has them, those of DVC by hash."""

    root: Path
    recorded_files: Recorded

    def in_git(self, path: str) -> dict[str, bytes]:
        """The content of a file by "", or of each file in a folder by its name there; empty if git has none."""
        inside = f"{path}/"
        return {name[len(inside) :]: held for name, held in self._held.items() if f"{name}/".startswith(inside)}

    def read_bytes(self, path: str) -> bytes:
        """A file, from git or by hash from DVC; AssayError if it cannot be read."""
        return self._held[path] if path in self._held else self.recorded_files.read_bytes(path)

    def parts(self, path: str) -> list[str]:
        """The files of a table in order."""
        return self.recorded_files.parts(path)

    def recorded(self, path: str) -> str | None:
        """The MD5 by which DVC keeps a file or folder; None if it does not keep it."""
        try:
            return recorded_md5(self.recorded_files.tree, self.recorded_files.sha, path)
        except FileNotFoundError:
            return None

    @cached_property
    def _held(self) -> dict[str, bytes]:
        """The files in git, by path, with the content behind links: read at once, because a call of git takes long."""
        listed = raw(self.root, "ls-tree", "-r", "-z", "--full-tree", self.recorded_files.sha).decode(errors="replace")
        entries = (line.split("\t", 1) for line in listed.split("\0") if line)
        blobs = {name: said.split() for said, name in entries if said.split()[1] == "blob"}
        held = dict(zip(blobs, contents(self.root, [sha for _, _, sha in blobs.values()]), strict=True))
        return held | {name: _behind(name, held) for name, (mode, _, _) in blobs.items() if mode == LINK}


def _behind(link: str, held: Mapping[str, bytes]) -> bytes:
    """The content of the file to which a link leads; of one that leads out of git, what git has, its target."""
    target = posixpath.join(posixpath.dirname(link), held[link].decode(errors="replace"))
    return held.get(posixpath.normpath(target), held[link])


def contents(root: Path, blobs: Sequence[str]) -> Iterator[bytes]:
    """The contents of git's blobs, by one call (git-cat-file(1), BATCH OUTPUT)."""
    answer = memoryview(raw(root, "cat-file", "--batch", stdin="\n".join(blobs).encode()))
    start = 0
    for _ in blobs:
        head = bytes(answer[start : start + HEAD]).partition(b"\n")[0]
        begin = start + len(head) + 1
        end = begin + int(head.split()[2])
        yield bytes(answer[begin:end])
        start = end + 1


@dataclass(frozen=True)
class Candidate:
    """A commit that may be promoted.

    model: the MD5 of its model. champion: what is in the stage now. as_of: the day on which it is judged, which the
    user stated; None for the configured one.
    """

    root: Path
    name: str
    commit: str
    model: str
    champion: Version | None
    as_of: date | None = None

    @cached_property
    def files(self) -> CommitFiles:
        """The files of the commit."""
        return CommitFiles(self.root, Recorded(self.name, self.commit, files_at(self.commit)))

    @cached_property
    def revision(self) -> Revision:
        """The commit as a side of a comparison."""
        return Revision(self.name, self.commit, self.files)

    @cached_property
    def config(self) -> Config:
        """The configuration in its params.yaml; AssayError if it is none."""
        return typed(self.params)

    @cached_property
    def params(self) -> dict[str, Any]:
        """The content of its params.yaml."""
        try:
            return self.revision.params
        except ValueError as error:
            raise AssayError(f"not YAML: {error}", where=PARAMS, todo="assay params, and commit it") from error

    def require_asked(self, part: str) -> None:
        """AssayError if its criteria do not have that part: they are older than it."""
        criteria = self.params.get("criteria")
        if not isinstance(criteria, dict) or part not in criteria:
            todo = "assay params; dvc repro; commit: the gate goes by the criteria of that commit"
            raise AssayError(f"its criteria say nothing of {part}", where=f"{PARAMS} of {self.commit[:10]}", todo=todo)

    def report(self, path: Path) -> Any:
        """A report of the commit; AssayError if it is missing or not JSON."""
        try:
            return json.loads(self.files.read_bytes(str(path)))
        except (ValueError, RecursionError) as error:
            todo = "dvc repro, and commit what comes out"
            raise AssayError(f"not JSON: {error}", where=f"{path} of {self.commit[:10]}", todo=todo) from error

    @cached_property
    def budget(self) -> dict[str, Any]:
        """The content of reports/budget.json in the workspace; AssayError unless its figures are of just this model."""
        path = self.root / BUDGET
        if not path.exists():
            raise AssayError("the cost was not measured", where=str(BUDGET), todo="run: assay budget")
        content = read_json(path)
        if not isinstance(content, dict) or not isinstance(content.get("figures"), dict):
            raise AssayError("it holds no figures", where=str(BUDGET), todo="run: assay budget")
        if content.get("model") != self.model:
            what = f"measured on another model: {str(content.get('model'))[:40]}, this one is {self.model}"
            raise AssayError(what, where=str(BUDGET), todo="run: assay budget, on this commit")
        return content


def promoted_commit(root: Path, commit: str, log: str) -> str:
    """The commit itself, or before commits that only write the log of decisions, the last one that does not."""
    while changed(root, commit) == [log]:
        commit = git(root, "rev-parse", f"{commit}^")
    return commit


def changed(root: Path, commit: str) -> list[str]:
    """The files that a commit with one parent changes; empty for any other commit."""
    if len(git(root, "rev-list", "--parents", "--max-count=1", commit).split()) != 2:
        return []
    return git(root, "diff-tree", "--no-commit-id", "--name-only", "-r", commit).splitlines()
