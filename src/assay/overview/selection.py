"""Which rows to show, and in which order."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from assay.overview.columns import TEST, require, text, value
from assay.overview.rows import Row
from assay.statistics.metrics import METRICS

CONDITION = re.compile(r"\s*([\w.]+)\s*(==|!=|>=|<=|=|>|<)\s*(.*?)\s*")
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
SEARCHED = ("name", "state", "kind", "changed", "note")


def where(rows: Sequence[Row], conditions: Sequence[str]) -> list[Row]:
    """The rows that meet all conditions: `COLUMN=VALUE` (also != < > <= >=), or a text that the row has in it.

    AssayError if a condition names no column.
    """
    met = [_condition(one, rows) for one in conditions]
    return [row for row in rows if all(holds(row) for holds in met)]


def _condition(said: str, rows: Sequence[Row]) -> Callable[[Row], bool]:
    parts = CONDITION.fullmatch(said)
    if parts is None:
        wanted = said.casefold()
        return lambda row: any(wanted in text(row, column).casefold() for column in SEARCHED)
    column, sign, wanted = parts.groups()
    require([column], rows)
    return lambda row: _holds(value(row, column), COMPARED[sign], wanted)


def _holds(found: Any, compared: Callable[[Any, Any], bool], wanted: str) -> bool:
    """Compared as numbers where both are, else as they are written; what is missing meets no condition but !=."""
    if found is None:
        return compared is operator.ne
    one, other = _number(found), _number(wanted)
    if one is not None and other is not None:
        return compared(one, other)
    written = str(found).lower() if isinstance(found, bool) else str(found)
    return compared(written, wanted)


def _number(found: Any) -> float | None:
    if isinstance(found, bool):
        return None
    try:
        return float(found)
    except (TypeError, ValueError):
        return None


def in_order(rows: Sequence[Row], column: str, backwards: bool = False) -> list[Row]:
    """The rows by a column: the best first if it is a metric, else ascending. Rows without a value come last."""
    require([column], rows)
    having = [row for row in rows if _defined(value(row, column))]
    name = column.removeprefix(TEST)
    goal = METRICS[name].better if name in METRICS else "lower"
    ordered = sorted(having, key=lambda row: _place(value(row, column), goal), reverse=backwards)
    return ordered + [row for row in rows if not _defined(value(row, column))]


def _defined(found: Any) -> bool:
    return found is not None and found == found and found != ""


def _place(found: Any, goal: Any) -> tuple[int, float, str]:
    number = _number(found)
    if number is None:
        return 1, 0.0, str(found)
    return 0, -number if goal == "higher" else number if goal == "lower" else abs(number - goal), ""
