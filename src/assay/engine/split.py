"""split, out of core: the fold of each record is found from what its unit or group is in all batches."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.engine.spill import Sorted
from assay.errors import AssayError
from assay.records.columns import DATE, RECORD_ID
from assay.records.database import literal
from assay.records.folds import (
    FOLDS,
    GROUP,
    TEST,
    TIME,
    Sizes,
    by_chance_told,
    by_time_told,
    dealt,
    fold_by_day,
    kept,
    no_date,
    starts,
)
from assay.records.parts import Parts
from assay.records.query_result import ROWS, Answer, answered

if TYPE_CHECKING:
    from assay.config.schema import Split

Batches = Callable[[], Iterable[pd.DataFrame]]  # gives the same batches whenever it is called
CHANCE = """
    WITH units AS (SELECT unit, bool_or(positive) AS positive, sha256({seed} || unit) AS drawn FROM rows GROUP BY unit),
    placed AS (
        SELECT unit, positive, row_number() OVER (ORDER BY drawn) AS place,
        row_number() OVER (PARTITION BY positive ORDER BY drawn) AS rank, count(*) OVER (PARTITION BY positive) AS n
        FROM units
    )
    SELECT place, rank, n FROM rows JOIN placed USING (unit) ORDER BY "row"
"""
UNITS = """
    SELECT count(*), count(*) FILTER (positive)
    FROM (SELECT bool_or(positive) AS positive FROM rows GROUP BY unit)
"""
LAST = "SELECT unit, max(fold) AS last FROM rows WHERE kept GROUP BY unit"
PURGED = "SELECT count(DISTINCT unit) FROM rows JOIN ({last}) USING (unit) WHERE kept AND fold < last"


class Splitter:
    """Divides one table into folds, as `assay.records.folds.split` does; folder, memory: as of `assay.engine.clean`."""

    def __init__(self, config: "Split", folder: Path, memory: str) -> None:
        self.config, self.folder, self.memory = config, folder, memory
        self.records, self.positives = dict.fromkeys(FOLDS, 0), dict.fromkeys(FOLDS, 0)
        self.purged: dict[str, int] = {}
        self.groups = 0

    def __call__(self, batches: Batches, folds: Mapping[str, Parts]) -> Sizes:
        """Write the folds; how large they are. AssayError as of `split`."""
        told = self._by_time(batches, folds) if self.config.by == TIME else self._by_chance(batches, folds)
        sizes = Sizes(self.records, self.positives, self.purged, self.groups)
        sizes.require_both_classes(self.config.by, told)
        return sizes

    def _by_time(self, batches: Batches, folds: Mapping[str, Parts]) -> Callable[[], str]:
        if not _has(DATE, batches):
            raise no_date()
        first = starts(self.config, _ends(batches())[1] if self.config.data_until else None)
        divided = self._without_earlier(batches, first) if _has(GROUP, batches) else self._dated(batches, first)
        for records, fold, inside in divided:
            for name in FOLDS:
                self._add(name, records[inside & (fold == name)], folds[name].add)
        return lambda: by_time_told(first, *_ends(batches()))

    def _dated(self, batches: Batches, first: tuple[pd.Timestamp, pd.Timestamp]) -> Iterator[tuple[Any, Any, Any]]:
        """Each batch, the fold of its records, and whether they are in it."""
        for records in batches():
            fold = fold_by_day(records[DATE], first)
            yield records, fold, kept(records, fold)

    def _without_earlier(
        self, batches: Batches, first: tuple[pd.Timestamp, pd.Timestamp]
    ) -> Iterator[tuple[Any, Any, Any]]:
        """The same without the records of groups that are in a later fold too."""
        grouped = own_groups(batches)
        self.purged = {name: 0 for name in FOLDS if name != TEST}
        numbers = {name: number for number, name in enumerate(FOLDS)}

        def row(part: tuple[Any, Any, Any]) -> dict[str, Any]:
            records, fold, inside = part
            return {"unit": records[GROUP].astype("str"), "fold": fold.map(numbers).astype("int64"), "kept": inside}

        query = f'SELECT coalesce(last, -1) AS last FROM rows LEFT JOIN ({LAST}) USING (unit) ORDER BY "row"'
        with self._answered(map(row, self._dated(grouped, first)), query, PURGED.format(last=LAST)) as (answer, counts):
            self.groups = int(counts[0])
            for records, fold, inside in self._dated(grouped, first):
                last = answer.take(len(records))["last"]
                earlier = inside & (fold.map(numbers) < last)
                for name in self.purged:
                    self.purged[name] += int((earlier & (fold == name)).sum())
                yield records, fold, inside & ~earlier

    def _by_chance(self, batches: Batches, folds: Mapping[str, Parts]) -> Callable[[], str]:
        grouped = own_groups(batches) if _has(GROUP, batches) else batches
        by = GROUP if self.config.by == GROUP else RECORD_ID

        def row(records: pd.DataFrame) -> dict[str, Any]:
            return {"unit": records[by].astype("str"), "positive": records["label"] & (records["excluded"] == "")}

        ordered = {name: Sorted(self.folder / name) for name in FOLDS}
        query = CHANCE.format(seed=literal(f"{self.config.seed} "))
        with self._answered(map(row, grouped()), query, UNITS) as (answer, counts):
            for records in grouped():
                found = answer.take(len(records))
                fold = pd.Series(TEST, index=records.index, dtype="str")
                for n in np.unique(found["n"]):
                    alike = found["n"] == n
                    fold[alike] = dealt(found["rank"][alike], int(n), self.config)
                inside = kept(records, fold)
                for name in FOLDS:
                    here = inside & (fold == name)
                    self._add(name, records[here], partial(ordered[name].add, values=found["place"][here]))
        for name, table in ordered.items():
            for batch in table.batches():
                folds[name].add(batch)
        return partial(by_chance_told, self.config, *counts)

    def _add(self, name: str, records: pd.DataFrame, add: Callable[[pd.DataFrame], None]) -> None:
        self.records[name] += len(records)
        self.positives[name] += int(records["label"].sum())
        add(records)

    def _answered(
        self, rows: Iterable[dict[str, Any]], query: str, counts: str
    ) -> AbstractContextManager[tuple[Answer, tuple[Any, ...]]]:
        return answered(rows, query, counts, self.folder / ROWS, self.memory, "split")


def own_groups(batches: Batches) -> Batches:
    """The batches. If any record lacks a group, groups become texts, and each such record gets a group of its own."""
    if not any(records[GROUP].isna().any() for records in batches()):
        return batches

    def named() -> Iterator[pd.DataFrame]:
        for records in batches():
            own = "record " + records[RECORD_ID].astype("str")
            yield records.assign(**{GROUP: records[GROUP].astype("str").where(records[GROUP].notna(), own)})

    return named


def _has(column: str, batches: Batches) -> bool:
    return column in next(iter(batches()))


def _ends(batches: Iterable[pd.DataFrame]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The days of the oldest and the newest record; NaT if none has a date."""
    dates = pd.Series([day for records in batches for day in (records[DATE].min(), records[DATE].max())])
    return dates.min(), dates.max()


def joined(records: Iterable[pd.DataFrame], labels: Iterable[pd.DataFrame], where: str) -> Iterator[pd.DataFrame]:
    """Cleaned records beside their labels, batch by batch; AssayError unless the same records are in the same order."""
    for one, other in zip_longest(records, labels):
        if one is None or other is None or not np.array_equal(one[RECORD_ID].to_numpy(), other[RECORD_ID].to_numpy()):
            raise AssayError("not the labels of these records", where=where, todo="dvc repro annotate")
        yield pd.concat([one, other.drop(columns=RECORD_ID)], axis=1)
