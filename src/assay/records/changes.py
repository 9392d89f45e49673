"""The log of what cleaning did, by rule with counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """One rule and what it found.

    `action` is "set missing", "quarantine record", "drop record", "convert", "drop column", or "keep" for what was
    looked at, counted and left as it is. `columns` may be `WHOLE_RECORD`. `records` holds the ids of at most `SHOWN`
    of the `count` records.
    """

    rule: str
    columns: tuple[str, ...]
    action: str
    count: int
    reason: str
    records: tuple[str, ...] = ()


SHOWN = 10
WHOLE_RECORD = ("*",)


def change(rule: str, columns: tuple[str, ...], action: str, ids: Sequence[str], reason: str) -> Change:
    """A change of the records of these ids."""
    return Change(rule, columns, action, len(ids), reason, tuple(sorted(ids)[:SHOWN]))


def summary(changes: Sequence[Change], rows_in: int, rows_out: int) -> dict[str, Any]:
    """The log as plain data: rows in and out, then each rule in the order in which it was applied."""
    return {"rows_in": rows_in, "rows_out": rows_out, "rules": [asdict(change) for change in changes]}
