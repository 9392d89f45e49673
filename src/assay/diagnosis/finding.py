"""The finding on one cause: a verdict, the possible gain in average precision, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from assay.presentation import words
from assay.statistics.bootstrap import Estimate

CONFIDENCE = 0.95


class Verdict(StrEnum):
    """Whether a cause holds the model back, from the most urgent to the least."""

    HOLDS = "holds it back"
    UNDECIDED = "undecided"
    NOT_MEASURED = "not measured"
    DOES_NOT = "does not"


@dataclass(frozen=True)
class Gain:
    """A possible gain in average precision, with its interval.

    at_most: it is an upper bound, which rests on an assumption that flatters.
    """

    value: float
    low: float
    high: float
    at_most: bool = False

    @classmethod
    def of(cls, found: Estimate, *, at_most: bool = False) -> "Gain":
        """A paired difference as a gain."""
        return cls(found.value, *found.interval(CONFIDENCE), at_most)

    def __str__(self) -> str:
        return words.signed(self.value, (self.low, self.high))

    def verdict(self, worth: float) -> Verdict:
        """Holds: a gain for certain, and probably worth the work. Does not: surely not worth it. Else undecided."""
        if self.high < worth:
            return Verdict.DOES_NOT
        return Verdict.HOLDS if self.low > 0 and self.value >= worth else Verdict.UNDECIDED


@dataclass(frozen=True)
class Table:
    """Evidence in detail: rows of texts and numbers below their heads."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Finding:
    """One cause. measured, todo: sentences; commands: what to type for it. facts: figures for a program."""

    cause: str
    verdict: Verdict
    measured: str
    todo: str
    gain: Gain | None = None
    commands: Sequence[str] = ()
    tables: Sequence[Table] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def counted(number: int, what: str) -> str:
    """A number of things.

    >>> counted(1, "label"), counted(2, "label")
    ('1 label', '2 labels')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """The most urgent verdict first, of one verdict the largest possible gain."""
    order = list(Verdict)
    return sorted(findings, key=lambda one: (order.index(one.verdict), -(one.gain.value if one.gain else 0.0)))
