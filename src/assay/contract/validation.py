"""Finds every violation of a contract in one pass, with pandera."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.config.dataset import NOTE, STOP, TEXT
from assay.contract.rules import holds
from assay.records.columns import DATE

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset


@dataclass(frozen=True)
class Requirement:
    """A rule of the contract: on the values of one column, or (`on` is "") on whole records."""

    name: str
    columns: tuple[str, ...]
    action: str
    why: str
    on: str = ""
    check: Any = None


@dataclass(frozen=True)
class Violation:
    """A rule, and the index labels of the rows that break it, which may be none."""

    rule: Requirement
    rows: pd.Index


def violations(records: pd.DataFrame, unread: pd.DataFrame, dataset: "Dataset") -> list[Violation]:
    """Every rule of the contract, in its order, with the rows that break it.

    records, unread: from `assay.contract.values.Values`. RuntimeError if a check itself fails.
    """
    readable = [
        Violation(Requirement(f"{name}_type", (name,), STOP, f"not a {column.type}"), unread.index[unread[name]])
        for name, column in dataset.columns.items()
        if column.type != TEXT
    ]
    rules = [*_column_rules(dataset), *_time_rules(dataset), *_record_rules(records, dataset)]
    broken = _broken(records, rules)
    nothing = records.index[:0]
    return readable + [Violation(rule, _without_unread(rule, broken.get(rule.name, nothing), unread)) for rule in rules]


def _column_rules(dataset: "Dataset") -> Iterator[Requirement]:

    for name, column in dataset.columns.items():
        for kind, why, check in _checks(column):
            rule = f"{name}_{kind}"
            action = NOTE if kind == "plausible" else column.otherwise
            yield Requirement(rule, (name,), action, why, name, check(rule))


def _checks(column: "Column") -> Iterator[tuple[str, str, Any]]:
    """The checks of a column: kind, meaning, and a function from the rule's name to the pandera check."""
    from pandera.pandas import Check

    unit = f" {column.unit}" if column.unit else ""
    if not column.nullable:
        yield "missing", "missing", lambda rule: Check(lambda v: v.notna(), ignore_na=False, error=rule)
    if column.values and column.type == "category":
        allowed = ", ".join(repr(value) for value in column.values)
        yield "values", f"not among {allowed}", lambda rule: Check.isin(column.values, error=rule)
    if column.pattern:
        whole = f"(?:{column.pattern})\\Z"
        yield "pattern", f"not like {column.pattern}", lambda rule: Check.str_matches(whole, error=rule)
    if bounds := column.range:
        yield "range", f"outside {_span(bounds)}{unit}", lambda rule: Check.in_range(*bounds, error=rule)
    if likely := column.plausible:
        yield "plausible", f"unlikely: outside {_span(likely)}{unit}", lambda rule: Check.in_range(*likely, error=rule)


def _time_rules(dataset: "Dataset") -> Iterator[Requirement]:
    from pandera.pandas import Check

    if not (time := dataset.time):
        return
    there = Check(lambda values: values.notna(), ignore_na=False, error="date_missing")
    yield Requirement("date_missing", (time.column,), STOP, f"no date like {time.format}", DATE, there)
    if time.first:
        since = Check.ge(pd.Timestamp(time.first), error="date_first")
        yield Requirement("date_first", (time.column,), STOP, f"before {time.first}", DATE, since)
    if time.last:
        until = Check.le(pd.Timestamp(time.last), error="date_last")
        yield Requirement("date_last", (time.column,), STOP, f"after {time.last}", DATE, until)


def _record_rules(records: pd.DataFrame, dataset: "Dataset") -> Iterator[Requirement]:
    from pandera.pandas import Check

    for name, rule in dataset.rules.items():
        kept = ~holds(records, rule.where, f"dataset.rules.{name}.where")
        yield Requirement(
            name, tuple(rule.columns), rule.then, rule.why, "", Check(lambda _, kept=kept: kept, error=name)
        )


def _broken(records: pd.DataFrame, rules: list[Requirement]) -> dict[str, pd.Index]:
    """The rows that break a rule, by the rule's name."""
    import pandera.pandas as pa

    of_column: dict[str, list[Any]] = {}
    for rule in rules:
        of_column.setdefault(rule.on, []).append(rule.check)
    on_records = of_column.pop("", [])
    columns = {name: pa.Column(checks=checks, nullable=True) for name, checks in of_column.items()}
    try:
        pa.DataFrameSchema(columns, checks=on_records).validate(records, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        if cases["index"].isna().any():  # a check that raised an error
            raise RuntimeError(str(cases[cases["index"].isna()].iloc[0].to_dict())) from error
        # A failed check of whole records is repeated for each column.
        return {str(name): pd.Index(sorted(set(rows))) for name, rows in cases.groupby("check")["index"]}
    return {}


def _without_unread(rule: Requirement, rows: pd.Index, unread: pd.DataFrame) -> pd.Index:
    """A value that could not be read is not missing as well, and says nothing about the rest of its record."""
    if not rule.on:
        return rows.difference(unread.index[unread.any(axis=1)])
    if rule.name == f"{rule.on}_missing" and rule.on in unread:
        return rows.difference(unread.index[unread[rule.on]])
    return rows


def _span(bounds: list[float]) -> str:
    return f"{bounds[0]:g} to {bounds[1]:g}"
