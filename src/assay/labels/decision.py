"""A decision on a label: its fields, its checks, and its line of CSV."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime

ANNOTATOR, ADJUDICATOR = "annotator", "adjudicator"
WITHDRAWN = "withdrawn"
TIME = "%Y-%m-%dT%H:%M:%SZ"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")  # lower case: Ann and ann must not count as two who agree
FORMULA = re.compile(r"(^|;)(\s*)([=+\-@])")
LONGEST_REASON = 500


@dataclass(frozen=True)
class Decision:
    """The code that a person gives to a record.

    `code`, in the ledger the column `decision`, is a code as the dataset writes them, or "withdrawn", which takes the
    annotator's earlier decision back. `time` is UTC, like 2026-01-31T12:00:00Z; the ledger sets it.
    """

    record_id: str
    code: str
    annotator: str
    role: str
    guideline_version: str
    reason: str = ""
    time: str = ""


# `time` comes last, so that a line that was cut short is never taken for a whole one. Ledgers, whose lines are never
# changed, call a code `decision`.
COLUMNS = tuple("decision" if field.name == "code" else field.name for field in fields(Decision))
HEADER = ",".join(COLUMNS)


def faults(one: Decision, codes: str) -> list[str]:
    """The faults of a decision, one message per column; `codes` is the pattern that a whole code must match."""
    is_code = one.code == WITHDRAWN or re.fullmatch(codes, one.code)
    checks = {
        "record_id": (one.record_id and one.record_id.isprintable(), "no identifier"),
        "decision": (is_code, "no code of this dataset"),
        "annotator": (NAME.fullmatch(one.annotator), "not a short name in lower case (letters, digits, . _ -)"),
        "role": (one.role in (ANNOTATOR, ADJUDICATOR), f"neither {ANNOTATOR} nor {ADJUDICATOR}"),
        "guideline_version": (re.fullmatch(r"[1-9]\d{0,3}", one.guideline_version), "not a number like 1"),
        "reason": (_is_plain(one.reason), f"not one line of at most {LONGEST_REASON} plain characters"),
        "time": (_is_time(one.time), "not UTC like 2026-01-31T12:00:00Z"),
    }
    values = dict(zip(COLUMNS, astuple(one), strict=True))
    return [f"{column} {shown(values[column])}: {why}" for column, (good, why) in checks.items() if not good]


def parsed(line: str, codes: str) -> Decision:
    """The decision in a line of CSV, without the line's end; ValueError with all faults."""
    if line == HEADER:
        raise ValueError("the header again")
    try:
        values = next(csv.reader([line], strict=True), [])
    except csv.Error as error:
        raise ValueError(f"not CSV ({error}): {shown(line)}") from error
    if len(values) != len(COLUMNS) or line.endswith("\r"):
        raise ValueError(f"{len(values)} columns instead of {len(COLUMNS)}, or a foreign line end: {shown(line)}")
    decision = Decision(*values)
    if found := faults(decision, codes):
        raise ValueError("; ".join(found))
    return decision


def as_line(decision: Decision) -> str:
    """The decision as a line of CSV, with its end."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(astuple(decision))
    return buffer.getvalue()


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The last decision of each annotator and adjudicator on each record, unless it is a withdrawal.

    It is the last by time, and by position within the same second: merged lines of two branches may be in either order.
    """
    last = {(one.record_id, one.role, one.annotator): one for one in sorted(decisions, key=lambda one: one.time)}
    return [one for one in last.values() if one.code != WITHDRAWN]


def harmless(text: str) -> str:
    """The text as one line of printable characters that no spreadsheet takes for a formula.

    White space and control characters become single spaces; =, +, - and @ at the start, or after a semicolon (which
    separates columns in some countries), get an apostrophe before them.

    >>> harmless("=1+1\\nand more")
    "'=1+1 and more"
    """
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return FORMULA.sub(r"\1\2'\3", line)


def shown(text: str) -> str:
    """A value in a message: quoted, and not too long."""
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


def _is_plain(reason: str) -> bool:
    return reason == harmless(reason) and len(reason) <= LONGEST_REASON


def _is_time(text: str) -> bool:
    try:
        return datetime.strptime(text, TIME).strftime(TIME) == text
    except ValueError:
        return False
