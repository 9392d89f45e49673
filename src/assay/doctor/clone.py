"""The clone under examination. What several checks need is read once."""

import configparser
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from assay.doctor.hashing import Hashes
from assay.doctor.lock import Lock, split
from assay.errors import AssayError
from assay.git import content, git
from assay.lineage.graph import DVC_YAML, LOCK, Node, nodes

MARKS = (DVC_YAML, ".dvc", ".git")
# What git has in progress, by its mark in git's folder, and the command that ends it with a run of its own.
UNFINISHED = {
    "rebase-merge": ("rebase", "assay rebase --continue"),
    "rebase-apply": ("rebase", "assay rebase --continue"),
    "MERGE_HEAD": ("merge", "assay settle"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "assay settle"),
    "REVERT_HEAD": ("revert", "assay settle"),
}


@dataclass(frozen=True)
class Edit:
    """A line of `git status`: `index` against HEAD and `tree` against the index, each a letter or a space."""

    index: str
    tree: str
    path: str


@dataclass(frozen=True)
class Clone:
    """A clone at `root`. After a mend use `fresh()`, because files have changed."""

    root: Path
    hashes: Hashes = field(default_factory=Hashes)

    def fresh(self) -> "Clone":
        """The same clone, to be read again. Hashes are kept: they notice changed files by themselves."""
        return Clone(self.root, self.hashes)

    def name(self, path: Path) -> str:
        """How to call a file: from the root where it lies in the clone."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def git(self, *arguments: str) -> str:
        """The output of git; AssayError with its words if it fails."""
        return git(self.root, *arguments)

    @cached_property
    def git_folder(self) -> Path:
        """The folder in which git keeps the index of this work tree."""
        return self.root / self.git("rev-parse", "--git-dir")

    @property
    def unfinished(self) -> str:
        """The advice to end a merge or the like first; "" if none is in progress, or if git cannot be asked."""
        with suppress(AssayError):
            found = [words for mark, words in UNFINISHED.items() if (self.git_folder / mark).exists()]
            return f"{found[0][1]} (a {found[0][0]} is in progress: docs/teams.md)" if found else ""
        return ""

    def first(self, todo: str) -> str:
        """The advice for a generated file: end a merge or the like first, because that makes the file anew."""
        return f"{self.unfinished}; else {todo}" if self.unfinished else todo

    @cached_property
    def tracked(self) -> frozenset[str]:
        """Every path in git's index."""
        return frozenset(filter(None, self.git("ls-files", "-z").split("\0")))

    @cached_property
    def changes(self) -> list[Edit]:
        """The files that differ from HEAD or the index, and those that git neither tracks nor ignores."""
        said = self.git("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
        return [Edit(line[0], line[1], line[3:]) for line in said.split("\0") if line]

    def committed(self, path: str, revision: str = "HEAD") -> bytes | None:
        """The content of a file in a commit; None if there is no such file or commit."""
        return content(self.root, revision, path)

    def has(self, path: str) -> bool:
        """Whether the last commit has a file or folder; False if there is no commit."""
        with suppress(AssayError):
            return bool(self.git("--literal-pathspecs", "ls-tree", "HEAD", "--", path))
        return False

    def text(self, name: str) -> str:
        """A file as text; "" if it is missing."""
        path = self.root / name
        return path.read_bytes().decode(errors="replace") if path.exists() else ""

    @cached_property
    def stages(self) -> dict[str, Node]:
        """The stages of dvc.yaml, or of the commit's where that is missing or cannot be read; empty if none can."""
        for text in (self.text(DVC_YAML), (self.committed(DVC_YAML) or b"").decode(errors="replace")):
            with suppress(AssayError):
                if found := nodes(text):
                    return {node.name: node for node in found}
        return {}

    @cached_property
    def lock(self) -> Lock:
        """dvc.lock, entry by entry."""
        return split(self.text(LOCK))

    @cached_property
    def cache(self) -> Path:
        """DVC's local cache."""
        folder = self.dvc_option("cache", "dir")
        return (self.root / ".dvc" / folder).resolve() if folder else self.root / ".dvc/cache"

    def dvc_option(self, section: str, name: str) -> str | None:
        """A setting of DVC: from this clone's local configuration, its shared one, or the user's."""
        own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "dvc/config"
        for path in (self.root / ".dvc/config.local", self.root / ".dvc/config", own):
            with suppress(configparser.Error, UnicodeDecodeError):
                parser = configparser.ConfigParser(interpolation=None)
                parser.read(path, encoding="utf-8")
                if value := parser.get(section, name, fallback=None):
                    return value
        return None


def enter(start: Path) -> Clone:
    """Change to the root of the clone that holds a folder, dvc.yaml missing or not; AssayError if there is none."""
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in MARKS):
            os.chdir(folder)
            return Clone(folder)
    raise AssayError("no clone of the repo here or above", where=str(start), todo="change to your clone of the repo")


def environment() -> Path:
    """The folder that holds the programs of the running environment."""
    return Path(sys.executable).parent
