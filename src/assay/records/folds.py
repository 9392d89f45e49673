"""Folds: a model learns from train, choices are made on validation, results are measured on test."""

import hashlib
from collections.abc import Callable
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
class Sizes:
    """The number of records and of positives of each fold; `purged` and `groups` as of `Division`."""

    records: dict[str, int]
    positives: dict[str, int]
    purged: dict[str, int]
    groups: int

    def stated(self) -> dict[str, Any]:
        """For JSON."""
        sizes = {name: {"records": self.records[name], "positives": self.positives[name]} for name in self.records}
        return {"folds": sizes, "purged": {"groups": self.groups, "records": self.purged}}

    def require_both_classes(self, by: str, told: Callable[[], str]) -> None:
        """AssayError if a fold lacks a class; told: how the folds came to be."""
        for name, records in self.records.items():
            if not 0 < self.positives[name] < records:
                raise AssayError(
                    f"the {name} fold has {records} records, {self.positives[name]} of them positive: both classes are "
                    f"needed{told()}{self._purged_told()}",
                    where="split",
                    todo="choose days by -S split.validation_from=DAY -S split.test_from=DAY, or split=random or "
                    "split=group"
                    if by == TIME
                    else "other shares, or another seed",
                )

    def _purged_told(self) -> str:
        lost = sum(self.purged.values())
        return f"; {lost} records were left out, of {self.groups} groups that are in a later fold too" if lost else ""


@dataclass(frozen=True)
class Division:
    """The records of each fold, by its name; of a split by time with groups also what was purged.

    purged: how many records of train and validation were left out, because others of their group are in a later fold;
    groups: of how many groups.
    """

    folds: dict[str, pd.DataFrame]
    purged: dict[str, int] = field(default_factory=dict)
    groups: int = 0

    def sizes(self) -> Sizes:
        """How large the folds are."""
        records = {name: len(one) for name, one in self.folds.items()}
        positives = {name: int(one["label"].sum()) for name, one in self.folds.items()}
        return Sizes(records, positives, self.purged, self.groups)


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
    inside = kept(ordered, fold)
    folds = {name: ordered[inside & (fold == name)].reset_index(drop=True) for name in FOLDS}
    division = purged(folds) if config.by == TIME and GROUP in records else Division(folds)
    told = _by_time_of if config.by == TIME else _by_chance_of
    division.sizes().require_both_classes(config.by, lambda: told(records, config))
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
        raise no_date()
    return records, fold_by_day(records[DATE], starts(config, records[DATE].max()))


def no_date() -> AssayError:
    """The error for a split by time of records that have none."""
    return AssayError("the records have no date", where="split.by", todo="choose: split=random or split=group")


def fold_by_day(dates: pd.Series, first: tuple[pd.Timestamp, pd.Timestamp]) -> "pd.Series[str]":
    """The fold of each record by its date; first: the first days of validation and test."""
    fold = pd.Series(TRAIN, index=dates.index, dtype="str")
    for name, start in zip((VALIDATION, TEST), first, strict=True):
        fold = fold.mask(dates >= start, name)
    return fold


def kept(records: pd.DataFrame, fold: "pd.Series[str]") -> "pd.Series[bool]":
    """Which records are in their fold: those that are not excluded, and the ungradable ones of test."""
    return (records["excluded"] == "") | ((records["excluded"] == UNGRADABLE) & (fold == TEST))


def starts(config: "Split", newest: pd.Timestamp | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first days of validation and test: as configured, or moved so that test ends with the newest record.

    >>> from assay.config.schema import Split
    >>> moving = Split("x", "time", "1986-01-01", "1986-07-01", data_until="1986-09-30")
    >>> [str(day.date()) for day in starts(moving, pd.Timestamp("1986-10-31 14:00"))]
    ['1986-02-01', '1986-08-01']
    """
    validation, test = pd.Timestamp(str(config.validation_from)), pd.Timestamp(str(config.test_from))
    if config.data_until is None:
        return validation, test
    if newest is None or pd.isna(newest):
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
    return pd.Series(dealt(places.rank().to_numpy(), len(places), config), places.index)


def dealt(ranks: np.ndarray, n: int, config: "Split") -> np.ndarray:
    """The fold of each of some of n units that are alike, by its rank in the order, from 1 on."""
    test = float(config.test_share or 0)
    later = test + float(config.validation_share or 0)
    if n >= len(FOLDS):
        test = max(test, 1 / n)
        later = max(later, (_within(test, n) + 1) / n)
    share = ranks / n
    return np.select([share <= test, share <= later], [TEST, VALIDATION], TRAIN)


def _within(share: float, n: int) -> int:
    """How many ranks k of n have k / n <= share, as floating-point numbers have it."""
    count = int(share * n)
    while count and count / n > share:
        count -= 1
    while count < n and (count + 1) / n <= share:
        count += 1
    return count


def _by_time_of(records: pd.DataFrame, config: "Split") -> str:
    dates = records[DATE]
    return by_time_told(starts(config, dates.max()), dates.min(), dates.max())


def by_time_told(first: tuple[pd.Timestamp, pd.Timestamp], oldest: pd.Timestamp, newest: pd.Timestamp) -> str:
    """How folds by time came to be, of records of these days, for a message; first: as of `fold_by_day`."""
    dated = "no record has a date" if pd.isna(oldest) else f"the records are of {oldest.date()} to {newest.date()}"
    return f"; validation begins on {first[0].date()}, test on {first[1].date()}, and {dated}"


def _by_chance_of(records: pd.DataFrame, config: "Split") -> str:
    units = _with_a_positive(records, _units(records, config))
    return by_chance_told(config, len(units), int(units.sum()))


def by_chance_told(config: "Split", units: int, positive: int) -> str:
    """How folds by chance came to be, of so many units of which some have a positive, for a message."""
    what = "groups" if config.by == GROUP else "records"
    return (
        f"; by chance with seed={config.seed}, validation_share={config.validation_share} and "
        f"test_share={config.test_share}, of {units} {what}, {positive} with a positive"
    )
