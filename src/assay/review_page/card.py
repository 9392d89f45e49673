"""A record as the page shows it: its values beside their reference ranges, and codes in words."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.config.dataset import FEATURE, FLAG, IGNORE, LEAK, NUMBER, classes, cleaned_name
from assay.records.columns import CODE, DATE
from assay.text import visible

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset

SHOWN = (FEATURE, IGNORE, LEAK)  # a leak is hidden from models, but a person may judge by it
KEYS = 9  # codes that have a digit as their key
MOST_CODES = 30


@dataclass(frozen=True)
class Cards:
    """The cleaned records of a dataset as the page shows them.

    records: indexed by record id. used: how often the source uses each code. by_letter: whether each letter of a code
    has a meaning of its own.
    """

    records: pd.DataFrame
    dataset: "Dataset"
    used: "pd.Series[int]"
    by_letter: bool

    def card(self, record_id: str) -> dict[str, Any]:
        """One record, for JSON: `measured` are numbers, `yes` and `no` the flags, `said` everything else.

        Its texts are made visible. The id is not changed, because the page answers with it.
        """
        there = self.records.loc[record_id]
        known = {name: cleaned_name(self.dataset, name) for name in self.dataset.columns}
        row = {name: there[own] for name, own in known.items() if own in there}
        columns = {name: one for name, one in self.dataset.columns.items() if one.role in SHOWN and name in row}
        flags = {name: one for name, one in columns.items() if one.type == FLAG}
        others = {name: one for name, one in columns.items() if one.type not in (FLAG, NUMBER)}
        card = {
            "date": shown(there[DATE]) if DATE in there else "",
            "measured": [measured(name, one, row[name]) for name, one in columns.items() if one.type == NUMBER],
            "said": [{"name": name, "about": one.about, "value": shown(row[name])} for name, one in others.items()],
            **{
                answer: [one.about or words(name) for name, one in flags.items() if shown(row[name]) == str(truth)]
                for answer, truth in (("yes", True), ("no", False))
            },
            "code": str(there[CODE]),
            "code_in_words": self.in_words(str(there[CODE])),
        }
        return {"record_id": record_id, **seen(card)}

    def codes(self) -> list[dict[str, str]]:
        """The codes to choose from: those that the source uses most, with a digit as their key, then the rest."""
        named = [*self.dataset.codes, *classes(self.dataset)]
        known = list(dict.fromkeys(named)) or [code for code in map(str, self.used.index[:MOST_CODES]) if code]
        by_use = sorted(known, key=lambda code: -int(self.used.get(code, 0)))
        rest = [code for code in known if code not in by_use[:KEYS]]
        keys = [*map(str, range(1, KEYS + 1)), *[""] * len(rest)]
        return [
            {"key": key, "code": code, "words": visible(self.dataset.codes.get(code, ""))}
            for key, code in zip(keys, [*by_use[:KEYS], *rest], strict=False)
        ]

    def in_words(self, code: str) -> str:
        """The meaning of a code, letter by letter if it consists of letters; "" if the contract does not say."""
        meanings = self.dataset.codes
        if code in meanings or not self.by_letter:
            return meanings.get(code, "")
        sides = [", ".join(meanings.get(letter, letter) for letter in side) for side in code.split("|")]
        return "; more likely: ".join(sides)


def measured(name: str, column: "Column", value: Any) -> dict[str, Any]:
    """A number beside its ranges; `position`: low, within or high; "" without a value or a reference range."""
    missing = pd.isna(value)
    unlikely = not missing and column.plausible is not None and not _within(value, column.plausible)
    return {
        "name": name,
        "about": column.about,
        "unit": column.unit,
        "value": None if missing else float(value),
        "reference": column.reference,
        "position": "" if missing or column.reference is None else position(value, column.reference),
        "unlikely": unlikely,
    }


def position(value: float, reference: list[float]) -> str:
    """Whether a value is low, within or high; the ends of the range are within.

    >>> [position(value, [0.4, 4.0]) for value in (0.1, 4.0, 9.0)]
    ['low', 'within', 'high']
    """
    low, high = reference
    return "low" if value < low else "high" if value > high else "within"


def seen(node: Any) -> Any:
    """The same data with every text made visible (`assay.text.visible`)."""
    if isinstance(node, dict):
        return {key: seen(value) for key, value in node.items()}
    if isinstance(node, list):
        return [seen(value) for value in node]
    return visible(node) if isinstance(node, str) else node


def shown(value: Any) -> str:
    """A value as a text; "" if it is missing."""
    if pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def words(name: str) -> str:
    """A column's name as words."""
    return re.sub(r"_+", " ", name).strip()


def _within(value: float, bounds: list[float]) -> bool:
    return bounds[0] <= value <= bounds[1]
