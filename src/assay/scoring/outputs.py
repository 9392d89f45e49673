"""Files of scores as they are written: CSV, JSON Lines or Parquet; whole, or not at all."""

import fcntl
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
from pyarrow import parquet

from assay.errors import AssayError
from assay.files import WRITING, replacing
from assay.scoring.lines import csv_header, csv_lines, json_lines
from assay.scoring.rows import COLUMNS

LOCK = "scoring"  # in the folder of a file that is being written: locked by its process as long as that lives
BUFFER = 1 << 20  # bytes

Encoded = Any  # rows in the form in which they are written


class Output(Protocol):
    """Takes rows of scores, batch by batch."""

    def encoded(self, rows: pa.RecordBatch) -> Encoded:
        """A batch as it is written; several threads may do this at a time."""

    def write(self, encoded: Encoded) -> None:
        """Write a batch after those before."""

    def end(self) -> None:
        """Write what comes last."""


class Lines:
    """An output of lines."""

    def __init__(self, stream: BinaryIO, written: Callable[[pa.RecordBatch], bytes], header: bytes = b"") -> None:
        self.stream, self.encoded = stream, written
        stream.write(header)

    def write(self, encoded: Encoded) -> None:
        """Write lines."""
        self.stream.write(encoded)

    def end(self) -> None:
        """Nothing more."""


class Parquet:
    """An output of Parquet, compressed."""

    def __init__(self, stream: BinaryIO) -> None:
        self.writer = parquet.ParquetWriter(stream, COLUMNS, compression="zstd")

    def encoded(self, rows: pa.RecordBatch) -> Encoded:
        """As it is: this format is not made of parts that can be written apart."""
        return rows

    def write(self, encoded: Encoded) -> None:
        """Write a group of rows."""
        self.writer.write_batch(encoded)

    def end(self) -> None:
        """Write the index."""
        self.writer.close()


def as_csv(stream: BinaryIO) -> Output:
    """CSV, in UTF-8, with a header."""
    return Lines(stream, csv_lines, csv_header())


FORMATS: dict[str, Callable[[BinaryIO], Output]] = {
    ".csv": as_csv,
    ".jsonl": lambda stream: Lines(stream, json_lines),
    ".ndjson": lambda stream: Lines(stream, json_lines),
    ".parquet": Parquet,
    ".pq": Parquet,
}


@dataclass(frozen=True)
class Target:
    """A file to be written: where it is, behind links, and its format, by the name that the user gave."""

    path: Path
    opened: Callable[[BinaryIO], Output]

    @classmethod
    def of(cls, name: Path, source: Path | None) -> "Target":
        """AssayError if the name says no format, if what is there is no file, or if it is `source`."""
        opened = FORMATS.get(name.suffix.lower())
        if opened is None:
            raise AssayError(f"a file of scores ends with {', '.join(FORMATS)}", where=str(name), todo="name it so")
        path = name.resolve()
        if path.exists() and not path.is_file():
            raise AssayError("not a file", where=str(name), todo="name a file; -o - writes CSV to stdout")
        if source and path.exists() and source.exists() and path.samefile(source):
            raise AssayError("the scores would replace the records", where=str(name), todo="name another file")
        return cls(path, opened)


@contextmanager
def to_file(target: Target) -> Iterator[Output]:
    """An output that becomes the file, in place of one that is there, when the block has succeeded.

    What killed processes left of the same file is removed.
    """
    _clear(target.path)
    with (
        ExitStack() as until_it_has_its_place,  # to the end: what is not held, another process takes for left over
        replacing(target.path) as scratch,
        scratch.open("wb", buffering=BUFFER) as stream,
    ):
        until_it_has_its_place.enter_context(_held(scratch.parent))
        output = target.opened(stream)
        yield output
        output.end()


@contextmanager
def to_stdout() -> Iterator[Output]:
    """An output of CSV on stdout, which is written as it comes."""
    output = as_csv(sys.stdout.buffer)
    yield output
    sys.stdout.buffer.flush()


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a lock in a folder, which shows that its process lives; the lock is there as soon as its file is."""
    before = folder / f"{LOCK}.made"
    with before.open("w") as file:
        with suppress(OSError):  # a file system without locks: what is left there stays
            fcntl.flock(file, fcntl.LOCK_EX)
            before.rename(folder / LOCK)
        yield


def _clear(path: Path) -> None:
    """Remove the folders in which killed processes were writing this file."""
    for lock in path.parent.glob(f"{WRITING}*/{LOCK}"):
        with suppress(OSError), lock.open() as file:  # its process lives, it is another user's, or it is gone by now
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if {one.name for one in lock.parent.iterdir()} <= {LOCK, path.name}:
                (lock.parent / path.name).unlink(missing_ok=True)  # before the lock, by which it is found
                shutil.rmtree(lock.parent)
