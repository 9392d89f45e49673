"""Folds: a model learns from train, choices are made on validation, results are measured on test."""

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.errors import AssayError
from assay.records.columns import DATE, RECORD_ID, UNGRADABLE

if TYPE_CHECKING:
    from assay.config.schema import Split

TRAIN, VALIDATION, TEST = "train", "validation", "test"
FOLDS = (TRAIN, VALIDATION, TEST)
TIME, RANDOM, GROUP = "time", "random", "group"  # ways to split; "group" is also the column that names a record's group


@dataclass(frozen=True)
class Division:
    """The records of each fold, by its name; of a split by time with groups also what was purged.

    purged: how many records of train and validation were left out, because others of their group are in a later fold;
    groups: of how many groups.
    """

    folds: dict[str, pd.DataFrame]
    purged: dict[str, int] = field(default_factory=dict)
    groups: int = 0

    def stated(self) -> dict[str, Any]:
        """For JSON: the size of each fold, and what was purged."""
        sizes = {name: {"records": len(one), "positives": int(one["label"].sum())} for name, one in self.folds.items()}
        return {"folds": sizes, "purged": {"groups": self.groups, "records": self.purged}}


def split(records: pd.DataFrame, config: "Split") -> Division:
    """The annotated records of each fold; `config.by` says whether by time, at random, or at random for whole groups.

    records: `record_id` (str), `label` (bool), `excluded` (str, "" if not), and `date` (datetime64) or `group` if the
    way to split needs it. Result: tables with the same columns, indexed from 0. Excluded records are in no fold, except
    the ungradable ones of the test fold: they stay there, marked, so that results can be given with and without them.
    A record without a group is a group of its own. By time, a group whose records are in several folds stays in the
    last of them alone: `purged`. AssayError if a fold would lack either class.

    >>> from assay.config.schema import Split
    >>> days = pd.to_datetime(["1985-01-01", "1985-01-02", "1986-01-01", "1986-01-02", "1987-01-01", "1987-01-02"])
    >>> records = pd.DataFrame({"record_id": list("abcdef"), "label": [True, False] * 3, "excluded": "", "date": days})
    >>> folds = split(records, Split(name="x", by="time", validation_from="1986-01-01", test_from="1987-01-01")).folds
    >>> {name: fold["record_id"].tolist() for name, fold in folds.items()}
    {'train': ['a', 'b'], 'validation': ['c', 'd'], 'test': ['e', 'f']}
    """
    records = with_own_groups(records)
    ordered, fold = by_time(records, config) if config.by == TIME else by_chance(records, config)
    kept = (ordered["excluded"] == "") | ((ordered["excluded"] == UNGRADABLE) & (fold == TEST))
    folds = {name: ordered[kept & (fold == name)].reset_index(drop=True) for name in FOLDS}
    division = purged(folds) if config.by == TIME and GROUP in records else Division(folds)
    for name, table in division.folds.items():
        _require_both_classes(name, table, records, config, division)
    return division


def with_own_groups(records: pd.DataFrame) -> pd.DataFrame:
    """The records; those that have no group get one of their own, by their id."""
    if GROUP not in records or not (missing := records[GROUP].isna()).any():
        return records
    named = records[GROUP].astype("str").where(~missing, "record " + records[RECORD_ID].astype("str"))
    return records.assign(**{GROUP: named})


def purged(folds: dict[str, pd.DataFrame]) -> Division:
    """Folds by time, of which each lacks the records of groups that are in a later one too.

    So test has all its records, as the time to come will, and nothing was learned from the people in it.

    >>> one, other = pd.DataFrame({"group": ["a", "b"], "label": True}), pd.DataFrame({"group": ["b"], "label": True})
    >>> purged({"train": one, "validation": other, "test": other.iloc[:0]}).folds["train"]["group"].tolist()
    ['a']
    """
    later: set[object] = set()
    left, removed, groups = {}, {}, set()
    for name in reversed(FOLDS):
        shared = folds[name][GROUP].isin(later)
        left[name], removed[name] = folds[name][~shared].reset_index(drop=True), int(shared.sum())
        groups |= {*folds[name][GROUP][shared]}
        later |= {*folds[name][GROUP]}
    return Division({n: left[n] for n in FOLDS}, {n: removed[n] for n in FOLDS if n != TEST}, len(groups))


def by_time(records: pd.DataFrame, config: "Split") -> "tuple[pd.DataFrame, pd.Series[str]]":
    """The records in their order, and the fold of each: train before `validation_from`, test from `test_from` on.

    With `data_until` both days move with the newest record: `starts`.
    """
    if DATE not in records:
        raise AssayError("the records have no date", where="split.by", todo="choose: split=random or split=group")
    fold = pd.Series(TRAIN, index=records.index, dtype="str")
    for name, start in zip((VALIDATION, TEST), starts(config, records[DATE].max()), strict=True):
        fold = fold.mask(records[DATE] >= start, name)
    return records, fold


def starts(config: "Split", newest: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first days of validation and test: as configured, or moved so that test ends with the newest record.

    >>> from assay.config.schema import Split
    >>> moving = Split("x", "time", "1986-01-01", "1986-07-01", data_until="1986-09-30")
    >>> [str(day.date()) for day in starts(moving, pd.Timestamp("1986-10-31 14:00"))]
    ['1986-02-01', '1986-08-01']
    """
    validation, test = pd.Timestamp(str(config.validation_from)), pd.Timestamp(str(config.test_from))
    if config.data_until is None:
        return validation, test
    if pd.isna(newest):
        raise AssayError("no record has a date", where="split.data_until", todo="leave it out, or split=random")
    moved = newest.normalize() - pd.Timestamp(config.data_until)
    return validation + moved, test + moved


def by_chance(records: pd.DataFrame, config: "Split") -> "tuple[pd.DataFrame, pd.Series[str]]":
    """The records in a random order, and the fold of each; all records of a group are in one fold.

    The order is that of a hash of the seed and the group (by default the record), so that neither the order of the
    records nor a library's version changes it. Groups with and without a positive get the same shares; of three or more
    at least one is in each fold.
    """
    unit = _units(records, config)
    positive = _with_a_positive(records, unit)
    drawn = sorted(positive.index, key=lambda name: hashlib.sha256(f"{config.seed} {name}".encode()).hexdigest())
    place = pd.Series(range(len(drawn)), drawn)
    fold = place.groupby(positive).transform(lambda alike: _dealt(alike, config))
    order = unit.map(place).sort_values(kind="stable").index
    return records.loc[order], unit.loc[order].map(fold)


def _units(records: pd.DataFrame, config: "Split") -> "pd.Series[str]":
    return records[GROUP if config.by == GROUP else RECORD_ID].astype("str")


def _with_a_positive(records: pd.DataFrame, unit: "pd.Series[str]") -> "pd.Series[bool]":
    """Of each unit whether it has a record that counts as positive."""
    return (records["label"] & (records["excluded"] == "")).groupby(unit).any()


def _dealt(places: "pd.Series[int]", config: "Split") -> "pd.Series[str]":
    """The fold of each of some units by its place in the order: first come those of test, then those of validation."""
    share, n = places.rank(pct=True), len(places)
    test = float(config.test_share or 0)
    later = test + float(config.validation_share or 0)
    if n >= len(FOLDS):
        test = max(test, 1 / n)
        later = max(later, ((share <= test).sum() + 1) / n)
    return pd.Series(np.select([share <= test, share <= later], [TEST, VALIDATION], TRAIN), places.index)


def _require_both_classes(
    name: str, fold: pd.DataFrame, records: pd.DataFrame, config: "Split", division: Division
) -> None:
    positive = int(fold["label"].sum())
    if 0 < positive < len(fold):
        return
    raise AssayError(
        f"the {name} fold has {len(fold)} records, {positive} of them positive: both classes are needed"
        f"{_reason(records, config, division)}",
        where="split",
        todo="move its dates, or split=random or split=group" if config.by == TIME else "other shares, or another seed",
    )


def _reason(records: pd.DataFrame, config: "Split", division: Division) -> str:
    """How the folds came to be, for a message."""
    if config.by == TIME:
        lost = sum(division.purged.values())
        told = f"; {lost} records were left out, of {division.groups} groups that are in a later fold too"
        return told if lost else ""
    units = _with_a_positive(records, _units(records, config))
    what = "groups" if config.by == GROUP else "records"
    return (
        f"; by chance with seed={config.seed}, validation_share={config.validation_share} and "
        f"test_share={config.test_share}, of {len(units)} {what}, {int(units.sum())} with a positive"
    )
