"""Git as DVC has it (dulwich), for forks of the warm process.

DVC reads all of the index for each output of a stage, and for each experiment writes every file of it as an object.
"""

from pathlib import Path
from typing import Any


def keep_index() -> None:
    """Have a command read the index once, as long as it is the same file."""
    from dulwich.repo import Repo

    read, kept = Repo.open_index, dict[tuple[Any, ...], Any]()

    def open_once(self: Any, config: Any = None) -> Any:
        file = Path(self.index_path())
        if not file.exists():
            return read(self, config)
        found = file.stat()
        key = (file, found.st_ino, found.st_mtime_ns, found.st_size)
        if key not in kept:
            kept[key] = read(self, config)
        return kept[key]

    Repo.open_index = open_once


def store_once() -> None:
    """Have DVC write no object that a pack has, as git itself does: those of a copy are packed."""
    from dulwich.object_store import DiskObjectStore

    write = DiskObjectStore.add_object

    def add_object(self: Any, obj: Any) -> None:
        if not self.contains_packed(obj.id):
            write(self, obj)

    DiskObjectStore.add_object = add_object
