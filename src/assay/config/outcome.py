"""The schema of `dataset.outcome`: an outcome that is made of columns, with or without a horizon."""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.config.expressions import NUMBER, TEXT, fault
from assay.config.fields import MISSING, Positive
from assay.config.grammar import Refused, names, ordered

EVENT, NO_EVENT, LOST = "event", "no event", "unknown"
CLASSES = (EVENT, NO_EVENT, LOST)


@dataclass
class Outcome:
    """The event that the model is to foresee, and, if time matters, within which horizon.

    `event`: a condition on columns of role target, such as `status == 'dead'` or `hba1c >= 6.5`. `time`: the column, a
    number of role target, of how long after the record was made the event came or, without an event, the record was
    last seen. `horizon`, in the unit of that column, comes with it. The code of a record is "event" (within the
    horizon), "no event" (seen until the horizon without one, whatever came later) or "unknown" (lost before, or without
    a value that says so).
    """

    event: str = MISSING
    time: str | None = None
    horizon: Positive | None = None


def named(outcome: Outcome) -> list[str]:
    """The columns that an outcome is made of; Refused if the event is no expression."""
    return [*sorted(names(outcome.event)), *filter(None, [outcome.time])]


def faults(outcome: Outcome, kinds: Mapping[str, str], least: float | None) -> list[str]:
    """Every contradiction, named by key; empty when all is well.

    kinds: of the columns of role target, by name. least: the low end of the possible range of the time, if it has one.
    """
    refused = fault(outcome.event, kinds, "dataset.outcome.event")
    found = [refused] if refused else _of_texts(outcome.event, kinds)
    if (outcome.time is None) != (outcome.horizon is None):
        found.append("dataset.outcome.time (a column) and dataset.outcome.horizon (a number in its unit) go together")
    if outcome.time is not None:
        found += _time_faults(outcome.time, kinds, least)
    try:
        unused = [name for name in kinds if name not in named(outcome)]
    except Refused:
        unused = []
    return found + [f"dataset.columns.{name}: role target, and dataset.outcome does not name it" for name in unused]


def _of_texts(event: str, kinds: Mapping[str, str]) -> list[str]:
    """Texts are not more or less: '10' comes before '9'."""
    of_texts = [name for name in sorted(ordered(event)) if kinds.get(name) == TEXT]
    why = "holds texts, which are not more or less: compare with == or in"
    return [f"dataset.outcome.event: {name} {why}" for name in of_texts]


def _time_faults(time: str, kinds: Mapping[str, str], least: float | None) -> list[str]:
    key = f"dataset.outcome.time={time}"
    if kinds.get(time) != NUMBER:
        return [f"{key} must be a column of type number and role target"]
    if least is None or least < 0:
        return [f"{key} needs dataset.columns.{time}.range from 0 on: nobody foresees an event that has come before"]
    return []
