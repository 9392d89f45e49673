"""The columns of rows: their names, and what a row has in one, as a value and as a text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from assay.errors import AssayError
from assay.experiments.parameters import short
from assay.overview.rows import Row
from assay.presentation import words
from assay.statistics.metrics import METRICS, Place, shown_in
from assay.text import nearest, visible

FIELDS = ("name", "kind", "state", "commit", "base", "time", "changed", "seconds", "note", "log")
TEST = "test."  # before the name of a figure on the test fold
TIME = "%Y-%m-%d %H:%M"
MISSING = "–"
COMMIT_DIGITS = 7  # digits of a commit


def figures() -> list[str]:
    """The metrics that tell experiments apart, as in a sweep's table: the one that ranks them comes first."""
    return [one.name for one in shown_in(Place.SWEEP)]


def known(rows: Iterable[Row]) -> list[str]:
    """The name of every column of these rows: fields, figures out of fold, figures on the test fold, parameters."""
    names = dict.fromkeys([*FIELDS, *METRICS, *(f"{TEST}{name}" for name in METRICS)])
    for row in rows:
        names.update(dict.fromkeys(row.figures.values))
        names.update(dict.fromkeys(f"{TEST}{name}" for name in row.test.values))
    for row in rows:
        names.update(dict.fromkeys([*row.params, *(row.changes or {})]))  # what one changed may be gone from it
    return list(names)


def require(columns: Sequence[str], rows: Sequence[Row]) -> None:
    """AssayError if there is no such column."""
    names = set(known(rows))
    for column in columns:
        if column not in names:
            near = nearest(column, names)
            meant = f"did you mean {near}? " if near else ""
            todo = (
                f"{meant}name one of {', '.join(FIELDS)}, a metric (recall), test.METRIC, or a parameter (model.name)"
            )
            raise AssayError(f"there is no column {column!r}", todo=todo)


def value(row: Row, column: str) -> Any:
    """The value of a row in a column; None if it has none. Parameters are plain data of YAML."""
    if column in FIELDS:
        return _field(row, column)
    if column.startswith(TEST):
        return row.test.values.get(column.removeprefix(TEST))
    return row.figures.values.get(column, row.params.get(column))


def _field(row: Row, column: str) -> Any:
    if column == "changed":
        return " ".join(row.changed) if row.changed or row.changes is not None else None
    if column == "commit":
        return row.sha
    return getattr(row, column)


def text(row: Row, column: str) -> str:
    """The same for people, on one line: figures with their digits and intervals, nothing that a terminal obeys."""
    found = value(row, column)
    if column in ("commit", "base"):
        return found[:COMMIT_DIGITS]
    if column == "seconds":
        return MISSING if found is None else f"{found:.1f}"
    if isinstance(found, datetime):
        return found.astimezone().strftime(TIME)
    name = column.removeprefix(TEST)
    if name in METRICS:
        intervals = (row.test if column.startswith(TEST) else row.figures).intervals
        return words.with_interval(found, intervals[name], name) if name in intervals else words.number(found, name)
    return visible(found if isinstance(found, str) else MISSING if found is None else short(found))


def title(column: str) -> str:
    """The head of a column."""
    name = column.removeprefix(TEST)
    phrase = METRICS[name].phrase if name in METRICS else name
    return visible(f"{phrase}, test" if column.startswith(TEST) else phrase)
