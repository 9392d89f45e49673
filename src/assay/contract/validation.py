"""Finds every violation of a contract in one pass."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import CATEGORY, DAY, KINDS, NOTE, NUMBER, STOP, TEXT, Time
from assay.config.patterns import fits
from assay.contract.arrays import arrow
from assay.contract.expressions import comparable, true
from assay.contract.lookup import Lookup
from assay.contract.rules import checked
from assay.contract.values import day_name

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset
    from assay.contract.arrays import Array
    from assay.contract.numbers import Mask
    from assay.contract.values import Cells

# Where the values of a column break a rule; the cells say which are missing, if they are known.
Breaks = Callable[[Any, "Cells | None"], "Mask"]
SHOWN = 100  # values of a column in a message
INEXACT = "too large to be exact as a number (type text keeps every digit)"


@dataclass(frozen=True)
class Requirement:
    """A rule of the contract: on the values of one column, or (`on` is "") on whole records."""

    name: str
    columns: tuple[str, ...]
    action: str
    why: str
    on: str = ""


@dataclass(frozen=True)
class Violation:
    """A rule, and the index labels of the rows that break it, in order; there may be none."""

    rule: Requirement
    rows: pd.Index


class Validator:
    """Judges records by every rule of a contract. Made once, it serves any number of tables."""

    def __init__(self, dataset: "Dataset") -> None:
        self.types = {
            name: Requirement(f"{name}_type", (name,), STOP, f"not a {column.type}", name)
            for name, column in dataset.columns.items()
            if column.type != TEXT
        }
        self.exact = {
            name: Requirement(f"{name}_exact", (name,), STOP, INEXACT, name)
            for name, column in dataset.columns.items()
            if column.type == NUMBER
        }
        self.of_columns = [*_column_rules(dataset), *_time_rules(dataset)]
        self.of_records = list(_record_rules(dataset))

    def __call__(
        self, columns: Mapping[str, "Array"], cells: Mapping[str, "Cells"], index: pd.Index
    ) -> list[Violation]:
        """Every rule, in the order of the contract, with the rows that break it.

        columns: values as `assay.contract.values` reads them; cells: the columns among them that may hold unread
        values. An unread value breaks no other rule of its column, and its record breaks no rule on whole records.
        """
        columns = {name: comparable(values) for name, values in columns.items()}
        unread = {name: one.unread for name, one in cells.items() if one.unread.any()}
        nowhere = np.zeros(len(index), "bool")
        doubtful = np.logical_or.reduce([nowhere, *unread.values()])
        rounded = {name: one.rounded for name, one in cells.items() if one.rounded is not None}
        of_another_type = {name: rows & ~rounded.get(name, nowhere) for name, rows in unread.items()}
        broken = [(rule, of_another_type.get(name, nowhere)) for name, rule in self.types.items()]
        broken += [(self.exact[name], rows) for name, rows in rounded.items()]
        broken += [
            (rule, breaks(columns[rule.on], cells.get(rule.on)) & ~unread.get(rule.on, nowhere))
            for rule, breaks in self.of_columns
        ]
        broken += [(rule, true(where, columns, len(index)) & ~doubtful) for rule, where in self.of_records]
        nothing = index[:0]
        return [Violation(rule, index[rows].sort_values() if rows.any() else nothing) for rule, rows in broken]


def _column_rules(dataset: "Dataset") -> Iterator[tuple[Requirement, Breaks]]:
    for name, column in dataset.columns.items():
        for kind, why, breaks in _checks(column):
            action = NOTE if kind == "plausible" else column.otherwise
            yield Requirement(f"{name}_{kind}", (name,), action, why, name), breaks


def _checks(column: "Column") -> Iterator[tuple[str, str, Breaks]]:
    """Kind and meaning of what is asked of a column's values, and where they break it."""
    unit = f" {column.unit}" if column.unit else ""
    if not column.nullable:
        yield "missing", "missing", _missing
    if column.values and column.type == CATEGORY:
        yield "values", f"not among {_listed(column.values)}", _not_among(column.values)
    if column.pattern:
        yield "pattern", f"not like {column.pattern}", _unlike(column.pattern)
    if bounds := column.range:
        yield "range", f"outside {_span(bounds)}{unit}", _outside(*bounds)
    if likely := column.plausible:
        yield "plausible", f"unlikely: outside {_span(likely)}{unit}", _outside(*likely)


def _time_rules(dataset: "Dataset") -> Iterator[tuple[Requirement, Breaks]]:
    if not (time := dataset.time):
        return
    where, day = ((time.column,), STOP), day_name(dataset)
    yield Requirement(f"{day}_missing", *where, f"no date like {time.format}{_place(time.pattern)}", day), _missing
    if time.first:
        first = pd.Timestamp(time.first)
        yield Requirement(f"{day}_first", *where, f"before {time.first}", day), lambda dates, _: dates < first
    if time.last:
        last = pd.Timestamp(time.last)
        yield Requirement(f"{day}_last", *where, f"after {time.last}", day), lambda dates, _: dates > last


def _place(pattern: str) -> str:
    """Where a date is looked for, if that is not the whole value."""
    return "" if pattern == Time.pattern else f" in what {pattern} finds (dataset.time.pattern)"


def _record_rules(dataset: "Dataset") -> Iterator[tuple[Requirement, Any]]:
    kinds = {name: KINDS.get(column.type, column.type) for name, column in dataset.columns.items()}
    kinds |= {day_name(dataset): DAY} if dataset.time else {}
    for name, rule in dataset.rules.items():
        where = checked(rule.where, kinds, f"dataset.rules.{name}.where")
        yield Requirement(name, tuple(rule.columns), rule.then, rule.why), where


def _missing(values: Any, cells: "Cells | None") -> "Mask":
    return cells.blank if cells else pd.isna(values)


def _not_among(allowed: list[str]) -> Breaks:
    known = Lookup([*allowed, None])
    return lambda values, _: ~known.has(arrow(values))


def _listed(values: list[str]) -> str:
    """The values, or the first of very many: each record that breaks the rule is told of them."""
    more = len(values) - SHOWN
    shown = ", ".join(map(repr, values[:SHOWN]))
    return f"{shown} and {more} more" if more > 0 else shown


def _unlike(pattern: str) -> Breaks:
    """Where a text does not fit the pattern as a whole."""
    return lambda values, _: ~(fits(arrow(values), pattern) | np.asarray(pd.isna(values)))


def _outside(low: float, high: float) -> Breaks:
    return lambda values, _: (values < low) | (values > high)


def _span(bounds: list[float]) -> str:
    return f"{bounds[0]:g} to {bounds[1]:g}"
