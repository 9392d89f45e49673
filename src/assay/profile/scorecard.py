"""Data quality in six dimensions, each a share of counted values or records (Wang & Strong 1996; DAMA UK 2013).

Measured before and after cleaning, of the whole table and, where that makes sense, by column.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import FEATURE, by_own_names
from assay.contract.validation import Validator, Violation
from assay.contract.values import Cells, Reader, day_name
from assay.engine.spill import Sorted, unused
from assay.errors import AssayError
from assay.paths import CLEANED
from assay.preparation.steps import hashed, repeats
from assay.records.columns import DATE, RECORD_ID
from assay.records.feature_table import with_columns

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

OTHERS = "not the cleaned records of these raw ones"
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


def scorecard(records: pd.DataFrame, cells: Mapping[str, Cells], dataset: "Dataset") -> dict[str, Card]:
    """Shares by dimension: of the whole table under "", and of each feature under its name, as if no record repeated.

    records, cells: from `assay.contract.values.Values`; no cells if all values were read. The shares of several batches
    can be added.
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
        "uniqueness": Share(len(records), len(records)),
        "timeliness": Share(len(records) - len(late), len(records)) if dataset.time else Share(0, 0),
    }
    return {"": {name: whole[name] for name in DIMENSIONS}, **cards}


def scorecards(
    raw: Iterable[pd.DataFrame], cleaned: Callable[[], Iterable[pd.DataFrame]], dataset: "Dataset", folder: Path
) -> tuple[dict[str, Card], dict[str, Card]]:
    """The scorecards before cleaning, and after it: of the kept records with their cleaned values.

    raw: the raw records in batches, whose index is the number of the row. cleaned: gives the cleaned ones in batches,
    in order of their ids, whenever it is called. folder: for what is on disk meanwhile.
    """
    read, before, contents = Reader(dataset), dict[str, Card](), list[np.ndarray]()
    passing, left, key = set(_named(next(iter(cleaned())), dataset)), Sorted(folder / "raw"), unused(dataset.columns)
    for batch in raw:
        values = read(batch)
        before = _added(before, scorecard(values.records, values.cells, dataset))
        contents.append(hashed(with_columns(values.records.drop(columns=dataset.key or []), {RECORD_ID: values.ids})))
        rest = {name: column for name, column in values.columns.items() if name not in passing}
        left.add(pd.DataFrame({**_nullable(rest), key: values.ids}), values.ids)
    repeated, contents, after = repeats(contents), [], dict[str, Card]()
    for others, now in _beside(left.batches(), cleaned(), key):
        contents.append(hashed(now))
        kept = pd.DataFrame({**{str(name): one for name, one in others.items()}, **_named(now, dataset)})
        after = _added(after, scorecard(kept, {}, dataset))
    return _less(before, repeated), _less(after, repeats(contents))


def _named(cleaned: pd.DataFrame, dataset: "Dataset") -> dict[str, pd.Series]:
    """The columns of cleaned records that the contract checks, by their own names."""
    own = dict(by_own_names(dataset, cleaned).items()) | ({day_name(dataset): cleaned[DATE]} if dataset.time else {})
    checked = {*dataset.columns, *([day_name(dataset)] if dataset.time else [])}
    return {str(name): column for name, column in own.items() if name in checked}


def _nullable(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns with flags of one type, whether or not a batch has all of them."""
    return {name: pd.array(one, "boolean") if one.dtype == "bool" else one for name, one in columns.items()}


def _beside(
    raw: Iterable[pd.DataFrame], cleaned: Iterable[pd.DataFrame], key: str
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """The raw rows that were kept, beside their cleaned records; both come in order of their ids.

    key: the column of the ids of the raw rows, which is then left out.
    """
    batches = iter(cleaned)
    waiting = next(batches)
    for batch in raw:
        last = batch[key].iloc[-1]
        while not len(waiting) or waiting[RECORD_ID].iloc[-1] < last:
            if (more := next(batches, None)) is None:
                break
            waiting = pd.concat([waiting, more], ignore_index=True)
        upto = int((waiting[RECORD_ID] <= last).sum())
        now, waiting = waiting.iloc[:upto].reset_index(drop=True), waiting.iloc[upto:]
        kept = batch[batch[key].isin(now[RECORD_ID])].reset_index(drop=True)
        if len(kept) != len(now):
            raise AssayError(OTHERS, where=str(CLEANED), todo="dvc repro clean")
        yield kept.drop(columns=key), now
    if len(waiting) or any(map(len, batches)):
        raise AssayError(OTHERS, where=str(CLEANED), todo="dvc repro clean")


def _added(one: dict[str, Card], other: dict[str, Card]) -> dict[str, Card]:
    """The scorecards of both batches together."""
    return {
        name: {dimension: _sum([share, one[name][dimension]]) for dimension, share in card.items()} if one else card
        for name, card in other.items()
    }


def _less(cards: dict[str, Card], repeated: int) -> dict[str, Card]:
    """The scorecards with so many records that repeat another one, which no batch can tell."""
    found = cards[""]["uniqueness"]
    return {**cards, "": {**cards[""], "uniqueness": Share(found.good - repeated, found.total)}}


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
