"""The series of the figures by month: points with intervals, and the value that was promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.monitoring.estimation import COUNTED
from assay.monitoring.performance import of_estimate, out_of_fold, recall
from assay.monitoring.realised import Figure, per_1000, share

if TYPE_CHECKING:
    from assay.monitoring.command import Monitored


@dataclass(frozen=True)
class Series:
    """Figures by month; faint: the months whose figure decides nothing."""

    name: str
    figures: Mapping[str, Figure]
    faint: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Panel:
    """A metric over the months: one or two series, and a level to hold them against, NaN if there is none; its name."""

    metric: str
    series: Sequence[Series]
    level: float
    named: str


def panels(found: "Monitored", months: Sequence[str]) -> list[Panel]:
    """Recall and precision, estimated and by labels, as far as there are any; then alerts.

    months: with scored records, in their order.
    """
    every = [
        _of_share(found, months, "recall", recall(found.training.threshold), "promised"),
        _of_share(found, months, "precision", out_of_fold(found.training), "out of fold"),
        _of_alerts(found, months),
    ]
    return [panel for panel in every if any(one.figures for one in panel.series)]


def _of_share(found: "Monitored", months: Sequence[str], metric: str, level: float, named: str) -> Panel:
    estimated = {name: found.judged.estimates[name] for name in months if name in found.judged.estimates}
    labelled = found.judged.labelled.months if found.judged.labelled else {}
    before = {name: of_estimate(one, found.confidence)[metric] for name, one in estimated.items()}
    after = {name: labelled[name].figures[metric] for name in months if name in labelled}
    shaky = frozenset(name for name, one in estimated.items() if not one.assumption.holds)
    unsettled = frozenset(name for name, one in labelled.items() if not one.settled)
    series = [Series("estimated", before, shaky), Series("by labels", after, unsettled)]
    return Panel(metric, series, level, named)


def _of_alerts(found: "Monitored", months: Sequence[str]) -> Panel:
    counts = {name: found.counts.months[name] for name in months}
    alerts = {name: per_1000(share(one.alerts, one.scored, found.confidence)) for name, one in counts.items()}
    before = found.training.alerts.whole
    return Panel(COUNTED, [Series("alerts", alerts)], 1000 * float(before.counts[1]) / before.known, "out of fold")
