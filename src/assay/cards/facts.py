"""The facts for the cards: the content of the line's files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.words import Words
from assay.labels.policy import any_letter, whole
from assay.records.columns import CODE_RESOLVED, DATE, UNGRADABLE
from assay.records.folds import RANDOM

if TYPE_CHECKING:
    from assay.config.schema import Config

Columns = Mapping[str, pd.Series] | pd.DataFrame  # of a table, asked for one at a time
NO_GROUP = (
    "No column says which records belong together, as those of one person do: if there are such, they may lie in two "
    "folds."
)
DIVIDED_GROUP = "Records that belong together are not kept together: they may lie in two folds."
REPORTS = (
    "annotation",
    "audit",
    "baselines",
    "cleaning",
    "intervals",
    "metrics",
    "profile",
    "quality",
    "sampling",
    "slices",
    "ungradable",
    "verdict",
)


@dataclass(frozen=True)
class Facts:
    """Everything that a card may state.

    records: the columns of the cleaned table. labels: those of the annotated table, with the same records in the same
    order. folds: of data/split `label`, `excluded`, and `date` if there are days; split: their counts. inside: which of
    the records are in each fold, (n,) bool. reports: the JSON files of `REPORTS` by name. bundle: the model's
    description. hashes: the MD5 of the cards' dependencies in data/, models/ and reports/, as in dvc.lock. licence: of
    the code.
    """

    config: "Config"
    records: Columns
    labels: Columns
    folds: Mapping[str, pd.DataFrame]
    inside: Mapping[str, np.ndarray]
    split: dict[str, Any]
    reports: dict[str, Any]
    bundle: dict[str, Any]
    hashes: dict[str, str]
    licence: str


@dataclass(frozen=True)
class FoldRow:
    """The figures of a fold: its days, graded records, the positive ones among them, and ungradable records."""

    name: str
    days: str
    records: int
    positives: int
    prevalence: float
    ungradable: int


@dataclass(frozen=True)
class CodeRow:
    """A code, or a letter of it: its meaning, its use by the policy, and how many records have it and are used."""

    code: str
    words: str
    counts_as: str
    records: int
    used: int


def span(table: Columns) -> tuple[str, str] | None:
    """The first and last day of a table's records; None if they have no date."""
    if DATE not in table:
        return None
    days = table[DATE]
    return f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}"


def limits(facts: Facts) -> list[str]:
    """The limits of the records that readers must know: those of the dataset, and those that the line found."""
    config = facts.config
    found = [*config.dataset.limits, *changes(facts.reports["profile"])]
    if not config.dataset.group:
        return [*found, NO_GROUP]
    return [*found, DIVIDED_GROUP] if config.split.by == RANDOM else found


def changes(profile: list[dict[str, Any]]) -> list[str]:
    """A sentence for each column that changed notably over time."""
    columns = [(one, one["greatest_change"]) for one in profile]
    return [
        f"{one['column']} is distributed differently from {change['day']} on. Its lowest value is "
        f"{change['low_after']:g} {one['unit']} from that day, {change['low_before']:g} {one['unit']} before it, as "
        "if it had been measured in another way."
        for one, change in columns
        if change and change["notable"]
    ]


def fold_rows(folds: Mapping[str, pd.DataFrame]) -> list[FoldRow]:
    """The figures of each fold."""
    rows = []
    for name, fold in folds.items():
        graded = fold[fold["excluded"] == ""]
        positives = int(graded["label"].sum())
        rows.append(
            FoldRow(
                name,
                " to ".join(span(fold) or ["–"]),
                len(graded),
                positives,
                positives / len(graded),
                int((fold["excluded"] == UNGRADABLE).sum()),
            )
        )
    return rows


def code_rows(labels: Columns, config: "Config", called: Words) -> list[CodeRow]:
    """Each code that the dataset explains or the policy names; if codes are read whole, also those of the records."""
    policy, words = config.labels, config.dataset.codes
    of_record = labels[CODE_RESOLVED].astype("category").cat
    codes, graded = of_record.categories.to_series().astype("str"), (labels["excluded"] == "").to_numpy()
    records = np.bincount(of_record.codes, minlength=len(codes))
    used = np.bincount(of_record.codes[graded], minlength=len(codes))
    by_letter = policy.codes == "letters"
    matches = any_letter if by_letter else whole
    counts_as = {**dict.fromkeys(policy.positive, called.event), **dict.fromkeys(policy.ungradable, UNGRADABLE)}
    rows = []
    for code in dict.fromkeys([*words, *counts_as, *([] if by_letter else sorted({*codes} - {""}))]):
        has = matches(codes, [code]).to_numpy("bool")
        numbers = int(records[has].sum()), int(used[has].sum())
        rows.append(CodeRow(code, words.get(code, ""), counts_as.get(code, called.no_event), *numbers))
    return rows
