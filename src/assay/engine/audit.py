"""audit, on tables of any size: a few numbers of each record are in memory, and whole records only of a sample.

In memory a record has a number in place of its id: its row in the cleaned table, or a higher number if it is not there.
Ids are read again only for the records that a finding names. They are compared by hashes of 64 bits: among a million
ids, two have the same hash by chance in one of forty million tables.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.audit.duplicates import alike_hashed
from assay.audit.evidence import Evidence, Sample, content, identity, outcome, own_features
from assay.config.dataset import cleaned_name
from assay.engine.spill import scratch
from assay.joins.future import entered
from assay.joins.raw import pending_join
from assay.paths import CLEANED, FEATURES, LABELS, PREDICTIONS, RAW, SCORE, SPLIT, fold
from assay.preparation.features import categorised, features, text_counts, vocabulary
from assay.records.batches import Columns, require_memory_of, table_batches
from assay.records.columns import DATE, RECORD_ID
from assay.records.feature_table import as_named
from assay.records.folds import FOLDS, GROUP, TEST, TIME, TRAIN
from assay.records.places import hashes, require_same_records

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.config.schema import Config

BYTES_PER_RECORD = 70  # of memory, as measured: docs/scale.md
KEY = "sample for audit"  # of the hashes by which records are drawn


@dataclass(frozen=True)
class NumberedRecords:
    """The records of the line by number. most: at most so many records are read whole; 0: all.

    If there are more, those with the lowest hashes of their ids are drawn: so their order does not matter. known: the
    hash of the id of each cleaned record, (n,). named: ids that were read, by number.
    """

    most: int
    known: np.ndarray = field(default_factory=lambda: hashes(CLEANED))
    named: dict[int, str] = field(default_factory=dict)

    @property
    def some(self) -> bool:
        """Whether not all records are read whole."""
        return 0 < self.most < len(self.known)

    @cached_property
    def drawn(self) -> np.ndarray:
        """Which cleaned records are read whole, (n,) bool."""
        return _lowest(hashes(CLEANED, KEY), self.most) if self.some else np.ones(len(self.known), "bool")

    def drawn_alike(self, content_of: Callable[[pd.DataFrame], pd.DataFrame]) -> np.ndarray:
        """As many, drawn by a hash of their content: so near-duplicates are drawn together.

        content_of: gives the columns of a batch that are compared.
        """
        if not self.some:
            return self.drawn
        found = [alike_hashed(content_of(batch), KEY) for batch in table_batches(CLEANED)]
        return _lowest(np.concatenate(found), self.most)

    @cached_property
    def folds(self) -> dict[str, np.ndarray]:
        """The numbers of the records of each fold."""
        found, start = {}, len(self.known)
        for name in FOLDS:
            found[name] = self.of(fold(SPLIT, name), start)
            start += len(found[name])
        return found

    def of(self, path: Path, start: int) -> np.ndarray:
        """The numbers of the records of a table, (m,), from `start` on for those that are not cleaned ones.

        Hashes are sorted, because an id may stand there twice. With a million records a hash table, as in
        `assay.records.places`, was no faster and took more memory.
        """
        ids, inverse = np.unique(hashes(path), return_inverse=True)
        place = np.searchsorted(ids, self.known)
        there = np.flatnonzero(np.append(ids, 0)[place] == self.known)
        numbers = start + np.arange(len(ids))
        numbers[place[there]] = there
        return numbers[inverse]

    def names(self, numbers: pd.Index) -> list[str]:
        """The ids of some records; the tables are not read again for those that were named before."""
        if len(rest := numbers[~numbers.isin(list(self.named))]):
            self._name(rest)
        return [self.named[int(number)] for number in numbers]

    def _name(self, numbers: pd.Index) -> None:
        """Note the ids of records: of cleaned ones from their table, of others from the folds."""
        cleaned = numbers < len(self.known)
        if cleaned.any():
            self._note(CLEANED, np.arange(len(self.known)), numbers[cleaned])
        if not cleaned.all():
            for name, rows in self.folds.items():
                self._note(fold(SPLIT, name), rows, numbers[~cleaned])

    def _note(self, path: Path, rows: np.ndarray, numbers: pd.Index) -> None:
        """Note the ids of those records of a table that have these numbers; rows: the numbers of all, (n,)."""
        if (wanted := np.isin(rows, numbers)).any():
            ids = taken(path, wanted, [RECORD_ID])[RECORD_ID]
            self.named.update(zip(rows[wanted].tolist(), ids, strict=True))


def read_evidence(config: "Config") -> Evidence:
    """The evidence for the checks, from the tables of the line."""
    require_memory_of(CLEANED, BYTES_PER_RECORD)
    dataset, rows = config.dataset, NumberedRecords(config.audit.records)
    content_of = partial(content, identity=identity(dataset), outcome=outcome(dataset))
    records = taken(CLEANED, rows.drawn).drop(columns=RECORD_ID)
    alike = taken(CLEANED, rows.drawn_alike(content_of)) if rows.some else records
    folds = {name: _of_fold(name, numbers) for name, numbers in rows.folds.items()}
    graded = folds[TEST][folds[TEST]["excluded"] == ""]
    scores = _scores("test", rows, [SCORE])
    return Evidence(
        records=records,
        annotated=_annotated(),
        folds=folds,
        features={name: _features(name, rows) for name in FOLDS},
        out_of_fold=_scores("out_of_fold", rows, ["label", SCORE]),
        test=graded[["label"]].join(scores, how="inner"),
        recompute=partial(recomputed, config=config, vocabularies=_vocabularies(rows, config)),
        outcome=outcome(dataset),
        identity=identity(dataset),
        by_time=config.split.by == TIME,
        future=partial(future, dataset, config.engine.memory) if dataset.tables else None,
        groups=Columns(CLEANED)[cleaned_name(dataset, dataset.group)] if dataset.group else None,
        own=own_features(dataset),
        alike=content_of(alike),
        names=rows.names,
        sample=Sample(len(records), len(rows.known)) if rows.some else None,
    )


def future(dataset: "Dataset", memory: str) -> tuple[list[str], int]:
    """Which made columns change with rows of the future, and how many such rows were added."""
    with scratch(RAW.parent) as folder, pending_join(RAW, dataset, folder, memory) as join:
        return entered(join)


def recomputed(records: pd.DataFrame, config: "Config", vocabularies: dict[str, list[str]]) -> pd.DataFrame:
    """The features of these records, computed as by `featurize` if there were no others than they and those of train.

    vocabularies: the categories of all of train, as its records give them.
    """
    return categorised(features(records, config.dataset, config.features), vocabularies)


def taken(path: Path, rows: np.ndarray, columns: list[str] | None = None) -> pd.DataFrame:
    """Some rows of a table, with their places as index; rows: which, (n,) bool."""
    parts, start = [], 0
    for batch in table_batches(path, columns):
        here = np.flatnonzero(rows[start : start + len(batch)])
        parts.append(batch.iloc[here].set_axis(start + here, axis="index"))
        start += len(batch)
    return pd.concat(parts)


def _lowest(found: np.ndarray, most: int) -> np.ndarray:
    """Which of the hashes (n,) are the lowest, of equal ones the first, (n,) bool."""
    chosen = np.zeros(len(found), "bool")
    chosen[np.argsort(found, kind="stable")[:most]] = True
    return chosen


def _annotated() -> pd.DataFrame:
    """Label, exclusion and day of each cleaned record, by number."""
    require_same_records([CLEANED], [LABELS], todo="dvc repro annotate")
    records = Columns(CLEANED)
    days = {DATE: records[DATE]} if DATE in records else {}
    return pd.DataFrame({"label": Columns(LABELS)["label"], "excluded": _kinds(LABELS), **days}, copy=False)


def _of_fold(name: str, numbers: np.ndarray) -> pd.DataFrame:
    columns = Columns(fold(SPLIT, name))
    found = {one: columns[one] for one in ("label", DATE, GROUP) if one in columns}
    return pd.DataFrame({**found, "excluded": _kinds(fold(SPLIT, name))}, copy=False).set_axis(numbers, axis="index")


def _features(name: str, rows: NumberedRecords) -> pd.DataFrame:
    """The features of the drawn records of a fold, and of those that are not cleaned ones, in order."""
    path = fold(FEATURES, name)
    numbers = rows.of(path, len(rows.known))
    drawn = np.append(rows.drawn, np.ones(len(numbers), "bool"))[numbers]
    found = taken(path, drawn)
    return as_named(found).set_axis(numbers[drawn], axis="index")


def _scores(name: str, rows: NumberedRecords, columns: list[str]) -> pd.DataFrame:
    path = PREDICTIONS / f"{name}.parquet"
    table = Columns(path)
    return pd.DataFrame({one: table[one] for one in columns}, copy=False).set_axis(
        rows.of(path, 2 * len(rows.known)), axis="index"
    )


def _kinds(path: Path) -> pd.Series:
    return Columns(path)["excluded"].astype("category")


def _vocabularies(rows: NumberedRecords, config: "Config") -> dict[str, list[str]]:
    """The categories of each text feature, learned from the records of train alone, which are read in batches."""
    counts: dict[str, list[pd.Series]] = {}
    inside = np.isin(np.arange(len(rows.known)), rows.folds[TRAIN])
    start = 0
    for batch in table_batches(CLEANED):
        some = batch[inside[start : start + len(batch)]]
        start += len(batch)
        found = text_counts(features(some.set_index(RECORD_ID), config.dataset, config.features))
        for name, one in found.items():
            counts.setdefault(name, []).append(one)
        if not found:
            break
    return {name: vocabulary(pd.concat(several).groupby(level=0).sum()) for name, several in counts.items()}
