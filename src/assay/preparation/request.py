"""The contract of a request: a record that is to be scored now, whose outcome nobody knows yet."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from assay.config.dataset import CHECK, FEATURE, IGNORE, NOTE, SET_MISSING, TARGET
from assay.config.grammar import names
from assay.preparation.reduced_contract import restricted
from assay.records.columns import WEIGHT

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset, Rule


def request_contract(dataset: "Dataset", *, derived: bool) -> "Dataset":
    """The contract of a request: what a record must be, without what only holds for training data.

    Training data alone has dates between `first` and `last`, keys that are there once, and a target. Left out is what
    no score needs, with the rules whose condition names it: personal columns, leaks, what is not known yet when the
    model is asked, ids but for the key and the time, and ignored columns that neither the population nor derived
    features need (`derived`: whether there are any, because nobody says what they read); and rules that only count. An
    `optional` column may be missing; then no rule whose condition names it is broken.

    >>> from assay.config.dataset import Column, Dataset
    >>> columns = {"age": Column("number"), "sick": Column("flag", "target"), "cost": Column("number", "leak")}
    >>> list(request_contract(Dataset(columns=columns, target="sick"), derived=False).columns)
    ['age', 'sick']
    """
    population = [one for one in dataset.population if WEIGHT not in names(one.where)]
    used = {dataset.key, dataset.time.column if dataset.time else None}.union(*(names(one.where) for one in population))
    kept = {
        name: _requested(column)
        for name, column in dataset.columns.items()
        if name in used or _read(column, derived=derived)
    }
    return replace(
        dataset,
        columns=kept,
        population=population,
        time=replace(dataset.time, first=None, last=None) if dataset.time else None,
        rules={
            name: _where_there(rule, kept)
            for name, rule in restricted(dataset, kept).rules.items()
            if rule.then != NOTE
        },
        repeats=None,
        sample=None,
    )


def without_optional(dataset: "Dataset") -> "Dataset":
    """The contract of requests, as `request_contract` gives it, in none of which an optional column has a value."""
    return restricted(dataset, [name for name, column in dataset.columns.items() if not optional(column)])


def required(column: "Column") -> bool:
    """Whether a request is refused that has no value in the column, as `request_contract` gives it."""
    return not column.nullable and column.otherwise != SET_MISSING


def optional(column: "Column") -> bool:
    """Whether a request may lack the column: one that others are checked against, or the target."""
    return column.role in (CHECK, TARGET)


def _read(column: "Column", *, derived: bool) -> bool:
    if column.role == FEATURE:
        return column.available
    return optional(column) or (column.role == IGNORE and derived)


def _requested(column: "Column") -> "Column":
    """The column without the range that is only counted."""
    return replace(column, plausible=None, nullable=column.nullable or optional(column))


def _where_there(rule: "Rule", kept: "Mapping[str, Column]") -> "Rule":
    """The rule for records that have the optional columns that it names: to a missing text, any other is unequal."""
    doubtful = [name for name in sorted(names(rule.where)) if name in kept and optional(kept[name])]
    return replace(rule, where=" and ".join([f"({rule.where})", *(f"`{name}`.notna()" for name in doubtful)]))
