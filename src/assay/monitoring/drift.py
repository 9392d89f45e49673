"""Counts of arriving records against those of the training: what has changed, in which month.

All tests of a batch are corrected together (Holm), so a batch in which nothing changed has a finding with the stated
probability at most. Single months and all of them together, predictions and records, have equal parts of it: the few
tests of predictions in all months are not drowned by those of each feature in each month. Which difference between
months is usual, the months of the training alone tell. A test that no outcome of these records could make significant
is none (Tarone, Biometrics 46, 1990), such as of the missing values of a column that has none on either side.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from assay.bundle.reference import CATEGORY, NUMBER
from assay.monitoring import words
from assay.monitoring.assumption import FEWEST_REFERENCE
from assay.monitoring.comparison import (
    PARTS,
    Difference,
    above,
    least_angle,
    of_numbers,
    of_shares,
    usual_angle,
    usual_distance,
)
from assay.monitoring.counts import Counts, Month
from assay.monitoring.finding import MEANS, PREDICTIONS, TO, Finding, Kind
from assay.monitoring.known import Known, Row, Training
from assay.monitoring.prevalence import times_as_frequent
from assay.scoring.scorer import CONTRACT, POPULATION
from assay.statistics.multiple import holm

if TYPE_CHECKING:
    from assay.config.schema import Monitoring

FEW_VALUES = 5  # values: of fewer there is no distribution


@dataclass(frozen=True)
class Test:
    """One comparison; what: was found, in words; parts: the columns that it comes from."""

    kind: Kind
    subject: str
    records: int
    difference: Difference
    what: str
    parts: tuple[str, ...] = ()


def drifted(counts: Counts, training: Training, criteria: "Monitoring") -> list[Finding]:
    """The differences from the training by more than is usual: month by month, and in all months together.

    A change that stays is smaller than that of one odd month, and seen in many. Of a month with too few records
    only the contract is judged, by a test that is exact for any number of them.
    """
    tests_of = Tests(training, criteria)
    tests = [(name, test) for name, month, count in counts.spans for test in tests_of(month, count)]
    families = [(TO in name, test.kind in PREDICTIONS) for name, test in tests]
    corrected = holm([test.difference.p for _, test in tests], shares(families)).tolist()
    found = [
        (finding(name, test, p), test.parts)
        for (name, test), p in zip(tests, corrected, strict=True)
        if p <= criteria.false_alarm_rate
    ]
    return explained(folded(found), {name: month for name, month, _ in counts.spans}, training)


def shares(families: Sequence[Hashable]) -> list[float]:
    """How much of the error rate each test has, (n,): families have equal parts, and so have the tests of one.

    >>> shares(["a", "b", "b", "b", "b"])
    [1.0, 0.25, 0.25, 0.25, 0.25]
    """
    size = Counter(families)
    return [1 / size[one] for one in families]


def explained(found: list[Finding], months: Mapping[str, Month], training: Training) -> list[Finding]:
    """The same, with how frequent the outcome seems to be where alerts have changed, and nothing of the records has.

    If the records had, the scores would not mean what they meant, and nothing could be told of the outcome.
    """
    known = training.calibration
    if not known or any(one.kind not in PREDICTIONS for one in found):
        return found
    return [
        replace(one, what=words.frequency(one.what, times_as_frequent(months[one.month].calibrated, known)))
        if one.kind == Kind.ALERTS
        else one
        for one in found
    ]


def finding(month: str, test: Test, p: float) -> Finding:
    """The finding of a test; p: corrected."""
    size, usual = test.difference.size, test.difference.usual
    return Finding(test.kind, test.subject, month, test.records, size, usual, p, test.what, MEANS[test.kind])


def folded(found: list[tuple[Finding, tuple[str, ...]]]) -> list[Finding]:
    """Findings with their parts: one on what is computed from columns is told with that on one of these, if any."""
    values = (Kind.UNIT, Kind.VALUES, Kind.RANGE)
    hosts = {
        (one.month, one.subject): place
        for place, (one, parts) in reversed([*enumerate(found)])
        if one.kind in values and parts == (one.subject,)
    }
    kept: dict[int, Finding] = {}
    for place, (one, parts) in enumerate(found):
        at = [hosts[one.month, part] for part in parts if (one.month, part) in hosts]
        if one.kind not in values or parts == (one.subject,) or not at:
            kept[place] = one
        elif one.subject not in (host := kept[at[0]]).also:
            kept[at[0]] = replace(host, also=(*host.also, one.subject))
    return list(kept.values())


class Tests:
    """The tests of one month, or of several together (`span`); what is usual is looked up once.

    learned: whether so many positives that the model's predictions can be compared with those out of fold, which are by
    models of parts of the training.
    """

    def __init__(self, training: Training, criteria: "Monitoring") -> None:
        self.training, self.criteria = training, criteria
        self.least = least_angle(criteria.least_shift)
        self.usual: dict[tuple[str, str, int], float] = {}
        self.span = 1
        known = training.calibration
        self.learned = known is None or known.positives >= FEWEST_REFERENCE

    def __call__(self, month: Month, span: int) -> list[Test]:
        """The tests of `span` months, counted together."""
        self.span = span
        return list(self._all(month))

    def _all(self, month: Month) -> Iterator[Test]:
        yield from self._contract(month)
        yield from self._outside(month)
        if month.scored < self.criteria.fewest:
            return
        for known in self.training.features.values():
            yield from self._feature(month, known)
        if self.learned:
            yield from self._predictions(month)

    def _contract(self, month: Month) -> Iterator[Test]:
        """How many records break each rule, or had a value set missing by it."""
        broken = {rule: count for (kind, rule), count in month.unscored.items() if kind == CONTRACT}
        share = self.criteria.least_broken
        for kind, counts in ((Kind.CONTRACT, broken), (Kind.CHANGED, month.changed)):
            for rule, count in sorted(counts.items()):
                difference = Difference(count / month.records, share, above(count, month.records, share))
                yield Test(kind, rule, month.records, difference, words.broken(kind, rule, count, month.records))

    def _outside(self, month: Month) -> Iterator[Test]:
        """How many of the records that keep the contract are not in the population, by reason."""
        judged = month.records - month.broken
        if self.training.outside is None or judged < self.criteria.fewest:
            return
        for reason, known in self.training.outside.items():
            count, whole = month.unscored[POPULATION, reason], known.whole
            if not count + whole.counts[1]:
                continue
            usual = self._usual_share("outside", known, partial(_of_two, 1))
            difference = of_shares(count, judged, whole.counts[1], whole.known, usual)
            what = words.not_in_population(reason, count / judged, whole.counts[1] / whole.known)
            yield Test(Kind.OUTSIDE, reason, judged, difference, what)

    def _feature(self, month: Month, known: Known) -> Iterator[Test]:
        row, whole = month.row(known.name), known.whole
        if known.parts == (known.name,):  # the missing values of what is computed are those of the columns
            yield from self._missing(month, row, known)
        if row.known < FEW_VALUES or whole.known < FEW_VALUES:
            return
        if known.kind == NUMBER:
            yield self._values(month, row, known)
            yield from self._range(month, row, known)
        else:
            yield from self._shares(row, known)
            yield from self._new(month, row, known)

    def _missing(self, month: Month, row: Row, known: Known) -> Iterator[Test]:
        whole = known.whole
        if not row.missing + whole.missing:
            return
        usual = self._usual_share("missing", known, _with_and_without)
        total = whole.known + whole.missing
        difference = of_shares(row.missing, month.scored, whole.missing, total, usual)
        what = words.missing(known.subject, row.missing / month.scored, whole.missing / total)
        yield Test(Kind.MISSING, known.subject, month.scored, difference, what, known.parts)

    def _values(self, month: Month, row: Row, known: Known) -> Test:
        difference = of_numbers(row.counts, known.whole.counts, self._usual_distance(known))
        what, unit = words.values(known, row), words.unit(known, month.far[known.name], row)
        kind, what = (Kind.UNIT, f"{unit}; {what}") if unit else (Kind.VALUES, what)
        return Test(kind, known.subject, int(row.known), difference, what, known.parts)

    def _range(self, month: Month, row: Row, known: Known) -> Iterator[Test]:
        """Values outside those of the training, which has none such."""
        outside = float(row.counts[0] + row.counts[-1])
        if not outside:
            return
        difference = of_shares(outside, row.known, 0.0, known.whole.known, self.least)
        what = words.outside(known, outside / row.known, month.low[known.name], month.high[known.name])
        yield Test(Kind.RANGE, known.subject, int(row.known), difference, what, known.parts)

    def _shares(self, row: Row, known: Known) -> Iterator[Test]:
        """The share of each value of a category; of two, the second."""
        whole = known.whole
        for place in range(len(known.names))[1 if len(known.names) == 2 else 0 :]:
            if not row.counts[place] + whole.counts[place]:
                continue
            usual = self._usual_share(f"={known.names[place]}", known, partial(_of_two, place))
            difference = of_shares(row.counts[place], row.known, whole.counts[place], whole.known, usual)
            shares = row.counts[place] / row.known, whole.counts[place] / whole.known
            what = words.category(known, place, *shares)
            yield Test(Kind.VALUES, known.subject, int(row.known), difference, what, known.parts)

    def _new(self, month: Month, row: Row, known: Known) -> Iterator[Test]:
        """Values of a category that the training did not have."""
        if known.kind != CATEGORY or not row.counts[-1]:
            return
        difference = of_shares(row.counts[-1], row.known, 0.0, known.whole.known, self.least)
        what = words.new(known, row.counts[-1] / row.known, list(month.new[known.name]))
        yield Test(Kind.NEW, known.subject, int(row.known), difference, what, known.parts)

    def _predictions(self, month: Month) -> Iterator[Test]:
        scores, before = self.training.scores, self.training.alerts.whole
        if len(self._months(scores, lambda one: one.counts)) >= PARTS:  # else nothing tells how much two models differ
            difference = of_numbers(month.scores, scores.whole.counts, self._usual_distance(scores))
            yield Test(Kind.SCORES, "scores", month.scored, difference, words.values(scores, Row(month.scores)))
        usual = self._usual_share("alerts", self.training.alerts, partial(_of_two, 1))
        difference = of_shares(month.alerts, month.scored, before.counts[1], before.known, usual)
        what = words.alerts(month.alerts / month.scored, before.counts[1] / before.known)
        yield Test(Kind.ALERTS, "alerts", month.scored, difference, what)

    def _usual_distance(self, known: Known) -> float:
        key = (known.name, "", self.span)
        if key not in self.usual:
            months = self._months(known, lambda one: one.counts)
            self.usual[key] = usual_distance(months, self.span, self.criteria.least_shift)
        return self.usual[key]

    def _usual_share(self, name: str, known: Known, of_two: Callable[[Row], np.ndarray]) -> float:
        """name: which of the shares of a feature it is; of_two: how many have others, and how many this value."""
        key = (known.name, name, self.span)
        if key not in self.usual:
            self.usual[key] = usual_angle(self._months(known, of_two), self.span, self.least)
        return self.usual[key]

    def _months(self, known: Known, of: Callable[[Row], np.ndarray]) -> list[np.ndarray]:
        """The months of the training that have enough records, in their order."""
        rows = [of(one) for _, one in sorted(known.by_month.items())]
        return [row for row in rows if row.sum() >= self.criteria.fewest]


def _of_two(place: int, row: Row) -> np.ndarray:
    """How many have other values than that of this bin, and how many have it."""
    return np.array([row.known - row.counts[place], row.counts[place]])


def _with_and_without(row: Row) -> np.ndarray:
    return np.array([row.known, row.missing])
