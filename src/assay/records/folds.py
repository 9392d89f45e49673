"""Folds: a model learns from train, choices are made on validation, results are measured on test."""

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from assay.errors import AssayError
from assay.records.columns import DATE, RECORD_ID, UNGRADABLE

if TYPE_CHECKING:
    from assay.config.schema import Split

TRAIN, VALIDATION, TEST = "train", "validation", "test"
FOLDS = (TRAIN, VALIDATION, TEST)
TIME, RANDOM, GROUP = "time", "random", "group"  # ways to split; "group" is also the column that names a record's group


def split(records: pd.DataFrame, config: "Split") -> dict[str, pd.DataFrame]:
    """The annotated records of each fold; `config.by` says whether by time, at random, or at random for whole groups.

    records: `record_id` (str), `label` (bool), `excluded` (str, "" if not), and `date` (datetime64) or `group` if the
    way to split needs it. Result: tables with the same columns, indexed from 0. Excluded records are in no fold, except
    the ungradable ones of the test fold: they stay there, marked, so that results can be given with and without them.
    AssayError if a fold would lack either class.

    >>> from assay.config.schema import Split
    >>> days = pd.to_datetime(["1985-01-01", "1985-01-02", "1986-01-01", "1986-01-02", "1987-01-01", "1987-01-02"])
    >>> records = pd.DataFrame({"record_id": list("abcdef"), "label": [True, False] * 3, "excluded": "", "date": days})
    >>> folds = split(records, Split(name="x", by="time", validation_from="1986-01-01", test_from="1987-01-01"))
    >>> {name: fold["record_id"].tolist() for name, fold in folds.items()}
    {'train': ['a', 'b'], 'validation': ['c', 'd'], 'test': ['e', 'f']}
    """
    ordered, fold = by_time(records, config) if config.by == TIME else by_chance(records, config)
    kept = (ordered["excluded"] == "") | ((ordered["excluded"] == UNGRADABLE) & (fold == TEST))
    folds = {name: ordered[kept & (fold == name)].reset_index(drop=True) for name in FOLDS}
    for name, table in folds.items():
        _require_both_classes(name, table)
    return folds


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
    records nor a library's version changes it. Groups with and without a positive get the same shares.
    """
    unit = records[GROUP if config.by == GROUP else RECORD_ID].astype("str")
    positive = (records["label"] & (records["excluded"] == "")).groupby(unit).any()
    drawn = sorted(positive.index, key=lambda name: hashlib.sha256(f"{config.seed} {name}".encode()).hexdigest())
    place = pd.Series(range(len(drawn)), drawn)
    share = place.groupby(positive).rank(pct=True)
    test, later = float(config.test_share or 0), float(config.validation_share or 0)
    fold = pd.cut(share, [0, test, test + later, 1], labels=[TEST, VALIDATION, TRAIN]).astype("str")
    order = unit.map(place).sort_values(kind="stable").index
    return records.loc[order], unit.loc[order].map(fold)


def _require_both_classes(name: str, fold: pd.DataFrame) -> None:
    positive = int(fold["label"].sum())
    if 0 < positive < len(fold):
        return
    raise AssayError(
        f"the {name} fold has {len(fold)} records, {positive} of them positive: both classes are needed",
        where="split",
        todo="move its dates, or change its shares",
    )
