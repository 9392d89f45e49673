"""Where the rows of the table come from, and whether they are still those: read again only if something has changed."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from assay.board import computing
from assay.board.computing import lacking
from assay.board.views import Listing
from assay.dvc_internals.experiments import QUEUE, RUNS, STANDALONE
from assay.dvc_internals.locks import LOCK as DVC_LOCK
from assay.dvc_internals.locks import RWLOCK
from assay.git import raw
from assay.lineage.graph import LOCK, PARAMS
from assay.overview import columns, local
from assay.overview.intervals import CACHE, with_intervals
from assay.overview.overview import overview
from assay.paths import REPORTS
from assay.sweep.folder import FOLDER
from assay.sweep.log import RUNNING

WATCHED = (Path(PARAMS), Path(LOCK), DVC_LOCK, RWLOCK, CACHE)
FOLDERS = (QUEUE, RUNS, STANDALONE, FOLDER, REPORTS)  # and not the copies of the workspace in which runs work


@dataclass
class Repository:
    """The rows of the repository here. Several threads may ask at once: one reads, the others get what it found.

    Intervals take 50 ms a row the first time, and more of many records. So rows come without those that are not kept,
    a process of its own computes them (`assay.board.computing`), and the rows are other ones then.
    """

    _reading: Lock = field(default_factory=Lock)
    _seen: str = ""
    _listing: Listing = field(default_factory=lambda: Listing([]))
    _tried: set[str] = field(default_factory=set)
    _computing: subprocess.Popen[bytes] | None = None

    def listing(self) -> Listing:
        """All rows as they are now."""
        with self._reading:
            seen = self.fingerprint()
            if seen != self._seen:
                self._listing = Listing(with_intervals(overview(), columns.figures(), compute=False))
                self._seen = seen  # of before: what changed while it was read is then read again
                self._compute({f"{row.sha} {row.figures.values}" for row in lacking(self._listing.rows)})
            return self._listing

    def close(self) -> None:
        """Compute no more intervals."""
        if self._computing:
            self._computing.terminate()
            self._computing.wait()

    def _compute(self, rows: set[str]) -> None:
        """Let their intervals be computed, unless that was tried: the cache may not have what it takes."""
        busy = self._computing is not None and self._computing.poll() is None
        if rows - self._tried and not busy:
            self._tried |= rows
            self._computing = subprocess.Popen([sys.executable, "-m", computing.__name__], stdin=subprocess.DEVNULL)

    def fingerprint(self) -> str:
        """Another text as soon as a row may be another one, by what git's references and the notes' times say.

        A run that is killed leaves its notes as they are: while there are running ones, their processes are asked.
        """
        found = hashlib.sha256(raw(Path(), "for-each-ref", "--format=%(refname) %(objectname)"))
        found.update(raw(Path(), "rev-parse", "--revs-only", "HEAD"))
        for line in _stamps():
            found.update(line.encode())
        if self._runs:
            found.update(repr([(row.base, row.name, row.state) for row in local.runs()]).encode())
            found.update(local.workspace("").state.encode())
        return found.hexdigest()

    @property
    def _runs(self) -> bool:
        return any(row.state == RUNNING for row in self._listing.rows)


def _stamps() -> Iterator[str]:
    """Name, size and time of every file that a row is read from and git does not have."""
    # os.walk passes over a folder that is removed meanwhile, where glob raises.
    listed = [Path(at, name) for folder in FOLDERS for at, _, names in os.walk(folder) for name in names]
    for path in (*WATCHED, *sorted(listed)):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue  # it was moved meanwhile: then another one is new
        yield f"{path} {found.st_size} {found.st_mtime_ns}\n"
