"""Git's index for forks of the warm process.

DVC reads all of it for each output of a stage; here a command reads it once, as long as it is the same file.
"""

from pathlib import Path
from typing import Any


def keep_index() -> None:
    """Have DVC get the index that it has read already, unless the file is another one."""
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
