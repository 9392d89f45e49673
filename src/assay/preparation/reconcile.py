"""Reconciles prepared records: what can only be seen with all of them at hand, in named steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.datasets import knowledge
from assay.errors import AssayError, sample
from assay.preparation.prepare import Broken, Prepared, prepare
from assay.records.changes import WHOLE_RECORD, Change, change, merged
from assay.records.columns import DATE, RECORD_ID, WEIGHT
from assay.records.formats import FILES, PARQUET

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

FIRST_LINE, FIRST_ROW = 2, 1  # in a CSV the header is line 1


@dataclass(frozen=True)
class Cleaned:
    """Records in order of their id; the raw rows that were quarantined, with the rule; and the log.

    The columns are those of `assay.preparation.prepare.Prepared`.
    """

    records: pd.DataFrame
    quarantined: pd.DataFrame
    changes: list[Change]


def clean(raw: pd.DataFrame, dataset: "Dataset", where: str) -> Cleaned:
    """Clean a whole table of texts at once; as `prepare` and `reconcile`, and with their errors."""
    return reconcile([prepare(raw, dataset, where)], dataset, where)


def reconcile(batches: Iterable[Prepared], dataset: "Dataset", where: str) -> Cleaned:
    """All prepared batches of a table, in any order, as one table of cleaned records.

    Raises one AssayError that names every rule broken which the contract stops for, with columns and lines of `where`.
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
    """Batches as one, each record where it stands in the file. ValueError if two of them hold the same row."""
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
    """The records whose key another one has too; none that lacks it."""
    if keys is None:
        return []
    there = keys.dropna()
    repeated = there[there.duplicated(keep=False)]
    if repeated.empty:
        return []
    return [Broken((str(keys.name),), "repeated", tuple(repeated.index), tuple(map(str, repeated.unique())))]


def stop_for(broken: Sequence[Broken], where: str) -> None:
    """AssayError that names every broken rule, its values and lines; nothing if none is broken."""
    if not broken:
        return
    place = ("row", FIRST_ROW) if where.endswith(FILES[PARQUET]) else ("line", FIRST_LINE)
    sentences = [_sentence(one, *place) for one in broken]
    several = [f"{len(broken)} rules of the contract are broken:", *sentences]
    what = sentences[0] if len(sentences) == 1 else "\n  ".join(several)
    raise AssayError(what, where=where, todo="correct the file, or conf/dataset/ if the values are legitimate")


def drop_repeats(records: pd.DataFrame, dataset: "Dataset") -> tuple[pd.DataFrame, list[Change]]:
    """Drop the later of two records that agree in everything but id and date, if enough of it is known."""
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


def _in_order(parts: Sequence[Any]) -> Any:
    return pd.concat(parts, verify_integrity=True).sort_index()


def _merged_broken(broken: Sequence[Broken]) -> list[Broken]:
    """The same rule, broken in several batches, as one."""
    found: dict[tuple[tuple[str, ...], str], Broken] = {}
    for one in broken:
        before = found.setdefault((one.columns, one.why), Broken(one.columns, one.why, (), ()))
        rows, values = {*before.rows, *one.rows}, dict.fromkeys((*before.values, *one.values))
        found[one.columns, one.why] = Broken(one.columns, one.why, tuple(sorted(rows)), tuple(values))
    return list(found.values())


def _sentence(one: Broken, place: str, first: int) -> str:
    values = sample(list(map(repr, one.values)))
    rows = sample([f"{place} {row + first}" for row in one.rows])
    return f"column {', '.join(one.columns)}: {len(one.rows)} value(s) {one.why}: {values}; {rows}"
