"""Back to the last commit's results, without touching what people write."""

from assay.doctor import contents, locks, pipeline
from assay.doctor.attic import Attic
from assay.doctor.clone import Clone
from assay.doctor.examine import examined
from assay.errors import AssayError
from assay.lineage.graph import LOCK, PARAMS

RESULTS = (LOCK, PARAMS, "reports")
CHECKS = [*pipeline.CHECKS, *contents.CHECKS]  # they bring back data and models by the restored dvc.lock


def back(clone: Clone, attic: Attic) -> list[str]:
    """Restore dvc.lock, params.yaml and reports/ from HEAD, in the index too; returns the paths that differed.

    Each of them that lies here otherwise is kept in the attic first, and one that git does not know is moved there.
    AssayError while somebody is at work in the clone, and where there is no commit.
    """
    for result in examined(clone, locks.CHECKS, attic):  # or git could refuse
        for finding in result.left:
            raise AssayError(finding.what, where=finding.where, todo=finding.todo)
    if not clone.git("rev-list", "--max-count=1", "--all"):
        todo = "git add --all && git commit; until then dvc repro makes results anew"
        raise AssayError("there is no commit to go back to", where=str(clone.root), todo=todo)
    changed = [change for change in clone.changes if change.path.startswith((LOCK, PARAMS, "reports/"))]
    for change in changed:
        if clone.committed(change.path) is not None:
            attic.copy(clone.root / change.path)
        elif (clone.root / change.path).exists():
            attic.move(clone.root / change.path)
    known = [name for name in RESULTS if clone.git("ls-tree", "HEAD", "--", name)]
    clone.git("restore", "--source=HEAD", "--staged", "--worktree", "--", *known)
    return [change.path for change in changed]
