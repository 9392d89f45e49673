"""The statement of a stage: the parameters and files that it used, and the files that it wrote."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import reduce
from pathlib import Path, PurePosixPath
from typing import Any

from assay.errors import AssayError
from assay.files import folder_md5, read_json, write_text
from assay.lineage.links import hash_in_lock

FOLDER = Path("data/lineage")
MEND = "assay doctor --mend"


@dataclass(frozen=True)
class Statement:
    """The inputs and outputs of one run of a stage.

    `params`: the value of each key that dvc.yaml lists for the stage. `deps`: the MD5 of each dependency by path, as
    DVC computes it; of the code behind links, that of each file. `outs`: the MD5 of each written file by path.
    """

    stage: str
    params: dict[str, Any]
    deps: dict[str, str]
    outs: dict[str, str]

    def used(self, path: str) -> str | None:
        """The MD5 of a dependency as dvc.lock has it; None if the stage states none."""
        return self.deps.get(path) or hash_in_lock(path, self.deps)

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
    """Write the statement to its file, with a checksum of its own, because other files are checked against it."""
    content = _plain(asdict(statement))
    content["md5"] = _checksum(content)
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
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


def chosen(plain: Mapping[str, Any], keys: Iterable[str] | None) -> dict[str, Any]:
    """The values of dotted keys of a configuration (None: of all); a key that is not there is left out, as DVC does."""
    if keys is None:
        return dict(plain)
    values = {key: reduce(_within, key.split("."), plain) for key in keys}
    return {key: value for key, value in values.items() if value is not ...}


def _within(value: Any, part: str) -> Any:
    """The value at a part of a key, a name or the number of an item (`0` or `[0]`); `...` if there is none."""
    if isinstance(value, Mapping):
        return value.get(part, ...)
    number = part.strip("[]")
    return value[int(number)] if isinstance(value, list) and number.isdecimal() and int(number) < len(value) else ...


def same(one: Any, other: Any) -> bool:
    """Whether two values of a configuration are written the same: 1 differs from 1.0 and from true."""
    return _written(one) == _written(other)


def _written(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    """The value as it is read back from JSON, where every key is a text, so that 10 sorts before 2."""
    return json.loads(json.dumps(value, default=str))


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.md5(_written(content).encode()).hexdigest()
