"""The slices of a batch: has the performance fallen in one of them, or have its alerts changed?

A slice is held against itself in the training, not against the other ones: that women and men differ is known from
the report, and is no news. All records of the batch count, whatever their month: a slice of one month is small.

- **Labels**: recall or precision is less than so many positives, or alerts, have by chance, given those of the slice
  out of fold; recall besides less than the floor of the threshold, and precision by `least_shift`.
- **Estimate**: the upper end of the interval is below what the same calibration says of the slice in the training. The
  assumption does not hold if the slice's own labels out of fold contradict the calibration, which all records made.
- **Alerts**: their share differs by more than months of the training do (`assay.monitoring.comparison`).

Each of the three speaks by chance in a batch in which nothing changed with a probability of `false_alarm_rate` at most:
it is corrected for the number of slices (Bonferroni).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.monitoring import words
from assay.monitoring.assumption import Assumption, moved, outside_scores, too_few
from assay.monitoring.comparison import least_angle, of_shares, usual_angle
from assay.monitoring.counts import Counts, together
from assay.monitoring.estimation import Estimated, estimate, ratios
from assay.monitoring.known import Training
from assay.monitoring.performance import Labelled, by_month, least_share, of_estimate, recall, shown
from assay.monitoring.realised import LEAST_COVERED, Figure, Realised, figures_of, part, per_1000, share
from assay.monitoring.slices import Group, named

if TYPE_CHECKING:
    from assay.config.schema import Monitoring


@dataclass(frozen=True)
class Slice:
    """A group of the records.

    alerts: per 1000 scored records, `before`: out of fold. estimated: None if nothing can be. realised: of the months
    whose labels have arrived, None if there are none. said: what has fallen or changed, in words.
    """

    group: Group
    records: int
    alerts: Figure
    before: float
    estimated: Estimated
    realised: Realised | None
    said: tuple[str, ...]

    def stated(self, confidence: float) -> dict[str, Any]:
        """For JSON."""
        return {
            **asdict(self.group),
            "records": self.records,
            "alerts_per_1000": asdict(self.alerts),
            "alerts_per_1000_of_training": self.before,
            "estimated": self.estimated.stated(confidence),
            "realised": self.realised.stated() if self.realised else None,
            "said": list(self.said),
        }


@dataclass(frozen=True)
class Sliced:
    """The slices with enough records, here and in the training; confidence: of each interval."""

    slices: Sequence[Slice] = ()
    confidence: float = 1.0

    @property
    def said(self) -> list[str]:
        """The falls and changes, in words."""
        return [text for one in self.slices for text in one.said]

    def stated(self) -> dict[str, Any]:
        """For JSON."""
        slices = [one.stated(self.confidence) for one in self.slices]
        return {"confidence": self.confidence, "looked_at": len(slices), "said": self.said, "slices": slices}


def sliced(
    counts: Counts, training: Training, criteria: "Monitoring", labelled: pd.DataFrame | None, after: Labelled | None
) -> Sliced:
    """The slices of a batch; none if the bundle says nothing of its own.

    labelled: the records whose labels have arrived, as of `assay.monitoring.realised.met`; after: what they show.
    """
    if not training.slices:
        return Sliced()
    judge = _Judge(counts, training, criteria, labelled, after)
    return Sliced([judge(place) for place in judge.places], judge.confidence)


class _Judge:
    """Judges one slice after the other, by its place in `Training.slices`."""

    def __init__(
        self,
        counts: Counts,
        training: Training,
        criteria: "Monitoring",
        labelled: pd.DataFrame | None,
        after: Labelled | None,
    ) -> None:
        assert training.slices
        assert training.calibration
        self.training, self.criteria, self.slices = training, criteria, training.slices
        self.calibration = training.calibration
        self.here = together(counts.months.values()).sliced
        self.places = self._places()
        self.confidence = 1 - criteria.false_alarm_rate / max(len(self.places), 1)
        self.usual = self._usual(len([name for name in counts.months if name]))
        covered = [name for name, one in after.months.items() if one.coverage >= LEAST_COVERED] if after else []
        self.settled = together(counts.months[name] for name in covered).sliced
        self.labelled = None if labelled is None else labelled[labelled["month"].isin(covered)]

    def __call__(self, place: int) -> Slice:
        estimated, realised = self._estimated(place), self._realised(place)
        here, before = self._alerts(self.here[place]), self._alerts(self.slices.counts[place])
        said = [
            *(self._by_labels(place, realised) if realised and realised.covered else ()),
            *(self._by_estimate(place, estimated) if estimated.assumption.holds else ()),
            *self._by_alerts(place),
        ]
        return Slice(
            group=self.slices.groups[place],
            records=int(here[1]),
            alerts=per_1000(share(*here, self.confidence)),
            before=1000 * before[0] / before[1],
            estimated=estimated,
            realised=realised,
            said=tuple(said),
        )

    def _places(self) -> list[int]:
        """The slices with enough records on both sides."""
        if not len(self.here):
            return []
        least = np.minimum(self.here.sum(axis=1), self.slices.counts.sum(axis=1))
        return np.flatnonzero(least >= self.criteria.fewest).tolist()

    def _usual(self, span: int) -> float:
        """The usual difference of the share of alerts, as an angle."""
        rows = [one.counts for _, one in sorted(self.training.alerts.by_month.items())]
        months = [row for row in rows if row.sum() >= self.criteria.fewest]
        return usual_angle(months, max(span, 1), least_angle(self.criteria.least_shift))

    def _alerts(self, counts: np.ndarray) -> tuple[float, float]:
        """How many of the records in the bins of the calibration are alerts, and how many there are."""
        return float(counts[self.calibration.alert].sum()), float(counts.sum())

    def _estimated(self, place: int) -> Estimated:
        here, known = self.here[place], self.calibration
        reasons = [
            *too_few(here, known),
            *outside_scores(here, known),
            *(f"out of fold, {why}" for why in self._moved(place)),
            *self._contradicted(place),
        ]
        return estimate(here, known, Assumption(tuple(reasons)))

    def _moved(self, place: int) -> Iterable[str]:
        """Whether the labels of the slice in the training contradict the calibration."""
        counts, positives = self.slices.counts[place], self.slices.positives[place]
        return moved(counts, positives, self.calibration.of_all_months)

    def _contradicted(self, place: int) -> Iterable[str]:
        """Whether those that have arrived do; in all months together, of which a slice has few records."""
        if (rows := self._rows(place, self.labelled)) is None:
            return ()
        counts, positives = by_month(rows.assign(month=""), self.calibration)
        return moved(counts, positives, self.calibration)

    def _rows(self, place: int, labelled: pd.DataFrame | None) -> pd.DataFrame | None:
        if labelled is None:
            return None
        column = self.slices.groups[place].column
        return labelled[labelled[named(column)] == place]

    def _realised(self, place: int) -> Realised | None:
        rows = self._rows(place, self.labelled)
        if rows is None or rows.empty:
            return None
        alerts, records = self._alerts(self.settled[place])
        found = part(rows, int(records), int(alerts), self.training.threshold.value)
        return figures_of(found, self.confidence, ranked=False)

    def _by_labels(self, place: int, found: Realised) -> Iterator[str]:
        """Recall and precision that are less than so many records have by chance."""
        alerts, _ = self._alerts(self.slices.counts[place])
        caught, positives = self._alerts(self.slices.positives[place])
        tail, shift = (1 - self.confidence) / 2, self.criteria.least_shift
        by_chance = {
            "recall": (least_share(found.positives, caught, positives, tail), caught, positives),
            "precision": (least_share(found.checked, caught, alerts, tail) - shift, caught, alerts),
        }
        judged = by_chance if found.settled else ("precision",)  # which needs no positives
        for name in judged:
            least, true, of = by_chance[name]
            bound = min(least, recall(self.training.threshold)) if name == "recall" else least
            if found.figures[name].value < bound:
                before = f"{true / of:.3f} out of fold, so that at least {bound:.3f} was to be expected"
                yield f"labels of {self.slices.groups[place]}: {name} {shown(found.figures[name])}; it was {before}"

    def _by_estimate(self, place: int, found: Estimated) -> Iterator[str]:
        """Estimates below what the same calibration says of the slice in the training."""
        known, counts = self.calibration, self.slices.counts[place]
        before = ratios((counts * known.rate)[None, :], counts, known.alert)
        floors = {
            "recall": min(recall(self.training.threshold), float(before["recall"][0])),
            "precision": float(before["precision"][0]) - self.criteria.least_shift,
        }
        figures = of_estimate(found, self.confidence)
        for name, floor in floors.items():
            if figures[name].high < floor:
                said = f"{name} {shown(figures[name])}, in the training {before[name][0]:.3f}"
                yield f"estimated before labels of {self.slices.groups[place]}: {said}"

    def _by_alerts(self, place: int) -> Iterator[str]:
        """Another share of alerts than in the training."""
        here, before = self._alerts(self.here[place]), self._alerts(self.slices.counts[place])
        if not here[0] + before[0]:
            return
        if of_shares(*here, *before, self.usual).p <= 1 - self.confidence:
            shares = here[0] / here[1], before[0] / before[1]
            yield f"{self.slices.groups[place]}: {words.alerts(*shares)}"
