"""The statement of a stage: the parameters and files that it used, and the files that it made."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from assay.errors import AssayError
from assay.files import folder_md5, read_json, write_text

FOLDER = Path("data/lineage")
MEND = "assay doctor --mend"


@dataclass(frozen=True)
class Statement:
    """What one run of a stage used and made.

    `params`: the value of each key that dvc.yaml lists for the stage. `deps`: the MD5 of each dependency by path, as
    DVC computes it. `outs`: the MD5 of each written file by path.
    """

    stage: str
    params: dict[str, Any]
    deps: dict[str, str]
    outs: dict[str, str]

    def made(self, path: str) -> str | None:
        """The MD5 of a file or folder that the stage made, as dvc.lock has it; None if the stage did not make it."""
        if path in self.outs:
            return self.outs[path]
        inside = {name: md5 for name, md5 in self.outs.items() if PurePosixPath(name).is_relative_to(path)}
        if not inside:
            return None
        return folder_md5({PurePosixPath(name).relative_to(path).as_posix(): md5 for name, md5 in inside.items()})


def location(stage: str) -> Path:
    """The file of a stage's statement."""
    return FOLDER / f"{stage}.json"


def write(statement: Statement) -> None:
    """Write a statement with a checksum of its own: other files are checked against it."""
    content = {**asdict(statement), "md5": _checksum(asdict(statement))}
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    write_text(location(statement.stage), text + "\n")


def read(stage: str) -> Statement | None:
    """The statement of a stage; None if there is none. AssayError if the file is damaged."""
    path = location(stage)
    return parse(read_json(path), str(path)) if path.exists() else None


def parse(content: object, where: str) -> Statement:
    """A statement from plain data; AssayError if it has another form or its checksum is wrong."""
    try:
        parts = dict(content)  # type: ignore[call-overload]
        checksum, statement = parts.pop("md5"), Statement(**parts)
    except (KeyError, TypeError, ValueError) as error:
        raise AssayError(f"not the statement of a stage: {error}", where=where, todo=MEND) from error
    if checksum != _checksum(parts):
        raise AssayError("the statement of the stage is damaged", where=where, todo=MEND)
    return statement


def chosen(plain: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The values of dotted keys of a configuration. A missing key is left out, as in DVC."""
    found = {}
    for key in keys:
        value: Any = plain
        for part in key.split("."):
            value = value.get(part, ...) if isinstance(value, Mapping) else ...
        if value is not ...:
            found[key] = value
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two values of a configuration are written the same: 1 differs from 1.0 and from true."""
    return _written(one) == _written(other)


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.md5(_written(content).encode()).hexdigest()
