"""The sources of known results: commits, and the workspace after an interrupted run."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from assay.files import folder_md5, md5, yaml_mapping
from assay.git import content, git, raw
from assay.lineage.graph import LOCK

COMMITS = 50  # how many commits that changed dvc.lock are searched, the newest first


class KnownResults(Protocol):
    """A run of the line: what dvc.lock says of each stage, and the outputs that git keeps."""

    @property
    def lock(self) -> dict[str, Any]:
        """The content of dvc.lock; empty where there is none that can be read."""

    def md5(self, path: str) -> str:
        """The hash, as in dvc.lock, of an output that git keeps; "" if there is none."""

    def place(self, path: str) -> None:
        """Put that output into the workspace and the index."""


@dataclass(frozen=True)
class Committed:
    """A run as a commit records it."""

    root: Path
    sha: str

    @cached_property
    def lock(self) -> dict[str, Any]:
        """dvc.lock; empty where the commit has none that can be read."""
        return parsed(content(self.root, self.sha, LOCK) or b"")

    def md5(self, path: str) -> str:
        listed = raw(self.root, "ls-tree", "-r", "-z", "--name-only", self.sha, "--", path).decode().split("\0")
        files = {name.removeprefix(f"{path}/"): self._file_md5(name) for name in filter(None, listed)}
        return files[path] if list(files) == [path] else folder_md5(files) if files else ""

    def _file_md5(self, path: str) -> str:
        return hashlib.md5(content(self.root, self.sha, path) or b"").hexdigest()

    def place(self, path: str) -> None:
        git(self.root, "restore", f"--source={self.sha}", "--staged", "--worktree", "--", path)


@dataclass(frozen=True)
class Left:
    """The workspace. An interrupted run may have finished some stages there."""

    root: Path

    @cached_property
    def lock(self) -> dict[str, Any]:
        path = self.root / LOCK
        return parsed(path.read_bytes()) if path.exists() else {}

    def md5(self, path: str) -> str:
        return md5(self.root / path) if (self.root / path).exists() else ""

    def place(self, path: str) -> None:
        """Nothing to do: it is there."""


def of(root: Path, commits: Sequence[str]) -> list[KnownResults]:
    """The runs of the commits, then those of their history, the newest first, then the workspace."""
    history = git(root, "log", f"--max-count={COMMITS}", "--format=%H", *commits, "--", LOCK).split()
    return [*(Committed(root, sha) for sha in dict.fromkeys([*commits, *history])), Left(root)]


def parsed(text: bytes) -> dict[str, Any]:
    """A dvc.lock; empty if it cannot be read, as with marks of a merge or cut short."""
    lock = mapping(text)
    stages = lock.get("stages")
    return lock if isinstance(stages, dict) and all(isinstance(one, dict) for one in stages.values()) else {}


def yaml_of(root: Path, commit: str, path: str) -> dict[str, Any]:
    """A YAML file of a commit; empty if it is missing or cannot be read."""
    return mapping(content(root, commit, path) or b"")


def mapping(text: bytes) -> dict[str, Any]:
    """A YAML mapping, read as DVC reads it; empty if the text is none."""
    try:
        return yaml_mapping(text)
    except ValueError:
        return {}
