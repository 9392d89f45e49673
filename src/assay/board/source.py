"""Where the rows of the table come from, and whether they are still those: read again only if something has changed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from assay.board.views import Listing
from assay.dvc_internals.experiments import EXPS
from assay.dvc_internals.locks import RWLOCK
from assay.git import raw
from assay.lineage.graph import LOCK, PARAMS
from assay.overview import local
from assay.overview.overview import overview
from assay.overview.rows import RUNNING
from assay.paths import REPORTS
from assay.sweep.folder import FOLDER

WATCHED = (Path(PARAMS), Path(LOCK), RWLOCK)
FOLDERS = ((EXPS, "**/*"), (FOLDER, "*"), (REPORTS, "*.json"))


@dataclass
class Repository:
    """The rows of the repository here. Several threads may ask at once: one reads, the others get what it found."""

    _reading: Lock = field(default_factory=Lock)
    _seen: str = ""
    _listing: Listing = field(default_factory=lambda: Listing([]))

    def listing(self) -> Listing:
        """All rows as they are now."""
        with self._reading:
            seen = self.fingerprint()
            if seen != self._seen:
                self._listing = Listing(overview())
                self._seen = self.fingerprint() if self._runs else seen
            return self._listing

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
