"""MD5 of many files at once: hashlib lets threads run while it hashes."""

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from assay.files import md5

Identity = tuple[str, int, int, int]
UNREADABLE = "unreadable"


class Hashes:
    """Reads each file once in an examination, and again if it changed."""

    def __init__(self) -> None:
        self._known: dict[Identity, str] = {}

    def of(self, paths: Iterable[Path]) -> dict[Path, str]:
        """The MD5 of each file that exists; `UNREADABLE` if it cannot be read."""
        identities = {path: _identity(path) for path in dict.fromkeys(paths) if path.is_file()}
        new = [path for path, identity in identities.items() if identity not in self._known]
        for path, found in zip(new, _read(new), strict=True):
            self._known[identities[path]] = found
        return {path: self._known[identity] for path, identity in identities.items()}

    def __len__(self) -> int:
        return len(self._known)


def _identity(path: Path) -> Identity:
    """Changes with every mend, because a mend always makes a new file."""
    stat = path.stat()
    return str(path), stat.st_ino, stat.st_mtime_ns, stat.st_size


def _read(paths: list[Path]) -> list[str]:
    with _bar(len(paths)) as bar, ThreadPoolExecutor(os.cpu_count()) as pool:

        def read(path: Path) -> str:
            try:
                found = md5(path)
            except OSError:
                found = UNREADABLE
            if bar:
                bar.update()
            return found

        return list(pool.map(read, paths))


def _bar(total: int):  # type: ignore[no-untyped-def]
    """A progress bar, imported only where somebody can see it."""
    if not sys.stderr.isatty():
        return nullcontext()
    from assay.progress import progress

    return progress(total, "hashing")
