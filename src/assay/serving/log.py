"""The log of predictions: what monitoring reads, on disk before an answer leaves.

A folder of JSON Lines. Each process and each model writes files of its own, so that several can write at once; a line
is only ever added. The first line of a file names the model and the features, in order; each other line is a record:

- `at`: when (UTC); `id`: the record id; `score`, `alert`; `x`: the features;
- `not_scored`: in place of a score, the kind of the reason, and the broken rules; `changed`: rules that set a value
  missing; `shadow`: the score of the challenger.

Personal columns are never read, and so are in no log. A killed process may leave half a last line, of an answer that
was never given; `read` passes over it.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import to_json

from assay.errors import AssayError
from assay.scoring.scorer import CONTRACT

if TYPE_CHECKING:
    from assay.serving.model import Model, Result

FORMAT = 1
LARGEST = 64 << 20  # bytes of a file; then the next one begins
SUFFIX = ".jsonl"


class PredictionLog:
    """Appends to files of its own in a folder; AssayError if they cannot be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file: int | None = None
        self.size, self.begun = 0, ("", "")

    def write(self, model: "Model", result: "Result", shadow: Mapping[int, float] | None = None) -> None:
        """Add the records of a result. When this returns, the system has them: a kill of this process loses none."""
        now = datetime.now(UTC)
        self._open(model, now)
        lines = entries(result, now.isoformat(timespec="milliseconds"), shadow or {})
        self._append(b"".join(to_json(one, inf_nan_mode="null") + b"\n" for one in lines))

    def fault(self) -> str | None:
        """Why nothing could be written now; None if it could."""
        nearest = next(one for one in (self.folder, *self.folder.absolute().parents) if one.exists())
        return None if os.access(nearest, os.W_OK | os.X_OK) else "the prediction log cannot be written"

    def close(self) -> None:
        """Close the file in use."""
        if self.file is not None:
            os.close(self.file)
        self.file = None

    def _open(self, model: "Model", now: datetime) -> None:
        """Begin a new file each day, for each model, and when one is large."""
        begun = (f"{now:%Y-%m-%d}", model.bundle.hash)
        if self.file is not None and self.begun == begun and self.size < LARGEST:
            return
        self.close()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{now:%Y-%m-%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        self.size, self.begun = 0, begun
        about = {"format": FORMAT, "model": model.name, "features": list(model.bundle.columns)}
        self._append(to_json(about) + b"\n")

    def _append(self, lines: bytes) -> None:
        assert self.file is not None
        written = 0
        try:
            while written < len(lines):
                written += os.write(self.file, lines[written:])
        except OSError as error:
            os.ftruncate(self.file, self.size)  # no half line before the next one
            raise unwritable(self.folder, error) from error
        self.size += written


def unwritable(folder: Path, error: OSError) -> AssayError:
    return AssayError(
        f"the prediction log cannot be written: {error.strerror}",
        where=str(folder),
        todo="make room or give another folder: --log FOLDER; or --no-log",
    )


def entries(result: "Result", at: str, shadow: Mapping[int, float]) -> Iterator[dict[str, Any]]:
    """A line for each answer, in their order."""
    features = features_of(result)
    for place, answer in enumerate(result.answers):
        line: dict[str, Any] = {"at": at, "id": answer["record_id"]}
        if (why := answer["not_scored"]) is not None:
            rules = [one["rule"] for one in why["violations"]] if why["kind"] == CONTRACT else [why["why"]]
            yield line | {"not_scored": {"kind": why["kind"], "rules": rules}}
            continue
        line |= {"score": answer["score"], "alert": answer["alert"], "x": features[place]}
        line |= {"changed": [one["rule"] for one in answer["changed"]]} if answer["changed"] else {}
        yield line | ({"shadow": shadow[place]} if place in shadow else {})


def features_of(result: "Result") -> dict[int, Sequence[Any]]:
    """The features of the records that have a score, by position."""
    if result.scored is None:
        return {}
    columns = [plain(values) for values in result.scored.features.values()]
    places = [result.places[place] for place in result.scored.places.tolist()]
    return dict(zip(places, zip(*columns, strict=True), strict=True))


def plain(values: Any) -> list[Any]:
    """A column as JSON has it; a missing value is None."""
    found = np.asarray(values, "object").tolist()
    return [None if one != one else one for one in found]


def read(folder: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each record of a log with the head of its file; a last line that is not whole is passed over."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        head: dict[str, Any] | None = None
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                content = json.loads(line)
                if head is None:
                    head = content
                else:
                    yield head, content
