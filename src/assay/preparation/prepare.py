"""Prepares records one by one: reads their texts, checks them against the contract, repairs or quarantines, and logs.

The result for a record does not depend on other records. So the line, a service, a batch scorer and every engine use
this module; `assay.preparation.reconcile` does what needs all records.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import (
    CATEGORY,
    FLAG,
    LIMIT,
    NOTE,
    QUARANTINE,
    SET_MISSING,
    STOP,
    cleaned_name,
    has_limits,
    passes,
    targets,
)
from assay.contract.categories import Categories
from assay.contract.outcome import Coder, limits_of
from assay.contract.validation import Validator, Violation
from assay.contract.values import Reader, Values, day_name
from assay.errors import AssayError, sample
from assay.preparation.conversions import conversions
from assay.preparation.reduced_contract import collected
from assay.records.changes import Change, change
from assay.records.columns import CODE, DATE, RECORD_ID, RULE, WEIGHT, stored

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.contract.arrays import Array
    from assay.contract.numbers import Mask
    from assay.contract.values import Raw

DECLARE = "restore the file, or declare the column in conf/dataset/"
ACTIONS = {SET_MISSING: "set missing", QUARANTINE: "quarantine record", NOTE: "keep"}


@dataclass(frozen=True)
class Broken:
    """A rule that stops the line, and the violations. rows: index labels; values: the distinct texts, as written."""

    columns: tuple[str, ...]
    why: str
    rows: tuple[int, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Prepared:
    """A batch of prepared records. Every table has the index of the raw batch.

    records: `record_id` (str); `date` (datetime64[s]) if the contract has a time; the columns that pass cleaning, under
    their `assay.config.dataset.cleaned_name`, with the types of the contract (numbers float64, flags bool or nullable
    boolean, dates datetime64[s], categories with declared values category, other texts str); `NAME_limit` (float64: -1,
    0 or 1) of one with limits of detection; `code` (str), the target as written in the file, "" where a rule sets it
    missing, or as the contract's outcome makes it, if the batch is labelled; `sample_weight` (float64) if the batch is
    part of a weighted sample. quarantined: a column `rule` with the names of the broken rules, then the raw columns,
    one called `rule` under its `stored` name. keys: the contract's key of all raw rows; None if it has none. ids: the
    record ids of all raw rows (str): the key as written. broken: violations that stop the line. changes: the log.
    """

    records: pd.DataFrame
    quarantined: pd.DataFrame
    keys: pd.Series | None
    ids: "pd.Series[str]"
    broken: list[Broken]
    changes: list[Change]


@dataclass(frozen=True)
class Judged:
    """A batch as read, and every rule of the contract with the rows that break it."""

    values: Values
    violations: list[Violation]

    def rows(self, *actions: str) -> "Mask":
        """Which rows break a rule with one of these actions, (n,) bool."""
        index = self.values.raw.index
        found = [index.isin(one.rows) for one in self.violations if one.rule.action in actions and len(one.rows)]
        return np.logical_or.reduce([np.zeros(len(index), "bool"), *found])


def prepare(batch: pd.DataFrame, dataset: "Dataset", where: str) -> Prepared:
    """Prepare one batch by its contract; see `Preparer`, which reads the contract once for many batches.

    >>> from assay.config.dataset import Column, Dataset
    >>> age = Column(type="number", range=[0, 120], nullable=True, otherwise="missing")
    >>> contract = Dataset(columns={"age": age, "sick": Column(type="flag", role="target")}, target="sick")
    >>> prepare(pd.DataFrame({"age": ["40", "455"], "sick": ["no", "yes"]}), contract, "a table").records
       record_id   age code
    0  000000000  40.0   no
    1  000000001   NaN  yes
    """
    return Preparer(dataset)(batch, where)


class Preparer:
    """Prepares any number of batches by one contract.

    A batch has a column for each column of the contract but personal ones, of texts or typed values, as
    `assay.contract.values` reads them, and `sample_weight` if it is part of a weighted sample. A missing value is ""
    or a text that the contract declares. The index is the row number in the file, from 0; a contract without a key
    makes the record ids from it. contract: of these records, if it asks less than of others
    (`assay.preparation.request.request_contract`).
    """

    def __init__(self, dataset: "Dataset", contract: "Dataset | None" = None) -> None:
        whole = collected(dataset)
        self.dataset = contract or whole
        self.known = {*whole.columns}
        self.set_apart = {WEIGHT, *self.known} - {*self.dataset.columns}
        self.targets = targets(self.dataset)
        self.codes = Coder(self.dataset) if self.dataset.outcome and self.targets else None
        self.read, self.validate = Reader(self.dataset), Validator(self.dataset)
        # By the whole contract, so that a column has the same type whatever is asked.
        self.finish = {
            name: (cleaned_name(whole, name), _finish(whole, name))
            for name in self.dataset.columns
            if passes(whole, name)
        }
        self.limited = [name for name in self.finish if has_limits(whole.columns[name])]

    def __call__(self, batch: pd.DataFrame, where: str) -> Prepared:
        """Prepare a table; `where` names it in errors.

        AssayError if columns are missing or unknown, there is no row, or a weight is not above 0; a broken rule raises
        nothing here.
        """
        names = [name for name in batch.columns if name not in self.set_apart]
        require_columns(names, list(self.dataset.columns), where, DECLARE)
        require_rows(len(batch), where)
        if WEIGHT in batch and WEIGHT not in self.known:
            _require_weights(batch[WEIGHT], where)
        judged = self.judge(batch)
        values, found = judged.values, judged.violations
        rules = _rules_of(QUARANTINE, found, batch.index)
        return Prepared(
            self.records(judged, rules == ""),
            _quarantined(batch, names, rules),
            pd.Series(values.columns[key], batch.index, name=key) if (key := self.dataset.key) else None,
            values.ids,
            [_stopping(one, values) for one in _that(STOP, found) if len(one.rows)],
            [*conversions(values, self.dataset), *_changes(found, values)],
        )

    def judge(self, batch: "pd.DataFrame | Raw") -> Judged:
        """Read a table that has the columns of the contract, and find every violation."""
        values = self.read(batch)
        return Judged(values, self.validate(values.columns, values.cells, values.raw.index))

    def records(self, judged: Judged, kept: "Mask") -> pd.DataFrame:
        """The prepared records among the judged rows that are `kept`, with the columns of `Prepared.records`."""
        index = judged.values.raw.index
        return pd.DataFrame(self.columns(judged, kept), index=index if kept.all() else index[kept])

    def columns(self, judged: Judged, kept: "Mask") -> "dict[str, Array]":
        """The same, as arrays by name: the columns that pass, under the names that every dataset has."""
        values = judged.values
        columns = _with_missing(values, _that(SET_MISSING, judged.violations))
        table: dict[str, Any] = {RECORD_ID: values.ids.array}
        table |= {DATE: columns[day_name(self.dataset)]} if self.dataset.time else {}
        table |= {there: columns[name] for name, (there, _) in self.finish.items()}
        table |= {f"{name}{LIMIT}": values.cells[name].limits for name in self.limited}
        if self.targets and values.cells.keys() >= {*self.targets}:
            limits = limits_of(values) if self.codes else None
            made = self.codes(columns, len(values.raw), limits) if self.codes else _codes(judged, self.targets[0]).array
            table[CODE] = made
        weighted = WEIGHT in values.raw.columns and WEIGHT not in self.known
        table |= {WEIGHT: values.raw.columns[WEIGHT].astype("float64")} if weighted else {}
        if not kept.all():
            table = {name: column[kept] for name, column in table.items()}
        return table | {there: finish(table[there]) for there, finish in self.finish.values()}


def require_columns(there: Sequence[str], expected: Sequence[str], where: str, todo: str) -> None:
    """AssayError unless the columns `there` are exactly `expected`, in any order; `todo`: unless a new name may do."""
    missing = [name for name in expected if name not in there]
    unknown = [name for name in there if name not in expected]
    if missing or unknown:
        found = [f"missing column {sample(missing)}"] if missing else []
        found += [f"unknown column {sample(unknown)}"] if unknown else []
        raise AssayError("; ".join(found), where=where, todo="rename it" if missing and unknown else todo)


def require_rows(
    count: int, where: str, todo: str = "restore the source (dataset.source.uri), then: dvc repro"
) -> None:
    """AssayError if there is none."""
    if not count:
        raise AssayError("the table has no rows", where=where, todo=todo)


def _require_weights(column: pd.Series, where: str) -> None:
    """AssayError unless each is a number above 0: of how many records this one is a sample."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy("float64", na_value=np.nan)
    wrong = column.index[~(np.isfinite(numbers) & (numbers > 0))]
    if len(wrong):
        what = f"{len(wrong)} weight(s) of a sample are no numbers above 0"
        todo = "restore the file; if the column means something else, declare it in conf/dataset/"
        raise AssayError(what, where=f"{where}, column {WEIGHT}", rows=list(wrong), todo=todo)


def _finish(dataset: "Dataset", name: str) -> "Callable[[Array], Array]":
    """The function that gives a column its final type, once values are set missing and records are quarantined."""
    column = dataset.columns[name]
    if column.type == CATEGORY and column.values:
        return Categories(column.values)
    if column.type == FLAG:
        return partial(_flag, nullable=_may_be_missing(dataset, name))
    return lambda values: values


def _may_be_missing(dataset: "Dataset", name: str) -> bool:
    """Whether the contract lets a value of the column be missing in the end."""
    column = dataset.columns[name]
    emptied = {one for rule in dataset.rules.values() if rule.then == SET_MISSING for one in rule.columns}
    return column.nullable or column.otherwise == SET_MISSING or name in emptied


def _flag(values: "Array", nullable: bool) -> "Array":
    """A flag as bool, or as pandas' boolean where one may be missing, or is (a broken rule, which stops the line)."""
    missing = pd.isna(values)
    return pd.array(values, dtype="boolean") if nullable or missing.any() else np.asarray(values, "bool")


def _that(action: str, found: Sequence[Violation]) -> list[Violation]:
    return [one for one in found if one.rule.action == action]


def _stopping(one: Violation, values: Values) -> Broken:
    shown = [name for name in one.rule.columns if name in values.cells]
    different = dict.fromkeys(text for name in shown for text in values.texts(name, one.rows))
    return Broken(one.rule.columns, one.rule.why, tuple(one.rows), tuple(different))


def _changes(found: Sequence[Violation], values: Values) -> list[Change]:
    return [
        change(one.rule.name, one.rule.columns, ACTIONS[one.rule.action], _ids(one, values), one.rule.why)
        for one in found
        if one.rule.action in ACTIONS
    ]


def _ids(one: Violation, values: Values) -> list[str]:
    return values.ids.loc[one.rows].tolist() if len(one.rows) else []


def _codes(judged: Judged, target: str) -> "pd.Series[str]":
    """The target as written; "" where a rule sets it missing."""
    codes = judged.values.texts(target)
    for one in _that(SET_MISSING, judged.violations):
        if target in one.rule.columns and len(one.rows):
            codes = codes.mask(codes.index.isin(one.rows), "")
    return codes


def _with_missing(values: Values, found: Sequence[Violation]) -> "dict[str, Array]":
    columns = dict(values.columns)
    for one in found:
        for name in one.rule.columns if len(one.rows) else ():
            column = pd.Series(columns[name], values.raw.index)
            nullable = column.astype("boolean") if column.dtype == "bool" else column
            columns[name] = nullable.mask(column.index.isin(one.rows)).array
    return columns


def _rules_of(action: str, found: Sequence[Violation], index: pd.Index) -> np.ndarray:
    """The names of the rules with this action that each row breaks, or "" (object)."""
    rules = np.full(len(index), "", "object")
    for one in _that(action, found):
        if len(one.rows):
            rules[index.isin(one.rows)] += f" {one.rule.name}"
    return rules


def _quarantined(batch: pd.DataFrame, names: Sequence[str], rules: np.ndarray) -> pd.DataFrame:
    """The raw rows that break a rule, the names of their rules before them."""
    broken = rules != ""
    aside = batch[broken] if broken.any() else batch.iloc[:0]  # to choose no rows by a mask costs a millisecond
    aside = aside[names] if len(names) < batch.shape[1] else aside
    aside = aside.rename(columns={RULE: stored(RULE)}) if RULE in aside else aside
    aside.insert(0, RULE, pd.Series([rule.strip() for rule in rules[broken]], aside.index, dtype="str"))
    return aside
