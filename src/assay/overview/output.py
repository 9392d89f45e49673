"""The output of `assay experiments`."""

import json
import shutil
import sys
from collections.abc import Sequence

from assay.overview import columns as names
from assay.overview import data, terminal
from assay.overview.intervals import with_intervals
from assay.overview.overview import overview
from assay.overview.rows import Row
from assay.overview.selection import in_order, where
from assay.statistics.metrics import METRICS
from assay.sweep.log import DONE


def rows(conditions: Sequence[str], sort: str | None, backwards: bool, flat: bool) -> list[Row]:
    """The rows that meet the conditions, in order: within their groups, or all of them if `flat`."""
    found = where(overview(), conditions)
    if sort is None:
        return found[::-1] if backwards else found
    ordered = in_order(found, sort, backwards)
    if flat:
        return ordered
    groups = dict.fromkeys(row.group for row in found)
    return [row for group in groups for row in ordered if row.group == group]


def table_of(found: Sequence[Row], chosen: str | None, limit: int, flat: bool) -> str:
    """The table, and what must be said below it."""
    if not found:
        return "no revision meets all conditions"
    part = found[:limit] if limit else found
    columns = _columns(chosen, part, flat)
    names.require(columns, found)
    part = with_intervals(part, [column for column in columns if column in METRICS])
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    more = [f"{len(found) - len(part)} more: --limit 0"] if len(found) > len(part) else []
    table = terminal.table(part, columns, width, chosen=bool(chosen and not chosen.startswith("+")))
    return "\n".join([table, "", *more, *terminal.notes(part, columns)])


def _columns(chosen: str | None, found: Sequence[Row], flat: bool) -> list[str]:
    """The columns that were chosen, or those that matter."""
    if chosen and not chosen.startswith("+"):
        return _listed(chosen)
    state = ["state"] if any(row.state != DONE for row in found) else []
    base = ["base"] if flat else []
    added = _listed((chosen or "").removeprefix("+"))
    return list(dict.fromkeys(["name", *state, "changed", *base, *added, *names.figures(), "seconds", "time"]))


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def csv_of(found: Sequence[Row], chosen: str | None) -> str:
    """All rows as CSV: the columns that were chosen, or every one, then with the intervals of those that matter."""
    columns = _columns(chosen, found, flat=True) if chosen else data.all_columns(found)
    names.require(columns, found)
    metrics = [column for column in columns if column in METRICS] if chosen else names.figures()
    return data.as_csv(with_intervals(found, metrics), columns)


def json_of(found: Sequence[Row]) -> str:
    """All rows as JSON."""
    return json.dumps(data.as_json(with_intervals(found, names.figures())), indent=2)
