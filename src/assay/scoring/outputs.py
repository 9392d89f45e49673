"""Files of scores as they are written: CSV, JSON Lines or Parquet; whole, or not at all."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
from pyarrow import parquet

from assay.errors import AssayError
from assay.placing import placing, require_another
from assay.scoring.lines import csv_header, csv_lines, json_lines
from assay.scoring.rows import COLUMNS

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
        require_another(path, str(name), {"records": source} if source else {})
        return cls(path, opened)


@contextmanager
def to_file(target: Target) -> Iterator[Output]:
    """An output that becomes the file, in place of one that is there, when the block has succeeded.

    What killed processes left of the same file is removed.
    """
    with placing(target.path) as scratch, scratch.open("wb", buffering=BUFFER) as stream:
        output = target.opened(stream)
        yield output
        output.end()


@contextmanager
def to_stdout() -> Iterator[Output]:
    """An output of CSV on stdout, which is written as it comes."""
    output = as_csv(sys.stdout.buffer)
    yield output
    sys.stdout.buffer.flush()
