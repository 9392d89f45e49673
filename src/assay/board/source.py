"""Where the rows of the table come from, and whether they are still those: read again only if something has changed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread

from assay.board.views import Listing
from assay.dvc_internals.experiments import EXPS
from assay.dvc_internals.locks import RWLOCK
from assay.git import raw
from assay.lineage.graph import LOCK, PARAMS
from assay.overview import columns, local
from assay.overview.intervals import KEPT, with_intervals
from assay.overview.overview import overview
from assay.overview.rows import RUNNING, Row
from assay.paths import REPORTS
from assay.sweep.folder import FOLDER
from assay.sweep.log import DONE

WATCHED = (Path(PARAMS), Path(LOCK), RWLOCK, KEPT)
FIRST_PART = 20  # rows
FOLDERS = ((EXPS, "**/*"), (FOLDER, "*"), (REPORTS, "*.json"))


@dataclass
class Repository:
    """The rows of the repository here. Several threads may ask at once: one reads, the others get what it found.

    Intervals take 50 ms a row the first time, so that the rows come without them and a thread computes them: then the
    rows are other ones. As often as there are, so that few pages are made anew, twice as many as the time before.
    """

    _reading: Lock = field(default_factory=Lock)
    _computing: Lock = field(default_factory=Lock)
    _seen: str = ""
    _listing: Listing = field(default_factory=lambda: Listing([]))
    _tried: set[str] = field(default_factory=set)
    _closed: bool = False

    def listing(self) -> Listing:
        """All rows as they are now."""
        with self._reading:
            seen = self.fingerprint()
            if seen != self._seen:
                self._listing = Listing(with_intervals(overview(), columns.figures(), compute=False))
                self._seen = self.fingerprint() if self._runs else seen
                if self._lacking():
                    Thread(target=self._compute, daemon=True).start()
            return self._listing

    def close(self) -> None:
        """Compute no more intervals; returns when the last part is done."""
        self._closed = True
        with self._computing:
            pass

    def _lacking(self) -> list[Row]:
        """The rows whose interval is not known, and that were not tried yet: the cache may not have what it takes."""
        rows = (row for row in self._listing.rows if row.state == DONE and row.figures.values and row.sha)
        return [row for row in rows if not row.figures.intervals and row.sha not in self._tried]

    def _compute(self) -> None:
        """Compute the intervals of all rows, in parts of growing size; returns at once if another thread does it."""
        if not self._computing.acquire(blocking=False):
            return
        try:
            size = FIRST_PART
            while not self._closed and (part := self._lacking()[:size]):
                with_intervals(part, columns.figures())
                self._tried.update(row.sha for row in part)
                size *= 2
        finally:
            self._computing.release()

    def fingerprint(self) -> str:
        """Another text as soon as a row may be another one, by what git's references and the notes' times say.

        A run that is killed leaves its notes as they are: while there are running ones, their processes are asked.
        """
        found = hashlib.sha256(raw(Path(), "for-each-ref", "--format=%(refname) %(objectname)"))
        found.update(raw(Path(), "rev-parse", "--revs-only", "HEAD"))
        for line in _stamps():
            found.update(line.encode())
        if self._runs:
            found.update(repr([(row.base, row.name, row.state) for row in local.runs(())]).encode())
            found.update(local.workspace("").state.encode())
        return found.hexdigest()

    @property
    def _runs(self) -> bool:
        return any(row.state == RUNNING for row in self._listing.rows)


def _stamps() -> Iterator[str]:
    """Name, size and time of every file that a row is read from and git does not have."""
    listed = [path for folder, pattern in FOLDERS for path in sorted(folder.glob(pattern))]
    for path in (*WATCHED, *listed):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue  # it was moved meanwhile: then another one is new
        yield f"{path} {found.st_size} {found.st_mtime_ns}\n"
