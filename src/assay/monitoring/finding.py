"""A finding of monitoring: what, in which month, how large, and what it may mean."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kind of a change."""

    COLUMN = "column gone"
    UNKNOWN = "unknown column"
    CONTRACT = "contract"
    CHANGED = "set missing"
    NEW = "new value"
    RANGE = "outside the range"
    UNIT = "unit"
    VALUES = "values"
    MISSING = "missing"
    OUTSIDE = "outside the population"
    SCORES = "scores"
    ALERTS = "alerts"
    STALE = "stale"
    LATE = "labels late"


TO = " to "  # between the first and the last of several months that were judged together
# Faults of the data: a model that learns from them is no better.
FAULTS = frozenset({Kind.COLUMN, Kind.CONTRACT, Kind.CHANGED, Kind.NEW, Kind.UNIT})
INPUTS = frozenset({Kind.UNIT, Kind.VALUES, Kind.RANGE, Kind.MISSING})
PREDICTIONS = frozenset({Kind.SCORES, Kind.ALERTS})
MEANS = {
    Kind.COLUMN: "The file was made in another way, or the column was renamed. Every score lacks it.",
    Kind.UNKNOWN: "A column may have been renamed: compare it with those that are gone.",
    Kind.CONTRACT: "Who sends the records has changed a name, a unit, a format or a list of values; they get no score.",
    Kind.CHANGED: "Values that cannot be true: another unit or format; the model takes them for missing.",
    Kind.NEW: "A new source, product or spelling, of which the model learned nothing.",
    Kind.RANGE: "Values that the training never had: another unit, assay or detection limit.",
    Kind.UNIT: "Who sends the records gives them in another unit. Nothing measured changes so; no retraining mends it.",
    Kind.VALUES: "Another method or unit, other records, or another practice of when it is measured.",
    Kind.MISSING: "It is measured in others than before, no longer sent, or sent under another name.",
    Kind.OUTSIDE: "Other records are sent for a score than before.",
    Kind.SCORES: "The model sees other records than before, or the outcome has become more or less frequent.",
    Kind.ALERTS: "More or less work for those who follow up; the outcome or the records have changed.",
    Kind.STALE: "Nobody has looked whether the model still fits the present.",
    Kind.LATE: "Whoever makes the labels is behind, or they do not get here: a fall of the performance is seen later.",
}


@dataclass(frozen=True)
class Finding:
    """A change.

    subject: the column, rule or reason. month: such as 1985-06, or the first and
    the last of several that were judged together; "" where it concerns the whole batch. records: how many were judged.
    size: a distance of distributions, a difference of angles of shares (`assay.monitoring.comparison`), or a share;
    usual: the largest that is none. p: corrected for all that was tested; None if it is certain. what: with figures.
    means: what it may mean. also: what else changed with it.
    """

    kind: Kind
    subject: str
    month: str
    records: int
    size: float
    usual: float
    p: float | None
    what: str
    means: str
    also: tuple[str, ...] = ()
