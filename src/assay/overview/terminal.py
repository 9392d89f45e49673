"""Rows as a table that fits a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from assay.overview.columns import TEST, text, title
from assay.overview.rows import EXPERIMENT, STOPPED, WORKSPACE, Row
from assay.statistics.metrics import METRICS
from assay.sweep.log import DONE, FAILED
from assay.text import visible

GAP = "  "
LEAST_WIDTHS = {"name": 20, "changed": 32, "note": 20, "log": 20}  # columns that may be cut, and to how many letters
BAREST = 8  # letters to which they are cut where the terminal is very narrow
SPARED = ("name", "changed", "state")  # go last where the room is small


@dataclass(frozen=True)
class Line:
    """A line of the table: a revision, under all its names, or an experiment below its commit."""

    row: Row
    name: str


def lines(rows: Sequence[Row]) -> list[Line]:
    """A line for each row; the branches and tags of a commit share one."""
    found: dict[tuple[str, str], Line] = {}
    for row in rows:
        name = visible(row.name)
        key = (row.sha, "") if row.kind not in (EXPERIMENT, WORKSPACE) else (row.sha, row.name)
        if key in found:
            found[key] = Line(found[key].row, f"{found[key].name}, {name}")
        else:
            found[key] = Line(row, f"  {name}" if row.kind == EXPERIMENT else name)
    return list(found.values())


def table(rows: Sequence[Row], columns: Sequence[str], width: int | None, chosen: bool = False) -> str:
    """The rows as lines of text no longer than `width`, in columns that are dropped from the right if there is no room.

    width: None for as wide as it is. chosen: whether all of the columns were asked for, so that none is dropped.
    """
    shown = lines(rows)
    texts = {column: [title(column), *(_cell(line, column) for line in shown)] for column in columns}
    widths = {column: max(map(cell_len, cells)) for column, cells in texts.items()}
    fitted = widths if width is None else _fitted(widths, width, chosen)
    return "\n".join(
        GAP.join(_padded(texts[column][number], width) for column, width in fitted.items()).rstrip()
        for number in range(len(shown) + 1)
    )


def _cell(line: Line, column: str) -> str:
    return line.name if column == "name" else text(line.row, column)


def _fitted(widths: dict[str, int], width: int, chosen: bool) -> dict[str, int]:
    """The columns that there is room for, with their widths."""
    kept = dict(widths)
    for column in reversed([one for one in widths if one not in SPARED]):
        if chosen or _taken(_least(kept)) <= width:
            break
        del kept[column]
    fitted = _least(kept)
    for column in (one for one in reversed(LEAST_WIDTHS) if one in fitted):
        fitted[column] = min(fitted[column], max(BAREST, fitted[column] + width - _taken(fitted)))
    for column in sorted((one for one in kept if one in LEAST_WIDTHS), key=lambda one: kept[one]):
        room = max(0, width - _taken(fitted))
        fitted[column] += min(room, kept[column] - fitted[column])
    return fitted


def _least(widths: dict[str, int]) -> dict[str, int]:
    return {column: min(LEAST_WIDTHS.get(column, width), width) for column, width in widths.items()}


def _taken(widths: dict[str, int]) -> int:
    return sum(widths.values()) + len(GAP) * (len(widths) - 1)


def _padded(said: str, width: int) -> str:
    """The text in so many cells, cut if it is too long."""
    if cell_len(said) > width:
        return f"{set_cell_size(said, width - 1)}…"
    return set_cell_size(said, width)


def notes(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    """The lines below the table: why runs failed, and what its figures are."""
    said = [_fault(row) for row in rows if row.state in (FAILED, STOPPED) or (row.state != DONE and row.note)]
    if any(column in METRICS for column in columns):
        said.append("Figures are out of fold, on train and validation, with 95 % intervals: choose by these.")
    if any(column.startswith(TEST) for column in columns):
        said.append("Columns with 'test' are of the test fold: who chooses by them has no test left.")
    return said


def _fault(row: Row) -> str:
    log = f" (log: {row.log})" if row.log else ""
    ended = "its process has ended without a result" if row.state == STOPPED else "no reason is noted"
    return visible(f"{row.state} {row.name}: {row.note or ended}{log}")
