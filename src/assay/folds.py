"""Folds: which records a model learns from, chooses on, and is tested on."""

from typing import TYPE_CHECKING

import pandas as pd

from assay.datasets import DATE
from assay.errors import AssayError
from assay.labels.policy import UNGRADABLE

if TYPE_CHECKING:
    from assay.config.schema import Split

TRAIN, VALIDATION, TEST = "train", "validation", "test"
FOLDS = (TRAIN, VALIDATION, TEST)


def by_time(records: pd.DataFrame, split: "Split") -> dict[str, pd.DataFrame]:
    """The annotated records of each fold, by date: train before `validation_from`, test from `test_from` on.

    Excluded records are in no fold, but for the ungradable ones of the test period: they stay in the test fold,
    marked, so that results can be given with and without them. Raises AssayError if a fold would lack records or
    either class.
    """
    start = {VALIDATION: pd.Timestamp(split.validation_from), TEST: pd.Timestamp(split.test_from)}
    date, excluded = records[DATE], records["excluded"]
    usable = excluded == ""
    masks = {
        TRAIN: usable & (date < start[VALIDATION]),
        VALIDATION: usable & (date >= start[VALIDATION]) & (date < start[TEST]),
        TEST: (usable | (excluded == UNGRADABLE)) & (date >= start[TEST]),
    }
    folds = {name: records[mask].reset_index(drop=True) for name, mask in masks.items()}
    for name, fold in folds.items():
        _require_both_classes(name, fold)
    return folds


def _require_both_classes(name: str, fold: pd.DataFrame) -> None:
    positive = int(fold["label"].sum())
    if 0 < positive < len(fold):
        return
    raise AssayError(
        f"the {name} fold has {len(fold)} records, {positive} of them positive: both classes are needed",
        where="split.validation_from, split.test_from",
        todo="move the dates",
    )
