"""Data quality in six dimensions, each a share of counted values or records (Wang & Strong 1996; DAMA UK 2013).

Measured before and after cleaning, of the whole table and, where that makes sense, by column.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.config.dataset import FEATURE, by_own_names
from assay.contract.validation import Validator, Violation
from assay.contract.values import Cells, Reader, day_name
from assay.preparation.steps import repeats_of_earlier
from assay.records.columns import DATE, RECORD_ID
from assay.records.tables import with_columns

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

DIMENSIONS = {
    "accuracy": "values within what is plausible, of the values that have such a range",
    "completeness": "values that are there, of all that features could have",
    "consistency": "records that keep a rule between columns, over all such rules",
    "validity": "values of their type, among those allowed and within what is possible, of those that are there",
    "uniqueness": "records that do not repeat an earlier one",
    "timeliness": "records dated within the period that the source covers",
}
KINDS = {
    "type": "validity",
    "exact": "validity",
    "values": "validity",
    "pattern": "validity",
    "range": "validity",
    "plausible": "accuracy",
}


@dataclass(frozen=True)
class Share:
    """The share of `good` in `total`; 1 if there is nothing to count."""

    good: int
    total: int

    @property
    def value(self) -> float:
        return self.good / self.total if self.total else 1.0


Card = dict[str, Share]


def scorecard(records: pd.DataFrame, cells: Mapping[str, Cells], dataset: "Dataset", repeats: int) -> dict[str, Card]:
    """Shares by dimension: of the whole table under "", and of each feature under its name.

    records, cells: from `assay.contract.values.Values`; no cells if all values were read. repeats: the number of
    records that repeat another one.
    """
    columns = {str(name): values.array for name, values in records.items()}
    found = {one.rule.name: one for one in Validator(dataset)(columns, cells, records.index)}
    unread = {name: cells[name].unread if name in cells else np.zeros(len(records), "bool") for name in dataset.columns}
    features = [name for name, column in dataset.columns.items() if column.role == FEATURE]
    everywhere = {name: column_card(name, records[name], unread[name], found) for name in dataset.columns}
    cards = {name: everywhere[name] for name in features}
    whole = {dimension: _sum(card[dimension] for card in cards.values()) for dimension in ("accuracy", "completeness")}
    rules = [Share(len(records) - len(found[name].rows), len(records)) for name in dataset.rules]
    day = day_name(dataset)
    late = {row for kind in ("missing", "first", "last") for row in _rows(found.get(f"{day}_{kind}"))}
    whole |= {
        "consistency": _sum(rules),
        "validity": _sum(card["validity"] for card in everywhere.values()),
        "uniqueness": Share(len(records) - repeats, len(records)),
        "timeliness": Share(len(records) - len(late), len(records)) if dataset.time else Share(0, 0),
    }
    return {"": {name: whole[name] for name in DIMENSIONS}, **cards}


def scorecards(raw: pd.DataFrame, cleaned: pd.DataFrame, dataset: "Dataset") -> tuple[dict[str, Card], dict[str, Card]]:
    """The scorecards before cleaning, and after it: of the kept records with their cleaned values."""
    values = Reader(dataset)(raw)
    content = with_columns(values.records.drop(columns=dataset.key or []), {RECORD_ID: values.ids})
    before = scorecard(values.records, values.cells, dataset, int(repeats_of_earlier(content).sum()))
    now = cleaned.set_index(values.ids[values.ids.isin(cleaned[RECORD_ID])].sort_values().index)
    named = dict(by_own_names(dataset, now).items()) | ({day_name(dataset): now[DATE]} if dataset.time else {})
    passing = {str(name): column for name, column in named.items() if name in values.records}
    kept = pd.DataFrame(dict(values.records.loc[now.index].items()) | passing)
    return before, scorecard(kept, {}, dataset, int(repeats_of_earlier(cleaned).sum()))


def column_card(name: str, values: pd.Series, unread: np.ndarray, found: dict[str, Violation]) -> Card:
    """Accuracy, completeness and validity of one column."""
    known = values.notna().to_numpy(bool)
    there = int((known | unread).sum())
    broken: dict[str, set] = {"validity": set(), "accuracy": set()}
    for kind, dimension in KINDS.items():
        if violation := found.get(f"{name}_{kind}"):
            broken[dimension] |= set(violation.rows)
    ranged = int(known.sum()) if f"{name}_plausible" in found else 0
    return {
        "accuracy": Share(ranged - len(broken["accuracy"]), ranged),
        "completeness": Share(there, len(values)),
        "validity": Share(there - len(broken["validity"]), there),
    }


def _rows(one: Violation | None) -> list[int]:
    return [] if one is None else list(one.rows)


def _sum(shares: Iterable[Share]) -> Share:
    shares = list(shares)
    return Share(sum(share.good for share in shares), sum(share.total for share in shares))
