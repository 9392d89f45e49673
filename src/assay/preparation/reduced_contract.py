"""Contracts of records that have only some of the columns."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from assay.config.dataset import PERSONAL, SET_MISSING
from assay.config.grammar import names
from assay.contract.values import day_name

if TYPE_CHECKING:
    from assay.config.dataset import Dataset


def collected(dataset: "Dataset") -> "Dataset":
    """The contract of a collected table: without the personal columns."""
    return replace(dataset, columns={n: c for n, c in dataset.columns.items() if c.role != PERSONAL})


def restricted(dataset: "Dataset", columns: Collection[str]) -> "Dataset":
    """The contract of records that have only these columns.

    A rule is kept if these columns, and the date, say where it is broken; it then acts on those of its columns that are
    among them. One that only sets other columns missing has nothing left to do.
    """
    kept = {name: column for name, column in dataset.columns.items() if name in columns}
    known = {*kept, day_name(dataset)}
    told = {name: rule for name, rule in dataset.rules.items() if names(rule.where) <= known}
    here = {name: replace(rule, columns=[one for one in rule.columns if one in kept]) for name, rule in told.items()}
    rules = {name: rule for name, rule in here.items() if rule.columns or rule.then != SET_MISSING}
    return replace(dataset, columns=kept, rules=rules)
