"""Counts of arriving records against those of the training: what has changed, in which month.

All tests of a batch are corrected together (Holm), so a batch in which nothing changed has a finding with the stated
probability at most. What is usual between months is told by the months of the training alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assay.bundle.reference import CATEGORY, NUMBER
from assay.monitoring import words
from assay.monitoring.comparison import (
    Difference,
    above,
    holm,
    least_angle,
    of_numbers,
    of_shares,
    usual_angle,
    usual_distance,
)
from assay.monitoring.counts import Counts, Month
from assay.monitoring.finding import MEANS, Finding, Kind
from assay.monitoring.known import Known, Row, Training

if TYPE_CHECKING:
    from assay.config.schema import Monitoring

FEW = 5  # values of a row: fewer are not compared


@dataclass(frozen=True)
class Test:
    """One comparison; `what` says in words what was found."""

    kind: Kind
    subject: str
    month: str
    records: int
    difference: Difference
    what: str
    hint: str = ""
    parts: tuple[str, ...] = ()


def drifted(counts: Counts, training: Training, asked: "Monitoring") -> list[Finding]:
    """What differs from the training by more than is usual, in the order of months; no month with too few records."""
    tests = [
        test
        for name, month in sorted(counts.months.items())
        if month.records >= asked.fewest
        for test in _of_month(name, month, training, asked)
    ]
    corrected = holm([test.difference.p for test in tests])
    found = [(test, p) for test, p in zip(tests, corrected.tolist(), strict=True) if p <= asked.false_alarm_rate]
    return _folded([(_finding(test, p), test.parts) for test, p in found])


def _finding(test: Test, p: float) -> Finding:
    size, usual = test.difference.size, test.difference.usual
    means = f"{MEANS[test.kind]} {test.hint}".strip()
    return Finding(test.kind, test.subject, test.month, test.records, size, usual, p, test.what, means)


def _folded(found: list[tuple[Finding, tuple[str, ...]]]) -> list[Finding]:
    """Drift of what is computed from columns is told with that of these columns, where one of them drifts too."""
    kept: dict[tuple[str, str], Finding] = {}
    whole: list[Finding | tuple[str, str]] = []
    for finding, parts in found:
        if finding.kind == Kind.VALUES and parts == (finding.subject,):
            kept[finding.month, finding.subject] = finding
    for finding, parts in found:
        hosts = [(finding.month, part) for part in parts if (finding.month, part) in kept]
        if finding.kind != Kind.VALUES or not hosts:
            whole.append(finding)
        elif parts == (finding.subject,):
            whole.append(hosts[0])
        else:
            host = max(hosts, key=lambda one: kept[one].size)
            kept[host] = replace(kept[host], also=(*kept[host].also, finding.subject))
    return [kept[one] if isinstance(one, tuple) else one for one in whole]


def _of_month(name: str, month: Month, training: Training, asked: "Monitoring") -> Iterator[Test]:
    yield from _contract(name, month, asked)
    if month.scored < asked.fewest:
        return
    for known in training.features.values():
        yield from _feature(name, month, known, asked)
    yield from _predictions(name, month, training, asked)


def _contract(name: str, month: Month, asked: "Monitoring") -> Iterator[Test]:
    """How many records break each rule, or had a value set missing by it."""
    from assay.scoring.scorer import CONTRACT

    broken = {rule: count for (kind, rule), count in month.unscored.items() if kind == CONTRACT}
    for kind, counts in ((Kind.CONTRACT, broken), (Kind.CHANGED, month.changed)):
        for rule, count in sorted(counts.items()):
            share = count / month.records
            difference = Difference(share, asked.least_broken, above(count, month.records, asked.least_broken))
            yield Test(kind, rule, name, month.records, difference, words.broken(kind, rule, count, month.records))


def _feature(name: str, month: Month, known: Known, asked: "Monitoring") -> Iterator[Test]:
    row, whole, records = month.row(known.name), known.whole, month.scored
    if known.parts == (known.name,):  # of what is computed, the columns tell it
        yield from _missing(name, row, known, asked, records)
    if row.known < FEW or whole.known < FEW:
        return
    if known.kind == NUMBER:
        yield _values(name, row, known, asked)
        yield from _range(name, month, row, known, asked)
    else:
        yield from _category(name, month, row, known, asked)


def _missing(name: str, row: Row, known: Known, asked: "Monitoring", records: int) -> Iterator[Test]:
    months = {one: np.array([part.known, part.missing]) for one, part in known.by_month.items()}
    usual = usual_angle(months, least_angle(asked.least_shift), asked.fewest)
    total = known.whole.known + known.whole.missing
    if row.missing or known.whole.missing:  # else no test of these records could find anything (Tarone 1990)
        difference = of_shares(row.missing, records, known.whole.missing, total, usual)
        what = words.missing(known.subject, row.missing / records, known.whole.missing / total)
        yield Test(Kind.MISSING, known.subject, name, records, difference, what, parts=known.parts)


def _values(name: str, row: Row, known: Known, asked: "Monitoring") -> Test:
    months = {one: part.counts for one, part in known.by_month.items()}
    usual = usual_distance(months, asked.least_shift, asked.fewest)
    difference = of_numbers(row.counts, known.whole.counts, usual)
    what, hint = words.values(known, row), words.unit(known, row)
    return Test(Kind.VALUES, known.subject, name, int(row.known), difference, what, hint, known.parts)


def _range(name: str, month: Month, row: Row, known: Known, asked: "Monitoring") -> Iterator[Test]:
    """Values outside those of the training, which has none such."""
    outside = float(row.counts[0] + row.counts[-1])
    if not outside:
        return
    difference = of_shares(outside, row.known, 0.0, known.whole.known, least_angle(asked.least_shift))
    low, high = month.low.get(known.name, np.nan), month.high.get(known.name, np.nan)
    what = words.outside(known, outside / row.known, low, high)
    yield Test(Kind.RANGE, known.subject, name, int(row.known), difference, what, parts=known.parts)


def _category(name: str, month: Month, row: Row, known: Known, asked: "Monitoring") -> Iterator[Test]:
    """The share of each value, and of new ones. The second of two flags is that of the first."""
    least = least_angle(asked.least_shift)
    for place in [len(known.names) - 1] if len(known.names) <= 2 else range(len(known.names)):
        if not row.counts[place] + known.whole.counts[place]:
            continue
        months = {
            one: np.array([part.known - part.counts[place], part.counts[place]]) for one, part in known.by_month.items()
        }
        usual = usual_angle(months, least, asked.fewest)
        before, here = known.whole.counts[place] / known.whole.known, row.counts[place] / row.known
        difference = of_shares(row.counts[place], row.known, known.whole.counts[place], known.whole.known, usual)
        what = words.category(known, place, here, before)
        yield Test(Kind.VALUES, known.subject, name, int(row.known), difference, what, parts=known.parts)
    if known.kind == CATEGORY and row.counts[-1]:
        difference = of_shares(row.counts[-1], row.known, 0.0, known.whole.known, least)
        what = words.new(known, row.counts[-1] / row.known, list(month.new.get(known.name, {})))
        yield Test(Kind.NEW, known.subject, name, int(row.known), difference, what, parts=known.parts)


def _of_two(row: Row, place: int) -> np.ndarray:
    """How many have other values, and how many this one."""
    return np.array([row.known - row.counts[place], row.counts[place]])


def _predictions(name: str, month: Month, training: Training, asked: "Monitoring") -> Iterator[Test]:
    scores = training.scores
    usual = usual_distance({one: part.counts for one, part in scores.by_month.items()}, asked.least_shift, asked.fewest)
    difference = of_numbers(month.scores, scores.whole.counts, usual)
    yield Test(Kind.SCORES, "scores", name, month.scored, difference, words.values(scores, Row(month.scores)))
    alerts = training.alerts.counts
    months = {one: part.counts for one, part in training.alerts_by_month.items()}
    least = usual_angle(months, least_angle(asked.least_shift), asked.fewest)
    difference = of_shares(month.alerts, month.scored, alerts[1], alerts.sum(), least)
    what = words.alerts(month.alerts / month.scored, alerts[1] / alerts.sum())
    yield Test(Kind.ALERTS, "alerts", name, month.scored, difference, what)
