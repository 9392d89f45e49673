"""Prepares records one by one: reads their texts, checks them against the contract, repairs or quarantines, and logs.

The result for a record does not depend on other records. So the line, a service, a batch scorer and every engine use
this module; `assay.preparation.reconcile` does what needs all records.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from assay.config.dataset import CATEGORY, CHECK, NOTE, PERSONAL, QUARANTINE, SET_MISSING, STOP, passes
from assay.config.grammar import names
from assay.contract.validation import Violation, violations
from assay.contract.values import Values, categorical, read_values
from assay.errors import AssayError, sample
from assay.records.changes import COLUMNS_DROPPED, Change, change
from assay.records.columns import CODE, DATE, RECORD_ID, WEIGHT

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

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

    records: `record_id` (str); `date` (datetime64[s]) if the contract has a time; the columns that pass cleaning, with
    the types of the contract (numbers float64, flags bool or nullable boolean, dates datetime64[s], categories with
    declared values category, other texts str); `code` (str), the target as written in the file, if the batch is
    labelled; `sample_weight` (float64) if the batch is part of a weighted sample. quarantined: a column `rule` with the
    names of the broken rules, then the raw columns. keys: the contract's key of all raw rows; None if it has none.
    broken: violations that stop the line. changes: the log.
    """

    records: pd.DataFrame
    quarantined: pd.DataFrame
    keys: pd.Series | None
    broken: list[Broken]
    changes: list[Change]


def prepare(batch: pd.DataFrame, dataset: "Dataset", where: str, *, labelled: bool = True) -> Prepared:
    """Prepare a table of texts by its contract; `where` names the table in errors.

    batch: a str column for each column of the contract but personal ones, and `sample_weight` if it is part of a
    weighted sample. A missing value is "" or a text that the contract declares. The index is the row number in the
    file, from 0; a contract without a key makes the record ids from it. If not `labelled`, the target is not needed and
    not read. AssayError if columns are missing or unknown, or there is no row; broken rules raise nothing here.

    >>> from assay.config.dataset import Column, Dataset
    >>> age = Column(type="number", range=[0, 120], nullable=True, otherwise="missing")
    >>> contract = Dataset(columns={"age": age, "sick": Column(type="flag", role="target")}, target="sick")
    >>> prepare(pd.DataFrame({"age": ["40", "455"], "sick": ["no", "yes"]}), contract, "a table").records
       record_id   age code
    0  000000000  40.0   no
    1  000000001   NaN  yes
    """
    dataset, weight = collected(dataset), batch.get(WEIGHT)
    raw = batch.drop(columns=WEIGHT, errors="ignore")
    if not labelled:
        raw, dataset = raw.drop(columns=dataset.target, errors="ignore"), unlabelled(dataset)
    require_columns(raw, list(dataset.columns), where)
    values = read_values(raw, dataset)
    found = violations(values.records, values.unread, dataset)
    repaired = _with_missing(values.records, _that(SET_MISSING, found))
    quarantined = _quarantined(raw, _that(QUARANTINE, found))
    records = _finished(repaired, values, dataset, weight)
    logged = [_change(one, values.ids) for one in found if one.rule.action in ACTIONS]
    return Prepared(
        records.drop(index=quarantined.index),
        quarantined,
        values.records[dataset.key] if dataset.key else None,
        [_stopping(one, values.texts) for one in _that(STOP, found) if len(one.rows)],
        [*_conversions(values.texts, dataset), *logged],
    )


def collected(dataset: "Dataset") -> "Dataset":
    """The contract of a collected table: without the personal columns."""
    return replace(dataset, columns={n: c for n, c in dataset.columns.items() if c.role != PERSONAL})


def unlabelled(dataset: "Dataset") -> "Dataset":
    """The contract of records whose target is not known yet: without the target and the rules that use it."""
    return replace(
        dataset,
        columns={name: column for name, column in dataset.columns.items() if name != dataset.target},
        rules={name: rule for name, rule in dataset.rules.items() if dataset.target not in names(rule.where)},
    )


def require_columns(table: pd.DataFrame, expected: Sequence[str], where: str) -> None:
    """AssayError unless the columns are exactly `expected`, in any order, and there is at least one row."""
    missing = [name for name in expected if name not in table.columns]
    unknown = [name for name in table.columns if name not in expected]
    if missing or unknown:
        found = [f"missing column {sample(missing)}"] if missing else []
        found += [f"unknown column {sample(unknown)}"] if unknown else []
        todo = "rename it" if missing and unknown else "restore the file, or declare the column in conf/dataset/"
        raise AssayError("; ".join(found), where=where, todo=todo)
    if table.empty:
        raise AssayError(
            "the table has no rows", where=where, todo="restore the source (dataset.source.uri), then: dvc repro"
        )


def _that(action: str, found: Sequence[Violation]) -> list[Violation]:
    return [one for one in found if one.rule.action == action]


def _stopping(one: Violation, texts: pd.DataFrame) -> Broken:
    shown = [name for name in one.rule.columns if name in texts]
    values = tuple(dict.fromkeys(value for name in shown for value in texts.loc[one.rows, name]))
    return Broken(one.rule.columns, one.rule.why, tuple(one.rows), values)


def _conversions(texts: pd.DataFrame, dataset: "Dataset") -> list[Change]:
    empty = [
        Change("empty_is_missing", (name,), "convert", int((texts[name] == "").sum()), "an empty text is no value")
        for name, column in dataset.columns.items()
        if column.nullable
    ]
    checks = tuple(name for name, column in dataset.columns.items() if column.role == CHECK)
    if not checks:
        return empty
    return [*empty, Change("check_columns", checks, COLUMNS_DROPPED, len(checks), "there only to be checked against")]


def _change(one: Violation, ids: pd.Series) -> Change:
    return change(one.rule.name, one.rule.columns, ACTIONS[one.rule.action], ids.loc[one.rows].tolist(), one.rule.why)


def _with_missing(records: pd.DataFrame, found: Sequence[Violation]) -> pd.DataFrame:
    records = records.copy()
    for one in found:
        for name in one.rule.columns:
            records[name] = records[name].mask(records.index.isin(one.rows))
    return records


def _quarantined(raw: pd.DataFrame, found: Sequence[Violation]) -> pd.DataFrame:
    """The raw rows of these violations, after a column `rule` with the names of their rules."""
    rules = pd.Series("", index=raw.index, dtype="str")
    for one in found:
        rules[one.rows] = rules[one.rows] + " " + one.rule.name
    rules = rules.str.strip()
    return pd.concat([rules.rename("rule"), raw], axis=1)[rules != ""]


def _finished(records: pd.DataFrame, values: Values, dataset: "Dataset", weight: pd.Series | None) -> pd.DataFrame:
    """The columns that pass cleaning, and those that every dataset has under the same names."""
    passing = {
        name: categorical(records[name], column.values) if column.type == CATEGORY and column.values else records[name]
        for name, column in dataset.columns.items()
        if passes(dataset, name)
    }
    date = {DATE: records[DATE]} if dataset.time else {}
    code = {CODE: values.texts[dataset.target]} if dataset.target in values.texts else {}
    weights = {} if weight is None else {WEIGHT: weight.astype("float64")}
    return pd.DataFrame({RECORD_ID: values.ids, **date, **passing, **code, **weights}, index=records.index)
