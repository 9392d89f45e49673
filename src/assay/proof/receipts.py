"""Who vouches for a receipt of `assay verify`, and is it of the revision that it names?"""

import json
import re
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.git import git
from assay.lineage.graph import LOCK
from assay.proof.verify import recorded_outputs
from assay.registry import signing

SHA = re.compile(r"[0-9a-f]{40,64}")


def vouched(root: Path, path: Path) -> str:
    """Who signed a receipt, when and of what, in words.

    AssayError if nobody who is allowed to has signed it, it was changed, its run gave other bytes, or the dvc.lock of
    its revision has other hashes.
    """
    signer, content = signing.signed_content(root, path)
    revision, receipt = _of_revision(root, path, content)
    if receipt.get("identical") is not True or any(one["found"] != one["recorded"] for one in receipt["outputs"]):
        what = f"{signer} vouches that a fresh run of {revision[:10]} gave other bytes than its dvc.lock"
        raise AssayError(what, where=str(path), todo=f"assay verify {revision[:10]} says which")
    same = len(receipt["outputs"])
    return f"{signer} vouches: {revision[:10]}, run afresh {receipt.get('time')}, {same} of {same} outputs identical"


def _of_revision(root: Path, path: Path, content: bytes) -> tuple[str, dict[str, Any]]:
    """The commit that a receipt names, and the receipt; AssayError unless dvc.lock has the hashes that it names."""
    try:
        receipt = json.loads(content)
        revision, outputs = str(receipt["revision"]), receipt["outputs"]
        said = sorted((one["stage"], one["path"], one["recorded"]) for one in outputs if isinstance(one["found"], str))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise AssayError("not a receipt of assay verify", where=str(path), todo="assay verify --sign") from error
    if not SHA.fullmatch(revision):
        raise AssayError("the receipt names no commit", where=str(path), todo="assay verify --sign")
    if said != sorted(recorded_outputs(git(root, "show", f"{revision}:{LOCK}"))):
        what = f"the receipt is not of {revision[:10]}: that commit's dvc.lock has other outputs"
        raise AssayError(what, where=str(path), todo="assay verify --sign")
    return revision, receipt
