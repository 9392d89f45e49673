"""Rows for programs: CSV and JSON."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assay.files import Exact, plain
from assay.overview.columns import FIELDS, TEST, value
from assay.overview.rows import Row
from assay.statistics.metrics import METRICS
from assay.text import visible

FORMULA = ("=", "+", "-", "@")  # how a cell begins that a spreadsheet runs


def all_columns(rows: Sequence[Row]) -> list[str]:
    """The columns that tell rows apart: the fields, every figure, and the parameters in which they differ."""
    figures = dict.fromkeys(name for row in rows for name in row.figures.values)
    test = dict.fromkeys(f"{TEST}{name}" for row in rows for name in row.test.values)
    keys = sorted({key for row in rows for key in row.changes or {}})
    return [*FIELDS, *figures, *test, *keys]


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """A line for each row; a metric has two more columns, the ends of its interval, empty where it has none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_as_text(visible(head)) for column in columns for head in _heads(column)])
    for row in rows:
        writer.writerow([_written(one) for column in columns for one in _values(row, column)])
    return out.getvalue()


def _heads(column: str) -> list[str]:
    metric = column.removeprefix(TEST) in METRICS
    return [column, f"{column}_low", f"{column}_high"] if metric else [column]


def _values(row: Row, column: str) -> list[Any]:
    name = column.removeprefix(TEST)
    if name not in METRICS:
        return [value(row, column)]
    intervals = (row.test if column.startswith(TEST) else row.figures).intervals
    return [value(row, column), *intervals.get(name, (None, None))]


def _written(found: Any) -> Any:
    if isinstance(found, datetime):
        return found.isoformat()
    if found is None or found != found:
        return ""
    return found if isinstance(found, int | float) else _as_text(visible(found))


def _as_text(text: str) -> str:
    """A text that stays one in a spreadsheet, as the board's CSV has it: names and notes are of anybody who commits."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Everything that is known of each row, as plain data. Figures on the test fold are under "test" alone."""
    return plain([_plain(row) for row in rows])


def _plain(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "state": row.state,
        "commit": row.sha,
        "base": row.base,
        "time": row.time.isoformat() if row.time else None,
        "changed": list(row.changed),
        "changes": None if row.changes is None else Exact({key: list(pair) for key, pair in row.changes.items()}),
        "params": Exact(dict(row.params)),
        "out_of_fold": {"values": row.figures.values, "intervals": row.figures.intervals},
        "test": {"values": row.test.values, "intervals": row.test.intervals},
        "seconds": row.seconds,
        "note": row.note,
        "log": row.log,
    }
