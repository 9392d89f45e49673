"""From raw texts to records that keep their contract, with a log of everything that was done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from assay.config.dataset import CATEGORY, CHECK, NOTE, PERSONAL, QUARANTINE, SET_MISSING, STOP, passes
from assay.contract.validation import Violation, violations
from assay.contract.values import Values, read_values
from assay.datasets import knowledge
from assay.errors import AssayError, sample
from assay.records.changes import WHOLE_RECORD, Change, change
from assay.records.columns import CODE, DATE, RECORD_ID, WEIGHT

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

FIRST_LINE = 2  # of a row in the file: the header is line 1
ACTIONS = {SET_MISSING: "set missing", QUARANTINE: "quarantine record", NOTE: "keep"}


@dataclass(frozen=True)
class Cleaned:
    """Records in order of their id; the raw rows that were quarantined, with the rule; and the log.

    records: `record_id`, `date` where the contract has a time, the columns that pass, and `code`, the target as it
    stands in the file; and `sample_weight`, where the file is a weighted sample.
    """

    records: pd.DataFrame
    quarantined: pd.DataFrame
    changes: list[Change]


def clean(raw: pd.DataFrame, dataset: "Dataset", where: str) -> Cleaned:
    """Clean a table of texts ("" or a declared text for no value) by its contract.

    Raises one AssayError that names every rule broken which the contract stops for, with columns and lines of `where`.
    """
    dataset, weight = collected(dataset), raw.get(WEIGHT)
    raw = raw.drop(columns=WEIGHT, errors="ignore")
    require_columns(raw, list(dataset.columns), where)
    values = read_values(raw, dataset)
    found = violations(values.records, values.unread, dataset)
    stop_for([one for one in found if one.rule.action == STOP], values.texts, where)
    found = [one for one in found if one.rule.action != STOP]
    changes = [*_conversions(values.texts, dataset), *(_change(one, values.ids) for one in found)]
    records = _with_missing(values.records, [one for one in found if one.rule.action == SET_MISSING])
    quarantined = _quarantined(raw, [one for one in found if one.rule.action == QUARANTINE])
    records = _finished(records, values, dataset).drop(index=quarantined.index)
    for repair in (drop_repeats, knowledge(dataset).repair):
        records, more = repair(records, dataset)
        changes += more
    if weight is not None:
        records = records.assign(**{WEIGHT: weight.loc[records.index].astype("float64")})
    return Cleaned(records.sort_values(RECORD_ID, ignore_index=True), quarantined.reset_index(drop=True), changes)


def collected(dataset: "Dataset") -> "Dataset":
    """The contract of what `collect` leaves: without what is personal."""
    return replace(dataset, columns={n: c for n, c in dataset.columns.items() if c.role != PERSONAL})


def require_columns(table: pd.DataFrame, expected: Sequence[str], where: str) -> None:
    """The columns are exactly `expected`, in any order, and there is at least one row."""
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


def stop_for(found: Sequence[Violation], texts: pd.DataFrame, where: str) -> None:
    """AssayError that names every broken rule, its values and lines; nothing if none is broken."""
    broken = [_sentence(one, texts) for one in found if len(one.rows)]
    if not broken:
        return
    what = broken[0] if len(broken) == 1 else "\n  ".join([f"{len(broken)} rules of the contract are broken:", *broken])
    raise AssayError(what, where=where, todo="correct the file, or conf/dataset/ if the values are legitimate")


def drop_repeats(records: pd.DataFrame, dataset: "Dataset") -> tuple[pd.DataFrame, list[Change]]:
    """Drop the later of two records that agree in everything but id and date, if enough of it is known.

    Needs the whole table: a rule that looks at one record at a time cannot see it.
    """
    if not (repeats := dataset.repeats):
        return records, []
    repeated = repeats_of_earlier(records)
    rich = records[repeats.known].notna().sum(axis=1) >= repeats.at_least
    dropped, kept = (records.loc[repeated & known, RECORD_ID].tolist() for known in (rich, ~rich))
    return records[~(repeated & rich)], [
        change("repeated_record", WHOLE_RECORD, "drop record", dropped, "the same record entered twice"),
        change("sparse_repeat", WHOLE_RECORD, "keep", kept, "so little is known that it may be chance"),
    ]


def repeats_of_earlier(records: pd.DataFrame) -> "pd.Series[bool]":
    """Which records agree with an earlier one, by id, in everything but id and date."""
    content = [name for name in records if name not in (RECORD_ID, DATE, WEIGHT)]
    return records.sort_values(RECORD_ID).duplicated(content).reindex(records.index)


def _sentence(one: Violation, texts: pd.DataFrame) -> str:
    shown = [name for name in one.rule.columns if name in texts]
    values = sample(list(dict.fromkeys(repr(value) for name in shown for value in texts.loc[one.rows, name])))
    lines = sample([f"line {row + FIRST_LINE}" for row in one.rows])
    return f"column {', '.join(one.rule.columns)}: {len(one.rows)} value(s) {one.rule.why}: {values}; {lines}"


def _conversions(texts: pd.DataFrame, dataset: "Dataset") -> list[Change]:
    empty = [
        Change("empty_is_missing", (name,), "convert", int((texts[name] == "").sum()), "an empty text is no value")
        for name, column in dataset.columns.items()
        if column.nullable
    ]
    checks = tuple(name for name, column in dataset.columns.items() if column.role == CHECK)
    if not checks:
        return empty
    return [*empty, Change("check_columns", checks, "drop column", len(checks), "there only to be checked against")]


def _change(one: Violation, ids: pd.Series) -> Change:
    return change(one.rule.name, one.rule.columns, ACTIONS[one.rule.action], ids.loc[one.rows].tolist(), one.rule.why)


def _with_missing(records: pd.DataFrame, found: Sequence[Violation]) -> pd.DataFrame:
    records = records.copy()
    for one in found:
        for name in one.rule.columns:
            records[name] = records[name].mask(records.index.isin(one.rows))
    return records


def _quarantined(raw: pd.DataFrame, found: Sequence[Violation]) -> pd.DataFrame:
    """The raw rows of these violations, the names of their rules before them."""
    rules = pd.Series("", index=raw.index, dtype="str")
    for one in found:
        rules[one.rows] = rules[one.rows] + " " + one.rule.name
    rules = rules.str.strip()
    return pd.concat([rules.rename("rule"), raw], axis=1)[rules != ""]


def _finished(records: pd.DataFrame, values: Values, dataset: "Dataset") -> pd.DataFrame:
    """The columns that pass cleaning, under the names that every dataset has."""
    passing = {
        name: pd.Categorical(records[name], categories=column.values)
        if column.type == CATEGORY and column.values
        else records[name]
        for name, column in dataset.columns.items()
        if passes(dataset, name)
    }
    date = {DATE: records[DATE]} if dataset.time else {}
    codes = values.texts[dataset.target]
    return pd.DataFrame({RECORD_ID: values.ids, **date, **passing, CODE: codes}, index=records.index)
