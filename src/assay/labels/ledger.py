"""The ledger of label decisions: a CSV file in git with a line for each decision, to which lines are only added."""

import csv
import errno
import fcntl
import os
import re
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assay.config.dataset import code_pattern
from assay.errors import AssayError
from assay.files import read_text
from assay.labels.decision import (
    COLUMNS,
    HEADER,
    TIME,
    WITHDRAWN,
    Decision,
    as_line,
    faults,
    harmless,
    parsed,
    shown,
    standing,
)
from assay.machine import told
from assay.paths import ANNOTATIONS, DECISIONS, GUIDELINE

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

FAULTS_SHOWN = 20
READ, ADD = (os.O_RDONLY, fcntl.LOCK_SH), (os.O_RDWR | os.O_APPEND, fcntl.LOCK_EX)
TO_DO = (
    f"correct what is not committed yet; for the rest: assay labels decide RECORD {WITHDRAWN}; "
    "the next decision removes a line that was cut short"
)
ELSEWHERE = f"if these are records of another dataset, give that one {ANNOTATIONS}/NAME/{DECISIONS} of its own; or "


@dataclass(frozen=True)
class Ledger:
    """The ledger at `path`. `codes`: the pattern that a whole code must match; `records`: the ids of all records.

    If the table is not at hand, `records` is None, and decisions may be about any record.
    """

    path: Path
    codes: str
    records: Collection[str] | None = None

    def read(self) -> list[Decision]:
        """Every decision, in the order of the lines; AssayError with all faults, by line."""
        with self._locked(*READ) as file:
            content = _content(file)
        return self._decisions(content)

    def _decisions(self, content: bytes) -> list[Decision]:
        header, *lines = self._text(content).split("\n")
        self._refuse(_header_faults(header))
        if lines and not lines[-1]:
            lines.pop()
        decisions: dict[int, Decision] = {}
        found: dict[int, str] = {}
        for number, line in enumerate(lines, start=2):
            try:
                decisions[number] = parsed(line, self.codes)
            except ValueError as error:
                cut_short = number == len(lines) + 1 and not content.endswith(b"\n")
                found[number] = f"{'cut short: ' if cut_short else ''}{error}"
        unknown = self._unknown(decisions)
        found |= unknown
        self._refuse([f"line {number}: {found[number]}" for number in sorted(found)], ELSEWHERE if unknown else "")
        return list(decisions.values())

    def mentioned(self) -> set[str]:
        """The first cell of each line, whatever else is in it: the ids of the records that decisions are about."""
        with self._locked(*READ) as file:
            content = _content(file)
        return {row[0] for line in self._text(content).splitlines() for row in csv.reader([line]) if row}

    def on(self, record_id: str) -> list[Decision]:
        """The decisions on one record so far, in the order of the lines."""
        return [decision for decision in self.read() if decision.record_id == record_id]

    def guideline_version(self) -> str:
        """The version of the guideline beside the ledger; AssayError if it does not say."""
        path = self.path.with_name(GUIDELINE)
        found = re.search(r"^Version (\d+)$", read_text(path), re.M) if path.exists() else None
        if not found:
            raise AssayError("no guideline with a line 'Version N'", where=str(path), todo="write or restore it")
        return found[1]

    def append(self, decision: Decision, given: Callable[[list[Decision]], None] | None = None) -> Decision:
        """Add a decision with the present time; return it as written, once it is on disk.

        Safe for several processes at once. Makes the reason harmless. `given` is called with all decisions so far,
        while no other process can add one; if it raises, nothing is written. Raises AssayError and writes nothing if
        the decision is not valid or the disk is full.
        """
        stamped = replace(decision, reason=harmless(decision.reason), time=datetime.now(UTC).strftime(TIME))
        found = faults(stamped, self.codes)
        if self._is_unknown(stamped) and stamped.code != WITHDRAWN:
            found.append(f"record_id {shown(stamped.record_id)}: there is no such record")
        if found:
            raise AssayError("; ".join(found), where=str(self.path), todo="correct it; nothing was written")
        with self._locked(*ADD) as file:
            self._mend(file)
            if given:
                given(self._decisions(_content(file)))
            self._write(file, as_line(stamped).encode())
        return stamped

    def mend(self) -> None:
        """Remove a line that a crash cut short, and quote it in a warning: nobody was told that it was saved.

        A whole line that only lacks its end stays and gets the end.
        """
        with self._locked(*ADD) as file:
            self._mend(file)

    def _mend(self, file: int) -> None:
        content = _content(file)
        self._refuse(_header_faults(content.partition(b"\n")[0].decode(errors="replace")))
        sound = content.rfind(b"\n") + 1  # the bytes of all lines that have an end
        if sound == len(content):
            return
        tail = content[sound:].decode(errors="replace")
        if tail == HEADER or self._is_whole(tail):
            self._write(file, b"\n")
            return
        os.ftruncate(file, sound)
        number = content.count(b"\n") + 1
        warnings.warn(f"{self.path}: line {number} was cut short and is removed: {tail!r}", stacklevel=3)

    def _is_whole(self, line: str) -> bool:
        try:
            parsed(line, self.codes)
        except ValueError:
            return False
        return True

    def _write(self, file: int, content: bytes) -> None:
        """Append all bytes to the file on disk, or none."""
        size = os.fstat(file).st_size
        try:
            if os.write(file, content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file)
        except OSError as error:
            os.ftruncate(file, size)
            todo = f"{known.todo}: nothing was written" if (known := told(error)) else "decide again"
            raise AssayError(f"not written: {error.strerror}", where=str(self.path), todo=todo) from error

    @contextmanager
    def _locked(self, flags: int, lock: int) -> Iterator[int]:
        """The open file, locked. Git does not write to a file but replaces it: then it is opened anew."""
        while True:
            try:
                file = os.open(self.path, flags)
            except OSError as error:
                what = f"the ledger of decisions cannot be opened: {error.strerror}"
                known = None if isinstance(error, FileNotFoundError) else told(error)
                todo = f"restore it: git checkout {self.path}; or start one with the line {HEADER}"
                todo = known.todo if known else todo
                raise AssayError(what, where=str(self.path), todo=todo) from error
            try:
                fcntl.flock(file, lock)
                if self.path.exists() and os.path.samestat(os.fstat(file), self.path.stat()):
                    yield file
                    return
            finally:
                os.close(file)

    def _text(self, content: bytes) -> str:
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise AssayError(f"line {line}: not UTF-8", where=str(self.path), todo=TO_DO) from error

    def _is_unknown(self, one: Decision) -> bool:
        return self.records is not None and one.record_id not in self.records

    def _unknown(self, decisions: dict[int, Decision]) -> dict[int, str]:
        """The faults of standing decisions on unknown records, by line; withdrawn or replaced ones do no harm."""
        stand = {one for one in standing(decisions.values()) if self._is_unknown(one)}
        return {
            number: f"record_id {shown(one.record_id)}: there is no such record"
            for number, one in decisions.items()
            if one in stand
        }

    def _refuse(self, found: list[str], hint: str = "") -> None:
        if found:
            more = [f"and {len(found) - FAULTS_SHOWN} more"] if len(found) > FAULTS_SHOWN else []
            listed = "\n  ".join([f"{len(found)} fault(s) among the decisions", *found[:FAULTS_SHOWN], *more])
            raise AssayError(listed, where=str(self.path), todo=hint + TO_DO)


def opened(dataset: "Dataset", records: Collection[str] | None) -> Ledger:
    """The ledger of a dataset: in annotations/NAME/ if there is such a folder, else the one in annotations/."""
    own = ANNOTATIONS / dataset.name
    return Ledger((own if own.is_dir() else ANNOTATIONS) / DECISIONS, code_pattern(dataset), records)


def _header_faults(header: str) -> list[str]:
    if header == HEADER:
        return []
    names = header.split(",")
    kinds = {
        "missing": [name for name in COLUMNS if name not in names],
        "unknown": [shown(name) for name in names if name not in COLUMNS],
    }
    named = [f"{kind} {', '.join(columns)}" for kind, columns in kinds.items() if columns]
    return [f"line 1: not {HEADER} ({'; '.join(named) or 'another order'})"]


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)
