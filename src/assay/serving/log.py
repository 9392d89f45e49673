"""The log of predictions: what monitoring reads, with the system before an answer leaves.

A folder of JSON Lines. Each process writes files of its own, so that several can write at once; a line is only ever
added. The first line of a file names the model, its challenger and the features, in order; each other line is a record:

- `at`: when (UTC); `id`: the record id, if it is one by the contract; `score`, `alert`; `x`: the features;
- `not_scored`: in place of a score, the kind of the reason, and the broken rules; `changed`: rules that set a value
  missing; `shadow`: the score of the challenger.

Personal columns are never read, and so are in no log. A killed process may leave half a last line, of an answer that
was never given; `read` passes over it.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import to_json

from assay.errors import AssayError, warn
from assay.scoring.scorer import CONTRACT

if TYPE_CHECKING:
    from assay.serving.model import Model, Result

FORMAT = 1
LARGEST = 64 << 20  # bytes of a file; then the next one begins
SUFFIX = ".jsonl"
ROOM = b" " * 65_536  # what must fit for the log to count as writable again


class UnwritableError(AssayError):
    """The log cannot be written, so no record may be answered."""


class PredictionLog:
    """Appends to files of its own in a folder, from one thread.

    If it cannot write, it says so once on the terminal, and once when it can again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file: int | None = None
        self.size = 0
        self.head: dict[str, Any] = {}  # of the file in use, and the day on which it was begun
        self.day = ""
        self.fault: UnwritableError | None = None  # why the last lines could not be written

    def write(
        self,
        model: "Model",
        result: "Result",
        shadow: Mapping[int, float] | None = None,
        challenger: "Model | None" = None,
    ) -> None:
        """Add the records of a result: all, or none and an UnwritableError.

        When this returns, the system has them: a kill of this process loses none, a loss of power may.
        """
        now = datetime.now(UTC)
        head = heading(model, challenger)
        at = now.isoformat(timespec="milliseconds")
        lines = entries(result, at, shadow or {}, model.bundle.dataset.key)
        try:
            begins = self._open(head, now)
            self._append(b"".join(map(json_line, [*([head] if begins else []), *lines])))
        except OSError as error:
            raise self._failed(error) from error
        self._works()

    def require_room(self) -> None:
        """UnwritableError if lines could not be written now, tried with a file that is removed again."""
        trial = self.folder / f".{os.getpid()}-{secrets.token_hex(4)}.trial"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            trial.write_bytes(ROOM)
        except OSError as error:
            raise self._failed(error) from error
        finally:
            with suppress(OSError):
                trial.unlink(missing_ok=True)
        self._works()

    def close(self) -> None:
        """Close the file in use."""
        if self.file is not None:
            os.close(self.file)
        self.file = None

    def _open(self, head: dict[str, Any], now: datetime) -> bool:
        """Begin a new file each day, for each model, and when one is large. Whether its head is still to be written."""
        day = f"{now:%Y-%m-%d}"
        if self.file is None or (self.head, self.day) != (head, day) or self.size >= LARGEST or self._touched():
            self.close()
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{now:%Y-%m-%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            self.size, self.head, self.day = 0, head, day
        return not self.size

    def _touched(self) -> bool:
        """Whether somebody deleted, emptied or changed the file in use."""
        assert self.file is not None
        found = os.fstat(self.file)
        return found.st_nlink == 0 or found.st_size != self.size

    def _append(self, lines: bytes) -> None:
        assert self.file is not None
        written = 0
        try:
            while written < len(lines):
                written += os.write(self.file, lines[written:])
        except OSError:
            os.ftruncate(self.file, self.size)  # no half line before the next one
            raise
        self.size += written

    def _failed(self, error: OSError) -> UnwritableError:
        known, self.fault = self.fault, unwritable(self.folder, error)
        if known is None:
            warn(f"no record is answered: {self.fault}")
        return self.fault

    def _works(self) -> None:
        if self.fault:
            warn("the prediction log is written again")
        self.fault = None


def unwritable(folder: Path, error: OSError) -> UnwritableError:
    return UnwritableError(
        f"the prediction log cannot be written: {error.strerror}",
        where=str(folder),
        todo="make room or give another folder: --log FOLDER; or --no-log",
    )


def heading(model: "Model", challenger: "Model | None") -> dict[str, Any]:
    """The first line of a file."""
    shadow = {"shadow": challenger.name} if challenger else {}
    return {"format": FORMAT, "model": model.name, **shadow, "features": list(model.bundle.columns)}


def json_line(content: Mapping[str, Any]) -> bytes:
    """One line; NaN as null."""
    return to_json(content, inf_nan_mode="null") + b"\n"


def entries(result: "Result", at: str, shadow: Mapping[int, float], key: str | None = None) -> Iterator[dict[str, Any]]:
    """A line for each answer, in their order. An id that breaks the contract of its column, `key`, is left out."""
    features = features_of(result)
    for place, answer in enumerate(result.answers):
        line: dict[str, Any] = {"at": at, "id": answer["record_id"]}
        if (why := answer["not_scored"]) is not None:
            if any(key in one["fields"] for one in why["violations"]):
                line["id"] = None
            yield line | {"not_scored": {"kind": why["kind"], "rules": rules(why)}}
            continue
        line |= {"score": answer["score"], "alert": answer["alert"], "x": features[place]}
        line |= {"changed": [one["rule"] for one in answer["changed"]]} if answer["changed"] else {}
        yield line | ({"shadow": shadow[place]} if place in shadow else {})


def rules(why: Mapping[str, Any]) -> list[str]:
    """The rules that a record without a score breaks, or the reason that the contract gives."""
    if why["kind"] == CONTRACT:
        return [one["rule"] for one in why["violations"]]
    return [why["why"].removeprefix(f"{why['kind']}: ")]


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
