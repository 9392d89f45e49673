"""Counts, and labels if some have arrived, judged: findings, performance, and the decision that follows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.monitoring import words
from assay.monitoring.by_slice import Sliced, sliced
from assay.monitoring.counts import Counts
from assay.monitoring.decision import Decision, decide
from assay.monitoring.drift import drifted
from assay.monitoring.estimation import Estimated
from assay.monitoring.finding import MEANS, TO, Finding, Kind
from assay.monitoring.known import Training
from assay.monitoring.performance import Labelled, estimates, from_labels, of_estimates, of_labels
from assay.monitoring.realised import LEAST_COVERED

if TYPE_CHECKING:
    from assay.config.schema import Monitoring

MOST_LACKING = 1 - LEAST_COVERED  # share of labels that are due


@dataclass(frozen=True)
class Judged:
    """The findings, and the decision that follows.

    estimates: before labels, of each month, then of all; none if the bundle has no calibration. labelled: what labels
    show; None without any. slices: all of it by slice. age: days from the last day of the training to the last record,
    as of `Counts.today`; None if either is unknown.
    """

    findings: Sequence[Finding]
    estimates: Mapping[str, Estimated]
    labelled: Labelled | None
    slices: Sliced
    decision: Decision
    age: int | None


def judged(
    counts: Counts,
    training: Training,
    criteria: "Monitoring",
    labels: pd.DataFrame | None = None,
    more: Sequence[Finding] = (),
) -> Judged:
    """labels: the records whose labels have arrived, as of `assay.monitoring.realised.met`. more: findings besides."""
    before = estimates(counts, training, labels)
    after = None if labels is None else from_labels(labels, counts, training, criteria)
    told = of_labels(after, training, criteria) if after else None
    findings = [
        *more,
        *drifted(counts, training, criteria),
        *stale(counts, training, criteria),
        *late(after, counts, criteria),
    ]
    slices = sliced(counts, training, criteria, labels, after)
    decision = decide(findings, of_estimates(before, training, criteria), told, slices.said)
    return Judged(findings, before, after, slices, decision, age(counts, training))


def stale(counts: Counts, training: Training, criteria: "Monitoring") -> Iterator[Finding]:
    """Whether the training is too long ago."""
    days = age(counts, training)
    if days is None or criteria.stale_after_days is None or days <= criteria.stale_after_days:
        return
    today = counts.today
    what = f"{days} days from the last day of the training ({training.last}) to the last record ({today})"
    limit = float(criteria.stale_after_days)
    yield Finding(Kind.STALE, "training", "", counts.records, float(days), limit, None, what, MEANS[Kind.STALE])


def late(labelled: Labelled | None, counts: Counts, criteria: "Monitoring") -> Iterator[Finding]:
    """The months whose labels are due and have not come; today as of `Counts.today`."""
    if labelled is None or criteria.labels_after_days is None:
        return
    for name, records, come, days in due(labelled, counts, criteria.labels_after_days, criteria.fewest):
        if records >= criteria.fewest and come < LEAST_COVERED * records:
            what, lacking = words.late(come, records, days, criteria.labels_after_days), 1 - come / records
            yield Finding(Kind.LATE, "labels", name, records, lacking, MOST_LACKING, None, what, MEANS[Kind.LATE])


def due(labelled: Labelled, counts: Counts, after: int, fewest: int) -> Iterator[tuple[str, int, int, int]]:
    """Each month whose labels are due, then those with too few records together: name, records, labels, days since."""
    today = counts.today
    months = [(name, one.records, one.labelled, since(name, today)) for name, one in labelled.months.items() if name]
    over = [one for one in months if one[3] >= after]
    yield from (one for one in over if one[1] >= fewest)
    if few := [one for one in over if one[1] < fewest]:
        names, records, come, days = zip(*few, strict=True)
        yield TO.join((names[0], names[-1])), sum(records), sum(come), days[-1]


def since(month: str, today: np.datetime64) -> int:
    """Days from the last day of a month to today."""
    end = (np.datetime64(month, "M") + 1).astype("datetime64[D]") - 1
    return int((today - end).astype(int))


def age(counts: Counts, training: Training) -> int | None:
    """As of `Judged.age`."""
    today = counts.today
    if training.last is None or np.isnat(today):
        return None
    return int((today - np.datetime64(training.last, "D")).astype(int))
