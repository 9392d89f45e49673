"""Reconciles prepared records: what can only be seen with all of them known (`assay.preparation.steps`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.config.dataset import cleaned_name
from assay.datasets import knowledge
from assay.errors import AssayError, sample
from assay.preparation.prepare import Broken, Prepared, prepare, require_rows
from assay.preparation.steps import DropRepeats, Repair, Step, UniqueKeys, applied
from assay.records.changes import Change, merged
from assay.records.columns import RECORD_ID
from assay.records.formats import CSV

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

FIRST_LINE, FIRST_ROW = 2, 1  # in a CSV the header is line 1


@dataclass(frozen=True)
class Cleaned:
    """Records in order of their id, the quarantined raw rows with their rules, and the log.

    Columns as in `assay.preparation.prepare.Prepared`; both tables are indexed from 0.
    """

    records: pd.DataFrame
    quarantined: pd.DataFrame
    changes: list[Change]


def clean(raw: pd.DataFrame, dataset: "Dataset", where: str, form: str | None = None) -> Cleaned:
    """Clean a whole table at once: `prepare`, then `reconcile`, with their arguments and errors."""
    return reconcile([prepare(raw, dataset, where)], dataset, where, form)


def reconcile(batches: Iterable[Prepared], dataset: "Dataset", where: str, form: str | None = None) -> Cleaned:
    """Join all prepared batches of a table, in any order, into one table of cleaned records.

    form: the format of the file at `where`, if there is one; a CSV has lines, all else rows. Raises one AssayError that
    names every broken rule for which the contract stops the line, with columns and lines or rows of `where`; AssayError
    if there is no batch, and ValueError if two batches hold the same row.
    """
    prepared = list(batches)
    require_rows(len(prepared), where)
    require_distinct_rows(prepared)
    prepared = applied(UniqueKeys(), prepared)
    stop_for(merged_broken([broken for one in prepared for broken in one.broken]), where, form, above(dataset, form))
    for step in steps(dataset):
        prepared = applied(step, prepared)
    together = stacked(prepared)
    return Cleaned(
        together.records.sort_values(RECORD_ID, ignore_index=True),
        together.quarantined.reset_index(drop=True),
        together.changes,
    )


def above(dataset: "Dataset", form: str | None) -> int:
    """The number of lines above the header of a raw file."""
    return dataset.source.dialect.above if form == CSV and dataset.source.dialect else 0


def steps(dataset: "Dataset") -> list[Step]:
    """The steps for the records of this contract, in order; they run only if no broken rule stops the line."""
    own = knowledge(dataset)
    return [*_drop_repeats(dataset), *([Repair(own)] if own.repairs else [])]


def _drop_repeats(dataset: "Dataset") -> list[Step]:
    if not (repeats := dataset.repeats):
        return []
    return [DropRepeats(replace(repeats, known=[cleaned_name(dataset, name) for name in repeats.known]))]


def require_distinct_rows(batches: Sequence[Prepared]) -> None:
    """ValueError if two batches hold the same row of the file."""
    rows = pd.Index([row for one in batches for table in (one.records, one.quarantined) for row in table.index])
    if not rows.is_unique:
        raise ValueError(f"overlapping batches: {rows[rows.duplicated()].tolist()[:5]}")


def stacked(batches: Sequence[Prepared]) -> Prepared:
    """Batches as one, each record where it stands in the file."""
    if len(batches) == 1:
        return batches[0]
    return Prepared(
        _in_order([one.records for one in batches]),
        _in_order([one.quarantined for one in batches]),
        _in_order([one.keys for one in batches]) if batches[0].keys is not None else None,
        _in_order([one.ids for one in batches]),
        merged_broken([broken for one in batches for broken in one.broken]),
        merged([one.changes for one in batches]),
    )


def stop_for(broken: Sequence[Broken], where: str, form: str | None, above: int = 0) -> None:
    """Raise an AssayError that names every broken rule, its values and rows, or lines of a CSV, if any is broken.

    above: the number of lines above the header. Of records of several lines, each counts as one.
    """
    if not broken:
        return
    place = ("line", FIRST_LINE + above) if form == CSV else ("row", FIRST_ROW)
    sentences = [_sentence(one, *place) for one in broken]
    several = [f"{len(broken)} rules of the contract are broken:", *sentences]
    what = sentences[0] if len(sentences) == 1 else "\n  ".join(several)
    raise AssayError(what, where=where, todo="correct the file, or conf/dataset/ if the values are legitimate")


def _in_order(parts: Sequence[Any]) -> Any:
    return pd.concat(parts).sort_index()


def merged_broken(broken: Sequence[Broken]) -> list[Broken]:
    """Join the violations of the same rule in different batches."""
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
