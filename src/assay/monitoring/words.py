"""The findings of monitoring, in words with figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from assay.bundle.reference import FLAG
from assay.errors import sample

if TYPE_CHECKING:
    from assay.monitoring.finding import Kind
    from assay.monitoring.known import Known, Row


def percent(share: float) -> str:
    """A share for readers.

    >>> percent(0.1234), percent(0.00042), percent(0)
    ('12.3 %', '0.04 %', '0 %')
    """
    return (
        f"{100 * share:.3g} %" if share >= 0.1 else f"{100 * share:.2g} %" if share >= 0.001 else f"{100 * share:.1g} %"
    )


def values(known: "Known", row: "Row") -> str:
    """The edge at which the two distributions differ most, and the share of values up to it."""
    here, before = (np.cumsum(one.counts) / one.known for one in (row, known.whole))
    place = int(np.abs(here - before).argmax())
    shares = f"{percent(here[place])} (training: {percent(before[place])})"
    if not len(known.edges):
        return f"{known.subject}: it has values, and had none in the training"
    if place == 0:
        return f"{known.subject} below {known.shown(known.edges[0]):g}: {shares}"
    return f"{known.subject} up to {known.shown(known.edges[min(place, len(known.edges)) - 1]):.4g}: {shares}"


def unit(known: "Known", far: np.ndarray, row: "Row") -> str:
    """That the unit is probably another, where most values are far from the median of the training; else "".

    far: how many values are several times as small, and as large, (2,).
    """
    place = int(far.argmax())
    if 2 * far[place] <= row.known:
        return ""
    said = "less than a third" if place == 0 else "more than three times"
    shares = f"{percent(far[place] / row.known)} of the values are {said} of the training's median, {known.middle:g}"
    return f"{known.subject} is probably in another unit: {shares}"


def outside(known: "Known", share: float, low: float, high: float) -> str:
    """How many values the training never had."""
    ends = (f"{known.shown(one):.4g}" for one in (known.edges[0], known.edges[-1], low, high))
    least, most, lowest, highest = ends
    outside_of = f"{known.subject} outside {least} to {most}, the range of the training"
    return f"{outside_of}: {percent(share)}, from {lowest} to {highest}"


def missing(subject: str, here: float, before: float) -> str:
    """The share without a value."""
    return f"{subject} missing in {percent(here)} (training: {percent(before)})"


def not_in_population(reason: str, here: float, before: float) -> str:
    """The share of records that are outside the population for a reason."""
    return f"outside the population, {reason}: {percent(here)} (training: {percent(before)})"


def category(known: "Known", place: int, here: float, before: float) -> str:
    """The share of one value."""
    name = "yes" if known.kind == FLAG else known.names[place]
    return f"{known.subject} {name}: {percent(here)} (training: {percent(before)})"


def new(known: "Known", share: float, found: Sequence[str]) -> str:
    """Values of a category that the training did not have."""
    return f"{known.subject} has values that the training did not have in {percent(share)}: {sample(found)}"


def alerts(here: float, before: float) -> str:
    """Alerts per 1000."""
    return f"{1000 * here:.1f} alerts per 1000 scored records (training, out of fold: {1000 * before:.1f})"


def frequency(what: str, times: float) -> str:
    """The change, and how many times as frequent as in the training the outcome seems to be."""
    return f"{what}; the outcome seems to be about {times:.2g} times as frequent" if np.isfinite(times) else what


def late(labelled: int, records: int, days: int, asked: int) -> str:
    """How many labels have come of records whose labels are due; days: since the last of these records."""
    share = f"labels of {labelled:,} of {records:,} records have come ({percent(labelled / records)})"
    return f"{share}, {days:,} days after the last of them, and all are due after {asked:,}"


def broken(kind: "Kind", rule: str, count: int, records: int) -> str:
    """How many records break a rule."""
    what = "break" if kind == "contract" else "had a value set missing by"
    return f"{count:,} of {records:,} records ({percent(count / records)}) {what} the rule {rule}"
