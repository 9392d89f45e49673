"""The workspace as a side of a comparison: as it is now, if its results are of its parameters and files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.experiments.revisions import WORKSPACE, Disk, Revision
from assay.files import md5
from assay.lineage.graph import LOCK, PARAMS
from assay.overview import local
from assay.sweep.log import DONE, RUNNING
from assay.untrusted import mapping


@dataclass(frozen=True)
class Workspace:
    """The workspace in place of a commit, where revisions are named."""

    root: Path
    sha: str = WORKSPACE  # its name in addresses: it has no hash

    @property
    def params(self) -> dict[str, Any]:
        """params.yaml; empty if there is none that can be read."""
        try:
            return mapping((self.root / PARAMS).read_bytes())
        except (OSError, ValueError):
            return {}


def revision() -> Revision:
    """The workspace, which is the present folder; AssayError if what it holds is not of one run that has ended."""
    _seen()
    return Revision(WORKSPACE, "", Disk())


@contextmanager
def unchanged() -> Iterator[None]:
    """AssayError if another run has changed the workspace meanwhile."""
    before = _seen()
    yield
    if _seen() != before:
        raise AssayError("the workspace has changed while it was read", todo="load the page again")


def _seen() -> list[str]:
    """The hash of its results; AssayError if they are not of its parameters and files."""
    row = local.workspace("")
    if row.state != DONE:
        todo = "wait until it has ended" if row.state == RUNNING else "run: dvc repro"
        raise AssayError(f"it cannot be compared now: {row.state}, {row.note}", where=WORKSPACE, todo=todo)
    return [md5(path) for path in map(Path, (PARAMS, LOCK)) if path.exists()]
