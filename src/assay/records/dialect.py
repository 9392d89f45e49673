"""Reads the records of a CSV strictly, in whatever way it is written, and tells the line of a fault."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assay.errors import AssayError

if TYPE_CHECKING:
    from assay.config.source import Dialect

CHUNK = 1 << 20  # bytes that are decoded at a time
ENOUGH_CELLS = 4  # cells of a record: if lines within a quoted cell have so many cells too, that is no coincidence
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
SPACES = " \t\v\f\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))) + UNSEEN
NOT_UTF8 = "the text is not in UTF-8"
ENCODING = "save it as UTF-8, or declare how it is written: source.dialect.encoding in conf/dataset/"
QUOTE = "correct that line: a quoted cell begins and ends with a quotation mark, and one within it is doubled"
CELLS = "correct that line: a cell that holds a separator is quoted, and each record has a cell for each name"


LONGEST_CELL = 4 << 20  # letters of a cell
csv.field_size_limit(LONGEST_CELL)  # of this process


class Readable(Protocol):
    """A stream of bytes; none are its end."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Usual:
    """The dialect of RFC 4180, in UTF-8."""

    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    above: int = 0
    strip: bool = False
    trailing: bool = False


def records(stream: Readable, dialect: "Dialect | Usual", *, cells: int | None = None, line: int = 0) -> "Records":
    """The records of a stream, as lists of texts; the first says how many cells each has, if `cells` does not.

    line: the number of lines before. Iteration raises an AssayError naming the line of a fault.
    """
    return Records(_Lines(stream, dialect, line), dialect, cells)


class Records:
    """An iterator of records that knows the lines of the last one, and the number of the line on which it ended."""

    def __init__(self, lines: "_Lines", dialect: "Dialect | Usual", cells: int | None) -> None:
        self.lines, self.dialect, self.cells = lines, dialect, cells
        for _ in range(dialect.above):
            next(lines, None)
        self.rows = csv.reader(
            lines,
            strict=True,
            delimiter=dialect.separator,
            quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            skipinitialspace=dialect.strip,
        )

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        row: list[str] = []
        while not row or (self.cells is None and not any(cell.strip(SPACES) for cell in row)):
            self.lines.taken.clear()
            row = self._row()
        row = [cell.strip(SPACES) for cell in row] if self.dialect.strip else row
        if self.cells is None:
            self.cells = len(row)
        elif self.dialect.trailing:
            row = self._without_the_last(row)
        self._require(row)
        return row

    def _row(self) -> list[str]:
        try:
            return next(self.rows)
        except csv.Error as error:
            raise self._fault(str(error)) from error

    def _fault(self, said: str) -> AssayError:
        first, last = self.lines.number - len(self.lines.taken) + 1, self.lines.number
        if "unexpected end" in said:
            return AssayError(f"line {first}: a quotation mark is never closed", todo=QUOTE)
        if "field larger" in said:
            what = f"a record of more than {LONGEST_CELL >> 20} MiB, or a quotation mark that is never closed"
            return AssayError(f"line {first}: {what}", todo=QUOTE)
        if "expected after" in said:
            return AssayError(f"line {last}: something follows a closing quotation mark", todo=QUOTE)
        return AssayError(f"line {last}: a record that cannot be read", todo=CELLS)

    def _without_the_last(self, row: list[str]) -> list[str]:
        if len(row) != (self.cells or 0) + 1 or row[-1]:
            what = f"line {self.lines.number}: does not end in one separator more than the header, as the others do"
            raise AssayError(what, todo="correct that line, or source.dialect.trailing in conf/dataset/")
        return row[:-1]

    def _require(self, row: list[str]) -> None:
        if len(row) != self.cells:
            raise AssayError(f"line {self.lines.number}: {len(row)} cells and not {self.cells}", todo=CELLS)
        taken = self.lines.taken
        if len(taken) > 1 and swallowed(taken, self.dialect.separator, len(row) + self.dialect.trailing):
            first = self.lines.number - len(taken) + 1
            what = f"lines {first} to {self.lines.number} are one record, by a quoted cell, and each looks like one"
            raise AssayError(what, todo=QUOTE)


def one_cell(names: Sequence[str], dialect: "Dialect | None") -> str | None:
    """The advice for a CSV whose header is one cell, as where another separator is between them; None if it is not.

    >>> one_cell(["age;sex"], None)
    "write ',' between the cells, as the contract says of records (source.dialect)"
    """
    separator = (dialect or Usual()).separator
    said = f"write {separator!r} between the cells, as the contract says of records (source.dialect)"
    return said if len(names) == 1 else None


def swallowed(lines: list[str], separator: str, cells: int) -> bool:
    """Whether the lines of one record look like records themselves, as where a quotation mark is missing or too many.

    >>> swallowed(['1,2,"x,4', '5,6,x",8'], ",", 4), swallowed(['1,2,3,"x', 'y"'], ",", 4)
    (True, False)
    """
    return cells >= ENOUGH_CELLS and all(line.count(separator) == cells - 1 for line in lines)


class _Lines:
    """The lines of a stream as texts; `number` of them were read, and `taken` are those since it was last cleared."""

    def __init__(self, stream: Readable, dialect: "Dialect | Usual", number: int) -> None:
        self.stream, self.number = stream, number
        self.taken: list[str] = []
        self.encoding = codecs.lookup(dialect.encoding).name
        self.encoding = "utf-8-sig" if self.encoding == "utf-8" and not number else self.encoding
        self.lines = self._lines()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.number += 1
        self.taken.append(line)
        if "\0" in line:
            raise AssayError(f"line {self.number}: a NUL, which no text holds", todo=f"take it out; {ENCODING}")
        return line

    def _lines(self) -> Iterator[str]:
        decode, rest = codecs.getincrementaldecoder(self.encoding)().decode, ""
        while True:
            chunk = self.stream.read(CHUNK)
            text = rest + self._decoded(decode, chunk, rest)
            found = io.StringIO(text, newline="").readlines()
            whole = not chunk or (found and found[-1].endswith("\n"))
            rest = "" if whole or not found else found.pop()
            yield from found
            if not chunk:
                return

    def _decoded(self, decode: Callable[..., str], chunk: bytes, rest: str) -> str:
        try:
            return decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            before = rest + bytes(error.object[: error.start]).decode(self.encoding, "replace")
            wrong = NOT_UTF8 if self.encoding.startswith("utf-8") else f"the text is not in {self.encoding}"
            place = f"line {self.number + before.count(chr(10)) + 1}"
            raise AssayError(f"{place}: {wrong}", todo=ENCODING) from error
