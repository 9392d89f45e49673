"""Back to the last commit's results, without touching what people write."""

from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.clone import LOCK, Clone

RESULTS = (LOCK, "params.yaml", "reports")


def back(clone: Clone, attic: Attic) -> list[str]:
    """Bring dvc.lock, params.yaml and reports/ back from HEAD, in the index too; the paths that were others.

    Each of them that lies here otherwise is kept in the attic first, and one that git does not know is moved there.
    """
    changed = [change for change in clone.changes if change.path.startswith((LOCK, "params.yaml", "reports/"))]
    for change in changed:
        path = clone.root / change.path
        if change.index == "?" or clone.committed(change.path) is None:
            _put_away(path, attic)
        else:
            attic.copy(path)
    known = [name for name in RESULTS if clone.git("ls-tree", "HEAD", "--", name)]
    clone.git("restore", "--source=HEAD", "--staged", "--worktree", "--", *known)
    return [change.path for change in changed]


def _put_away(path: Path, attic: Attic) -> None:
    if path.exists():
        attic.move(path)
