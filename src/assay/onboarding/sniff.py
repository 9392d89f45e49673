"""Finds how a CSV is written that nobody has described yet."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from assay.config.source import Dialect
from assay.errors import AssayError
from assay.onboarding.encoding import encoding_of, foreign_words, require_text, spoiled
from assay.records.dialect import SPACES

NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
LOOKED_AT = 1000  # records by which separator and header are found
ALIKE_LINES = 0.9  # share of them that have the same number of cells, at least
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
SPACE_BEFORE_A_QUOTE = re.compile(r'[,;|\t] +"')
Row = tuple[int, list[str]]  # the number of the line on which it ends, and its cells


@dataclass(frozen=True)
class Sniffed:
    """How a file is written, and what to say of it. dialect: None if in the usual way."""

    dialect: Dialect | None
    remarks: list[str] = field(default_factory=list)


def sniffed(path: Path, encoding: str | None = None) -> Sniffed:
    """The dialect of a CSV; AssayError if it is not clear, with the line. encoding: None to find it out."""
    where, content = str(path), path.read_bytes()
    require_text(content, where)
    encoding = encoding or encoding_of(content, where)
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except (UnicodeError, LookupError) as error:
        start = getattr(error, "start", None)
        line = "" if start is None else f"line {content.count(10, 0, start) + 1}: "
        todo = "try another encoding, or leave --encoding out: then it is looked for"
        raise AssayError(f"{line}the text is not in {encoding}", where=where, todo=todo) from error
    apart = bool(SPACE_BEFORE_A_QUOTE.search(text)) and not _fitting(text)  # else that space is a part of the cell
    separator = _separator(text, where, skip=apart)
    above, trailing = _header(list(islice(_rows(text, separator, skip=apart), LOOKED_AT)), where)
    lines = io.StringIO(text, newline="")
    titles, first = list(islice(lines, above)), next(lines)
    _require_titles(titles, len(first.split(separator)), separator, where)
    quote = "'" if all(_is_quoted(cell.strip()) for cell in first.split(separator)) else '"'
    spaced = sum(cell != cell.strip(SPACES) for line, row in _rows(text, separator) if line > above for cell in row)
    dialect = Dialect(encoding, separator, quote, above, bool(spaced), trailing)
    return Sniffed(None if dialect == Dialect() else dialect, _remarks(dialect, spaced, text))


def _remarks(dialect: Dialect, spaced: int, text: str) -> list[str]:
    foreign = dialect.encoding != "utf-8"
    words = ", ".join(foreign_words(text)) if foreign else ""
    found = {
        f"encoding {dialect.encoding}" + (f": it reads {words}" if words else ""): foreign,
        f"cells are separated by {NAMES[dialect.separator]}": dialect.separator != ",",
        "cells are quoted by '": dialect.quote == "'",
        f"{dialect.above} line(s) above the header are left out": dialect.above,
        f"{spaced} cells have spaces around them, which are taken off": dialect.strip,
        "each record ends in one separator more than the header, with nothing after it": dialect.trailing,
    }
    return [*(said for said, holds in found.items() if holds), *spoiled(text)]


def _separator(text: str, where: str, *, skip: bool) -> str:
    """The character that divides the first records into as many cells each, and their header as well.

    If several do, that which leaves most numbers whole, then that of `csv.Sniffer`. Where none does, a quotation mark
    may be to blame: then lines count as records, and the reader will name its line.
    """
    lines = list(islice(io.StringIO(text, newline=""), LOOKED_AT))
    start = "".join(lines)
    found = _fitting(text, skip=skip)
    if not found:
        each = {one: _divided([row for line in lines for _, row in _rows(line, one)]) for one in NAMES}
        found = {one: divided for one, divided in each.items() if divided[0] >= ALIKE_LINES}
    if not found:
        todo = "give a header, and records with as many cells, separated by a comma, a semicolon, a tab or a bar"
        raise AssayError(f"no table: {_why_none(lines)}", where=where, todo=todo)
    first = min(header for _, header in found.values())
    best = max(share for share, header in found.values() if header == first)
    fitting = [one for one, divided in found.items() if divided == (best, first)]
    if len(fitting) == 1:
        return fitting[0]
    numbers = {one: _numbers(row for _, row in _rows(start, one)) for one in fitting}
    return _by_library(start, [one for one in fitting if numbers[one] == max(numbers.values())])


def _fitting(text: str, *, skip: bool = False) -> dict[str, tuple[float, int]]:
    """The separators that divide most of the first records alike, as `_divided` says; skip: spaces before cells."""
    start = "".join(islice(io.StringIO(text, newline=""), LOOKED_AT))
    found = {one: _divided([row for _, row in _rows(start, one, skip=skip)]) for one in NAMES}
    return {one: divided for one, divided in found.items() if divided[0] >= ALIKE_LINES}


def _why_none(lines: list[str]) -> str:
    """The fault of lines that no separator divides alike: the first two that differ, by the best separator."""
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip(SPACES + "\r\n")]
    if not filled:
        return "the file has no text"
    if all(len(line.strip()) > 1 and line.strip()[0] == line.strip()[-1] == '"' for _, line in filled) and any(
        one in filled[0][1] for one in NAMES
    ):
        return "each line stands between quotation marks as a whole, and is one cell"
    best = max(NAMES, key=lambda one: sum(line.count(one) for _, line in filled))
    cells = {number: line.count(best) + 1 for number, line in filled}
    first, count = next(iter(cells.items()))
    other = next((number for number, one in cells.items() if one != count), None)
    if other is None:
        return "records have only one cell"
    return f"by {NAMES[best]}, line {first} has {count} cells, and line {other} has {cells[other]}"


def _by_library(start: str, fitting: list[str]) -> str:
    try:
        found = csv.Sniffer().sniff(start, "".join(fitting)).delimiter
    except csv.Error:
        return fitting[0]
    return found if found in fitting else fitting[0]


def _numbers(rows: Iterator[list[str]]) -> float:
    """The share of cells that are numbers, with a point or a comma: a wrong separator cuts them, as 5;3 of 1,5;3,0."""
    cells = [bool(NUMBER.fullmatch(cell.strip(SPACES))) for row in rows for cell in row]
    return sum(cells) / max(1, len(cells))


def _divided(rows: Sequence[list[str]]) -> tuple[float, int]:
    """The share of records that have as many cells as most, and more than one; and the place of what may be the header.

    The header may have one cell less: the records may end in a separator.
    """
    counts = Counter(map(len, rows))
    cells = max((cells for cells in counts if cells > 1), key=lambda cells: counts[cells], default=0)
    header = next((place for place, row in enumerate(rows) if len(row) > 1 and len(row) in (cells, cells - 1)), 0)
    return counts[cells] / max(1, len(rows)), header


def _rows(text: str, separator: str, *, skip: bool = False) -> Iterator[Row]:
    """The records with a value. Not strict: `assay.records.reading.read` is, later."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=skip)
    return ((reader.line_num, row) for row in reader if any(row))


def _header(rows: Sequence[Row], where: str) -> tuple[int, bool]:
    """The number of lines above the header, and whether records end in one separator more than it has."""
    cells = Counter(len(row) for _, row in rows).most_common(1)[0][0]
    whole = next((n for n, (_, row) in enumerate(rows) if len(row) == cells and _filled(row) > 1), 0)
    before = rows[whole - 1] if whole else None
    # One cell alone is a title, and no header whose last name is missing.
    if not before or not len(before[1]) == cells - 1 == _filled(before[1]) > 1:
        return _above(rows[whole]), False
    if filled := [line for line, row in rows[whole:] if len(row) == cells and row[-1].strip(SPACES)]:
        what = f"line {before[0]} names {cells - 1} columns, and records have {cells} cells, as on line {filled[0]}"
        raise AssayError(what, where=where, todo="name each column in the header, that of the row names too")
    return _above(before), True


def _require_titles(titles: Sequence[str], cells: int, separator: str, where: str) -> None:
    """AssayError for a line above the header that is one itself, with another separator."""
    for number, title in enumerate(titles, 1):
        for other in {*NAMES} - {separator}:
            if len(title.rstrip("\r\n").split(other)) == cells:
                what = f"line {number} has as many cells by {NAMES[other]} as records have by {NAMES[separator]}"
                todo = "write one separator in all lines, or take that line out"
                raise AssayError(what, where=where, todo=todo)


def _above(header: Row) -> int:
    """The number of lines above the header, empty ones too."""
    line, cells = header
    return line - 1 - sum(cell.count("\n") for cell in cells)


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip(SPACES)) for cell in row)


def _is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == "'"
