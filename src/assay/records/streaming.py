"""Reads files of records in batches of bounded size, with the values that `assay.records.reading.read` gives."""

import csv
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from assay.errors import AssayError
from assay.memory import require_addresses
from assay.records.checked import Checked
from assay.records.dialect import CELLS, ENCODING, NOT_UTF8, QUOTE, records
from assay.records.formats import CSV, PARQUET
from assay.records.plain import NUMBERED, require_distinct, require_plain, typed, understood

if TYPE_CHECKING:
    from assay.config.source import Dialect

BLOCK = 4 << 20  # bytes of a CSV at a time; no record may be longer
BUFFER = 1 << 20  # bytes of each column of a Parquet file that are read at once
ROWS = 1 << 16  # of a batch, at most
ADDRESSES = 64 << 20  # bytes of addresses, without which Arrow's threads do not start, and it waits for them
ROW = re.compile(r"Row #(\d+): (.*)", re.DOTALL)
LENGTH = re.compile(r"Expected (\d+) columns, got (\d+)")
BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Batch(NamedTuple):
    """Some rows of a file: the number of the first, from 0, and the columns: texts of a CSV, typed of Parquet."""

    start: int
    columns: pa.RecordBatch

    def table(self, where: str, todo: str) -> pd.DataFrame:
        """The rows as `assay.records.reading.read` gives them, with their numbers in the file as the index."""
        found = typed(pa.Table.from_batches([self.columns]), where, todo)
        return found.set_axis(pd.RangeIndex(self.start, self.start + len(found)))


class CsvRecords:
    """The records of a CSV, whose first record has the names of the columns.

    names: these names. size: of what is read in bytes, None for a pipe. stream: it is read from where it stands, once.
    dialect: how it is written; None if in the usual way.
    """

    form, unit = CSV, "B"

    def __init__(self, stream: BinaryIO, where: str, todo: str, dialect: "Dialect | None" = None) -> None:
        self.stream, self.where, self.todo = stream, where, todo
        with understood(CSV, where, todo):
            self.start = stream.tell() if stream.seekable() else 0
            self.size = _bytes_left(stream) if stream.seekable() else None
            self.names, self.checked = _of_dialect(stream, dialect) if dialect else _usual(stream)
        require_distinct(self.names, where, todo)

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """These columns, as texts; AssayError for a record with another number of cells, or longer than `BLOCK`."""
        require_addresses(ADDRESSES, "the reader of CSV", self.where)
        with understood(CSV, self.where, self.todo), self._told():
            yield from _numbered(filter(len, _parsed(self.checked, self.names, columns)), ROWS)

    def done(self) -> int:
        """How many bytes were read so far."""
        return 0 if self.size is None else self.stream.tell() - self.start

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of an error of the parser where it is, and nothing of what stands there."""
        try:
            yield
        except pa.ArrowInvalid as error:
            what = self._reason(str(error))
            raise AssayError(what, todo=ENCODING if what.endswith(NOT_UTF8) else CELLS) from error

    def _reason(self, said: str) -> str:
        if "straddling" in said or "try to increase block size" in said:
            return f"a record of more than {BLOCK >> 20} MiB, or a quotation mark that is never closed"
        found, cells = ROW.search(said), LENGTH.search(said)
        place = f"{self._place(int(found[1]) if found else None)}: " if found or cells else ""
        if cells:
            return f"{place}{cells[2]} cells and not {cells[1]}"
        return f"{place}{NOT_UTF8 if 'UTF8' in said else 'a record that cannot be read'}"

    def _place(self, record: int | None) -> str:
        """The line on which a record (the first is 1) ends; of what cannot be read again, the record.

        None: the first with another number of cells. Arrow does not count records in all blocks.
        """
        line = None
        self.checked.stop()
        if self.size is not None:
            self.stream.seek(self.start)
            line = _line(self.stream, record + 1) if record else _misfit(self.stream, len(self.names))
        return f"line {line}" if line else f"record {record}" if record else "a record"


class ParquetRecords:
    """The records of a Parquet file; names, size (in rows) and `batches` as of `CsvRecords`, but the columns typed.

    What type a column gives depends on its type in the file, and not on the values in a batch.
    """

    form, unit = PARQUET, "rows"

    def __init__(self, stream: BinaryIO, where: str, todo: str) -> None:
        self.where, self.todo, self.read = where, todo, 0
        with understood(PARQUET, where, todo):
            self.file = parquet.ParquetFile(stream, buffer_size=BUFFER)
        fields = self.file.schema_arrow
        self.size = self.file.metadata.num_rows
        self.names = [name for name in fields.names if not NUMBERED.fullmatch(name)]
        require_distinct(self.names, where, todo)

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """These columns, typed; AssayError for one of a type that no contract can describe."""
        fields = self.file.schema_arrow
        require_plain([fields.field(name) for name in columns], self.where, self.todo)
        rows = _rows_in(self.file.metadata, columns)
        with understood(PARQUET, self.where, self.todo):
            # A name with a point may mean a part of a column too: then more is read than was asked for.
            found = (batch.select(columns) for batch in self.file.iter_batches(rows, columns=columns))
            for batch in _numbered(found, rows):
                self.read = batch.start + batch.columns.num_rows
                yield batch

    def done(self) -> int:
        """How many rows were read so far."""
        return self.read


def _bytes_left(stream: BinaryIO) -> int:
    start, end = stream.tell(), stream.seek(0, os.SEEK_END)
    stream.seek(start)
    return end - start


def _usual(stream: BinaryIO) -> tuple[list[str], Checked]:
    """The names of a CSV in the usual dialect, and what is left of it."""
    rows = csv.reader(_lines(stream), strict=True)
    try:
        first = next((row for row in rows if any(cell.strip() for cell in row)), None)
    except csv.Error as error:
        raise AssayError(f"line {rows.line_num}: the names of the columns cannot be read", todo=QUOTE) from error
    names = _names(first)
    return names, Checked(stream, len(names), rows.line_num)


def _of_dialect(stream: BinaryIO, dialect: "Dialect") -> tuple[list[str], Checked]:
    """The same of one in another dialect."""
    rows = records(stream, dialect)
    names = _names(next(rows, None))
    return names, Checked(stream, len(names), rows.lines.number, rows)


def _names(first: list[str] | None) -> list[str]:
    """The cells of the first record, and for one without a name the one that pandas gives it."""
    if first is None:
        raise AssayError("the file is empty")
    return [name or f"Unnamed: {place}" for place, name in enumerate(first)]


def _lines(stream: BinaryIO) -> Iterator[str]:
    lines = iter(partial(stream.readline, BLOCK), b"")
    for number, line in enumerate(lines):
        if line.startswith(UTF16) or b"\0" in line:
            raise AssayError(NOT_UTF8)
        if b"\r" in line.removesuffix(b"\r\n") and not line.endswith(b"\n"):
            raise AssayError("lines end with a carriage return alone, or the first is cut short")
        yield (line.removeprefix(BOM) if number == 0 else line).decode()


def _parsed(stream: Checked, names: Sequence[str], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """These columns of what is left of a CSV, as texts; nothing if nothing is left."""
    types = dict.fromkeys(columns, pa.large_string())
    options = (
        arrow_csv.ReadOptions(column_names=names, block_size=BLOCK),
        arrow_csv.ParseOptions(newlines_in_values=True),
        arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=False, include_columns=columns),
    )
    try:
        return arrow_csv.open_csv(pa.PythonFile(stream, "r"), *options)
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):
            raise
        return iter(())


def _numbered(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[Batch]:
    """Batches of at most `rows` rows, with the number of their first row in the file."""
    start = 0
    for batch in batches:
        for offset in range(0, batch.num_rows, rows):
            part = batch.slice(offset, rows)
            yield Batch(start, part)
            start += part.num_rows


def _rows_in(metadata: parquet.FileMetaData, columns: Sequence[str]) -> int:
    """How many rows of these columns have about `BLOCK` bytes, by the largest mean of a row group; `ROWS` at most."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    means = [_bytes(group, {*columns}) / group.num_rows for group in groups if group.num_rows]
    return max(1, min(ROWS, int(BLOCK / max([1.0, *means]))))


def _bytes(group: parquet.RowGroupMetaData, columns: set[str]) -> int:
    every = (group.column(place) for place in range(group.num_columns))
    return sum(one.total_uncompressed_size for one in every if one.path_in_schema in columns)


def _misfit(stream: BinaryIO, cells: int) -> int | None:
    """The number of the line on which the first record with another number of cells ends; None if none is found."""
    rows = csv.reader(line.decode(errors="replace") for line in stream)
    try:
        next((row for row in rows if row and len(row) != cells), None)
    except csv.Error:
        return None
    return rows.line_num


def _line(stream: BinaryIO, record: int) -> int | None:
    """The number of the line on which a record ends (the header is record 1); None if a cell is too long to look."""
    rows = csv.reader(line.decode(errors="replace") for line in stream)
    try:
        found = (row for row in rows if row)
        for _ in range(record):
            next(found)
    except (csv.Error, StopIteration):
        return None
    return rows.line_num
