"""The log of cleaning: what each rule did, with counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Change:
    """One rule and the records that it found.

    action: "set missing", "quarantine record", "drop record", "convert", "drop column", or "keep" for records that were
    counted and left unchanged. columns: may be `WHOLE_RECORD`. count: the number of records, or of dropped columns.
    records: the ids of the first `SHOWN` of them.
    """

    rule: str
    columns: tuple[str, ...]
    action: str
    count: int
    reason: str
    records: tuple[str, ...] = ()


SHOWN = 10
WHOLE_RECORD = ("*",)
COLUMNS_DROPPED = "drop column"


def change(rule: str, columns: tuple[str, ...], action: str, ids: Sequence[str], reason: str) -> Change:
    """The change of the records with these ids.

    >>> change("age_range", ("age",), "set missing", ["b", "a"], "outside 0 to 120 years").records
    ('a', 'b')
    """
    return Change(rule, columns, action, len(ids), reason, tuple(sorted(ids)[:SHOWN]))


def merged(logs: Sequence[Sequence[Change]]) -> list[Change]:
    """The log of a table, from the logs of its batches, which have the same rules in the same order."""
    return [_sum(of_one_rule) for of_one_rule in zip(*logs, strict=True)]


def _sum(changes: tuple[Change, ...]) -> Change:
    first = changes[0]
    if first.action == COLUMNS_DROPPED:
        return first
    records = sorted(record for one in changes for record in one.records)[:SHOWN]
    return replace(first, count=sum(one.count for one in changes), records=tuple(records))


def summary(changes: Sequence[Change], rows_in: int, rows_out: int) -> dict[str, Any]:
    """The log as plain data for JSON: rows in and out, then the rules in the order in which they were applied."""
    return {"rows_in": rows_in, "rows_out": rows_out, "rules": [asdict(change) for change in changes]}
