"""Readers' words for the records of a table and its outcome, on every page, card and picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

QUALITY = ("accuracy", "completeness", "consistency", "validity", "uniqueness", "timeliness")  # of the data


@dataclass
class Words:
    """The words of a contract; what is empty follows from the others.

    unit: what a record stands for, as order; `units`, of several: orders. outcome: what a positive one is, so that it
    can stand after a number and before the unit, as returned; otherwise: what a negative one is, as kept.

    If a language needs more: `positives` for "returned orders", `negatives` for "kept orders", `having` for "are
    returned", `event` for the outcome as a noun, as "returns". health: whether records are of people's health, so that
    cards warn of what a wrong score does to them.

    >>> complete(Words(unit="order", outcome="returned", otherwise="kept")).positives
    'returned orders'
    """

    unit: str = "record"
    units: str = ""
    outcome: str = "positive"
    otherwise: str = "negative"
    positives: str = ""
    negatives: str = ""
    having: str = ""
    event: str = ""
    health: bool = False

    @property
    def no_event(self) -> str:
        """The word for a negative record: "no disease" if the outcome has a noun of its own, else as `otherwise`."""
        return self.otherwise if self.event == self.outcome else f"no {self.event}"


def complete(words: Words | Mapping[str, Any] | None) -> Words:
    """The words with nothing empty; None for those of a contract that has none."""
    given = words if isinstance(words, Words) else Words(**(words or {}))
    units = given.units or f"{given.unit}s"
    return replace(
        given,
        units=units,
        positives=given.positives or f"{given.outcome} {units}",
        negatives=given.negatives or f"{given.otherwise} {units}",
        having=given.having or f"are {given.outcome}",
        event=given.event or given.outcome,
    )


def faults(words: Words) -> list[str]:
    """The faults of the words, each with its key."""
    found = [f"{key} is empty" for key in ("unit", "outcome", "otherwise") if not str(getattr(words, key)).strip()]
    called = complete(words)
    if called.otherwise in (called.outcome, called.event):
        found.append(f"otherwise={words.otherwise} is what the outcome is called too")
    return found
