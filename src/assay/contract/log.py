"""The log of what cleaning did, by rule with counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """One cleaning rule and what it found.

    `action` is "set missing", "drop record", "convert", "drop column", or "keep" for what was looked at, counted
    and left as it is. `columns` may be `WHOLE_RECORD`. `records` holds the ids of at most `SHOWN` of the `count`
    records.
    """

    rule: str
    columns: tuple[str, ...]
    action: str
    count: int
    reason: str
    records: tuple[str, ...] = ()


SHOWN = 10
WHOLE_RECORD = ("*",)


def summary(changes: Sequence[Change], rows_in: int, rows_out: int) -> dict[str, Any]:
    """The log as plain data: rows in and out, then each rule in the order in which it was applied."""
    return {"rows_in": rows_in, "rows_out": rows_out, "rules": [asdict(change) for change in changes]}
