"""The run-cache, from which DVC restores the result of a stage without running it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.files import yaml_mapping

NOT_HASHED = ("size", "nfiles")


def run_cache(clone: Clone) -> Iterator[Fault]:
    """Entries that are not YAML, or whose name is not the hash of their content, and folders without an entry."""
    for folder in sorted((clone.cache / "runs").glob("??/*")):
        if folder.is_dir() and not any(folder.iterdir()):
            what, where = "an empty folder of the run-cache: DVC fails on it", str(folder.relative_to(clone.cache))
            yield Fault(what, where, "assay doctor --mend", partial(_remove, folder))
    for path in sorted((clone.cache / "runs").glob("??/*/*")):
        if not path.name.startswith(".") and not sound(path):
            what = "an entry of the run-cache is damaged"
            yield Fault(what, str(path.relative_to(clone.cache)), "assay doctor --mend", partial(put_away, path))


def sound(path: Path) -> bool:
    """Whether an entry is what its name says."""
    text = path.read_bytes().decode(errors="replace")
    try:
        return _hash(yaml_mapping(text)) == path.name
    except ValueError:
        return False


def _hash(content: Any) -> str:
    """The name that DVC gives to an entry (dvc.stage.cache)."""
    return hashlib.sha256(json.dumps(_hashed(content), sort_keys=True, default=str).encode()).hexdigest()


def _hashed(content: Any) -> Any:
    if isinstance(content, list):
        return [_hashed(item) for item in content]
    if isinstance(content, dict):
        return {key: _hashed(value) for key, value in content.items() if key not in NOT_HASHED}
    return content


def put_away(path: Path, attic: Attic) -> None:
    """Move an entry to the attic. If its folder is empty then, remove it, because DVC cannot read an empty one."""
    attic.move(path)
    with suppress(OSError):
        path.parent.rmdir()


def _remove(folder: Path, _: Attic) -> None:
    folder.rmdir()


CHECKS = [
    Check(
        "run-cache",
        "every entry of the run-cache is what its name says, and no folder there is empty",
        run_cache,
        "puts it away",
        quick=True,
    )
]
