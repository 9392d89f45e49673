"""Describes each column of the cleaned and annotated tables: its meaning, and its content."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.cards.facts import Columns
from assay.cards.markdown import percent
from assay.config.dataset import CATEGORY, DAY, FLAG, NUMBER, TEXT, Column, cleaned_name
from assay.errors import sample
from assay.labels.precedence import ANNOTATORS, DECIDED_BY, DECISIONS
from assay.presentation.truncation import Shown, shown
from assay.records.columns import CODE, CODE_IN_FORCE, CODE_RESOLVED, DATE, RECORD_ID, unstored

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Made

# The columns that every dataset has after cleaning and after annotation.
COMMON = {
    RECORD_ID: Column(about="identifier of the record"),
    DATE: Column(about="day of the record"),
    CODE: Column(about="diagnosis code, as it came"),
    CODE_IN_FORCE: Column(about="the code in force, after decisions"),
    DECIDED_BY: Column(about="who decided on the code in force: the source, or a kind of decision"),
    DECISIONS: Column(about="number of decisions in force"),
    ANNOTATORS: Column(about="the annotators who made these decisions"),
    CODE_RESOLVED: Column(about="the code that counts: of X|Y the second"),
    "label": Column(about="whether the policy calls the record positive"),
    "policy": Column(about="name of the label policy"),
    "policy_version": Column(about="version of the label policy"),
    "excluded": Column(about="why the record is not used; empty if it is"),
}
INTEGER = "integer"  # a type that no raw column has
CATEGORIES_SHOWN = 10


@dataclass(frozen=True)
class Found:
    """A column as declared and as found.

    allowed, values: in short. missing: the share without a value, in all records and in each fold, if there are any.
    """

    name: str
    about: str
    kind: str
    unit: str
    allowed: str
    values: str
    missing: list[str]


def described(name: str, dataset: "Dataset") -> Column:
    """The column of the contract, with its origin if it is made; an empty one if the contract does not have it."""
    column = COMMON.get(name) or dataset.columns.get(name) or dataset.columns.get(unstored(name)) or Column()
    if made := dataset.made.get(unstored(name)):
        said = "; ".join(filter(None, [column.about, origin(made, dataset.index or "the record's time")]))
        return replace(column, about=said)
    return column


def origin(made: "Made", index: str) -> str:
    """Where a made column comes from, in words.

    >>> from assay.config.dataset import Made
    >>> origin(Made("labs", "last", "value", {"test": ["hdl"]}, within=730), "visit")
    'last value of labs where test is hdl, at most 730 before visit'
    """
    what = f"{made.take} of rows" if made.value is None else f"{made.take} {made.value}"
    where = " and ".join(f"{column} is {' or '.join(values)}" for column, values in made.where.items())
    bounds = {"at least": made.gap or None, "at most": made.within}
    window = [f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None]
    when = f"{' and '.join(window)} before {index}" if window else f"at {index} or before"
    return f"{what} of {made.table}{f' where {where}' if where else ''}, {when}"


def kind(values: pd.Series) -> str:
    """The type of a column in one word."""
    dtype = values.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return FLAG
    if pd.api.types.is_integer_dtype(dtype):
        return INTEGER
    if pd.api.types.is_numeric_dtype(dtype):
        return NUMBER
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return DAY
    return CATEGORY if isinstance(dtype, pd.CategoricalDtype) else TEXT


def telling(names: Iterable[str], profiled: Sequence[str], dataset: "Dataset") -> Shown[str]:
    """The columns that a card describes: all; of very many those that are no features, and those of the profile."""
    own = {cleaned_name(dataset, name) for name in profiled}
    return shown([*names], lambda name: 2 if name in COMMON else int(name in own))


def found(records: Columns, names: Iterable[str], inside: Mapping[str, np.ndarray], dataset: "Dataset") -> list[Found]:
    """These columns of the cleaned table; inside: which of its records are in each fold, (n,) bool."""
    columns = []
    for name in names:
        words, values = described(name, dataset), records[name]
        missing = values.isna()
        parts = [missing, *(missing[rows] for rows in inside.values())] if missing.any() else []
        gaps = [percent(float(part.mean())) for part in parts]
        told = f"{len(values)} different" if name == RECORD_ID else in_short(values)
        columns.append(Found(name, words.about, kind(values), words.unit, allowed(words), told, gaps))
    return columns


def allowed(column: Column) -> str:
    """The range that the contract allows, and the plausible one."""
    ranges = {"": column.range, "likely ": column.plausible}
    return ", ".join(f"{word}{bounds[0]:g} to {bounds[1]:g}" for word, bounds in ranges.items() if bounds)


def in_short(values: pd.Series) -> str:
    """The content of a column: extremes and median, shares, or the number of distinct values."""
    of = kind(values)
    if values.isna().all():
        return "nothing"
    if of == FLAG:
        return f"yes in {percent(values.mean())}"
    if of in (NUMBER, INTEGER):
        return f"{values.min():g} to {values.max():g}, median {values.median():g}"
    if of == DAY:
        return f"{values.min():%Y-%m-%d} to {values.max():%Y-%m-%d}"
    if of == CATEGORY:
        shares = values.value_counts(normalize=True, sort=False)
        return sample([f"{value} {percent(share)}" for value, share in shares.items()], CATEGORIES_SHOWN)
    return f"{values.nunique()} different"
