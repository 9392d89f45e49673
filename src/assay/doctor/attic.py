"""Keeps what a mend replaces."""

import shutil
from datetime import datetime
from pathlib import Path

FOLDER = Path(".assay/doctor")


class Attic:
    """The folder of one examination. It is made when needed, and has the same paths as the clone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._name = f"{datetime.now():%Y-%m-%d-%H%M%S}"
        self._folder: Path | None = None
        self.kept: list[str] = []

    def move(self, path: Path) -> None:
        """Take a file or folder away and keep it."""
        shutil.move(path, self._place(path))

    def copy(self, path: Path) -> None:
        """Keep a copy of a file, if there is one."""
        if path.exists():
            shutil.copy2(path, self._place(path))

    def write(self, path: Path, content: bytes) -> None:
        """Keep a content that is in no file, under the name of a file."""
        self._place(path).write_bytes(content)

    def _place(self, path: Path) -> Path:
        path = path if path.is_absolute() else self._root / path
        inside = path.relative_to(self._root) if path.is_relative_to(self._root) else Path("elsewhere", *path.parts[1:])
        place = _free(self._own() / inside)
        place.parent.mkdir(parents=True, exist_ok=True)
        self.kept.append(place.relative_to(self._root).as_posix())
        return place

    def _own(self) -> Path:
        if self._folder is None:
            self._folder = _free(self._root / FOLDER / self._name)
            self._folder.mkdir(parents=True)
        return self._folder


def away(path: Path, attic: Attic) -> None:
    """The mend that takes a file or folder away and keeps it."""
    attic.move(path)


def _free(path: Path) -> Path:
    """The path, or the first of path.2, path.3, ... that does not exist."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free
