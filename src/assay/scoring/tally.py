"""Counts what became of the records that were scored, and compares it with what the bundle states."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

from assay.bundle.folder import METRICS
from assay.scoring.scorer import CONTRACT

if TYPE_CHECKING:
    from assay.scoring.scorer import Fault, Scored

FAR, SURE = 2.0, 3.0  # times as many or as few, and standard deviations of a count, until a share is far from another
MOST_BROKEN = 0.1  # share of records that break the contract: more are hardly slips of single records
ALERTS = "alerts_per_1000"


@dataclass
class Tally:
    """rows, how many of them were scored, and are alerts; how many were not scored, or were changed, by reason.

    A record with several reasons counts for its first.
    """

    rows: int = 0
    scored: int = 0
    alerts: int = 0
    contract: int = 0
    not_scored: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, scored: "Scored") -> "Tally":
        """That of a batch."""
        broken = sum(found[0].kind == CONTRACT for found in scored.faults.values())
        counts = (len(scored.ids), len(scored.places), int(scored.alerts.sum()), broken)
        return cls(*counts, _first(scored.faults), _first(scored.changed))

    def add(self, other: "Tally") -> None:
        """Count those of another batch too."""
        self.rows += other.rows
        self.scored += other.scored
        self.alerts += other.alerts
        self.contract += other.contract
        self.not_scored.update(other.not_scored)
        self.changed.update(other.changed)

    def summary(self, seconds: float) -> str:
        """The counts in words, a line for each."""
        alerts = f"{self.alerts:,} alerts" + (
            f" ({1000 * self.alerts / self.scored:.1f} per 1000)" if self.scored else ""
        )
        found = [f"{self.rows:,} rows: {self.scored:,} scored, {alerts}; {self.rows / seconds:,.0f} rows/s"]
        for title, counts in (("not scored", self.not_scored), ("changed before scoring", self.changed)):
            found += [f"{title}: {counts.total():,}"] if counts else []
            found += [
                f"  {count:>9,}  {why}" for why, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
            ]
        return "\n".join(found)

    def warnings(self, description: Mapping[str, Any]) -> list[str]:
        """The signs that these records are unlike those of the training. description: the content of bundle.json."""
        found = []
        if not self.scored:
            found.append("no record was scored")
        if self.contract > MOST_BROKEN * self.rows:
            found.append(f"{self.contract:,} of {self.rows:,} records break the contract: is this the right file?")
        expected = expected_alerts(description)
        if expected is not None and far(self.alerts, self.scored, expected / 1000):
            here = 1000 * self.alerts / self.scored
            found.append(
                f"{here:.1f} alerts per 1000 scored records; the bundle states {expected:.1f} for its training"
            )
        return found


def expected_alerts(description: Mapping[str, Any]) -> float | None:
    """The alerts per 1000 that a bundle states for the records of its training, if it does."""
    figures = description.get(METRICS, {})
    return figures.get("metrics", {}).get(ALERTS, {}).get("value")


def far(count: int, total: int, share: float) -> bool:
    """Whether a count of a total is far from a share, and not by chance.

    >>> far(count=50, total=1000, share=0.05), far(count=200, total=1000, share=0.05), far(count=1, total=2, share=0.05)
    (False, True, False)
    """
    expected = total * share
    by_chance = SURE * sqrt(total * share * (1 - share))
    return abs(count - expected) > by_chance and not expected / FAR <= count <= expected * FAR


def _first(faults: "Mapping[int, Sequence[Fault]]") -> Counter[str]:
    return Counter(str(found[0]) for found in faults.values())
