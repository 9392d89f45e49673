"""Reconciles prepared records in named steps, each of which needs all of them: unique keys, repeats, repair."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.datasets import knowledge
from assay.errors import AssayError, sample
from assay.preparation.prepare import Broken, Prepared, prepare
from assay.records.changes import WHOLE_RECORD, Change, change, merged
from assay.records.columns import DATE, RECORD_ID, WEIGHT

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

FIRST_LINE = 2  # the line of row 0 in the file: the header is line 1


@dataclass(frozen=True)
class Cleaned:
    """Records in order of their id, the quarantined raw rows with their rules, and the log.

    Columns as in `assay.preparation.prepare.Prepared`; both tables are indexed from 0.
    """

    records: pd.DataFrame
    quarantined: pd.DataFrame
    changes: list[Change]


def clean(raw: pd.DataFrame, dataset: "Dataset", where: str) -> Cleaned:
    """Clean a whole table of texts at once: `prepare`, then `reconcile`, with their arguments and errors."""
    return reconcile([prepare(raw, dataset, where)], dataset, where)


def reconcile(batches: Iterable[Prepared], dataset: "Dataset", where: str) -> Cleaned:
    """Join all prepared batches of a table, in any order, into one table of cleaned records.

    Raises one AssayError that names every broken rule that stops the line, with columns, and lines of `where`.
    """
    together = stacked(list(batches))
    stop_for([*together.broken, *repeated_keys(together.keys)], where)
    records, changes = together.records, together.changes
    for step in (drop_repeats, knowledge(dataset).repair):
        records, more = step(records, dataset)
        changes = [*changes, *more]
    return Cleaned(
        records.sort_values(RECORD_ID, ignore_index=True), together.quarantined.reset_index(drop=True), changes
    )


def stacked(batches: Sequence[Prepared]) -> Prepared:
    """Batches as one, in the order of the file. ValueError if two of them have the same row."""
    if len(batches) == 1:
        return batches[0]
    return Prepared(
        _in_order([one.records for one in batches]),
        _in_order([one.quarantined for one in batches]),
        _in_order([one.keys for one in batches]) if batches[0].keys is not None else None,
        _merged_broken([broken for one in batches for broken in one.broken]),
        merged([one.changes for one in batches]),
    )


def repeated_keys(keys: pd.Series | None) -> list[Broken]:
    """The records that share their key with another one; a missing key counts as none."""
    if keys is None:
        return []
    there = keys.dropna()
    repeated = there[there.duplicated(keep=False)]
    if repeated.empty:
        return []
    return [Broken((str(keys.name),), "repeated", tuple(repeated.index), tuple(map(str, repeated.unique())))]


def stop_for(broken: Sequence[Broken], where: str) -> None:
    """Raise an AssayError that names every broken rule, its values and lines, if any is broken."""
    if not broken:
        return
    sentences = [_sentence(one) for one in broken]
    several = [f"{len(broken)} rules of the contract are broken:", *sentences]
    what = sentences[0] if len(sentences) == 1 else "\n  ".join(several)
    raise AssayError(what, where=where, todo="correct the file, or conf/dataset/ if the values are legitimate")


def drop_repeats(records: pd.DataFrame, dataset: "Dataset") -> tuple[pd.DataFrame, list[Change]]:
    """Drop the later of two records that are equal but for id and date, if enough of its columns have a value."""
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
    """True for each record that equals one with a smaller id, but for id, date and weight."""
    content = [name for name in records if name not in (RECORD_ID, DATE, WEIGHT)]
    return records.sort_values(RECORD_ID).duplicated(content).reindex(records.index)


def _in_order(parts: Sequence[Any]) -> Any:
    return pd.concat(parts, verify_integrity=True).sort_index()


def _merged_broken(broken: Sequence[Broken]) -> list[Broken]:
    """Join what different batches say of the same rule."""
    found: dict[tuple[tuple[str, ...], str], Broken] = {}
    for one in broken:
        before = found.setdefault((one.columns, one.why), Broken(one.columns, one.why, (), ()))
        rows, values = {*before.rows, *one.rows}, dict.fromkeys((*before.values, *one.values))
        found[one.columns, one.why] = Broken(one.columns, one.why, tuple(sorted(rows)), tuple(values))
    return list(found.values())


def _sentence(one: Broken) -> str:
    values = sample(list(map(repr, one.values)))
    lines = sample([f"line {row + FIRST_LINE}" for row in one.rows])
    return f"column {', '.join(one.columns)}: {len(one.rows)} value(s) {one.why}: {values}; {lines}"
