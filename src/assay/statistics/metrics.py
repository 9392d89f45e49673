"""The metrics: one entry each. JSON files, pages, cards, comparisons and tables show what these entries say."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

import numpy as np

from assay.statistics.edges import OfScored, ranking, share, unknown, unless_no_alerts
from assay.statistics.ratios import ratio
from assay.statistics.resampled import (
    Resampled,
    Scored,
    Values,
    average_precision,
    brier,
    calibration_intercept,
    calibration_slope,
    roc_auc,
)

RANKED_BY = "average_precision"  # compares models, ranks a sweep, and decides whether a baseline is beaten


class Place(Enum):
    """Places that show only some metrics. The tables of report, model card and comparison show all."""

    SLICES = auto()  # reports/slices.json and the report
    CARD_SLICES = auto()  # the model card; only what is in SLICES
    CARD_UNGRADABLE = auto()  # the model card: with and without ungradable records
    COMPARISON = auto()  # of two revisions and of a pull request: the first table, which is not folded
    COMPARISON_SLICES = auto()  # of two revisions: each slice
    SWEEP = auto()  # the table of experiments
    FIGURES = auto()  # the curves over alerts per 1000; only shares, from 0 to 1


EVERYWHERE = frozenset(Place)


@dataclass(frozen=True)
class Metric:
    """A metric: what it measures, how, and where it is shown.

    title: the head of its row. meaning: in words that need no statistics, with {units} and the like for the words of
    the dataset. better: "higher", "lower", or the value that is right. function: from a Resampled to an array
    (resamples,). shown: the places that show it. digits: after the point. position: its rank within a `Place`; the
    tables of all metrics have the order of the entries. edge: its interval where a bootstrap cannot tell; of a share of
    records, `share`. Raises ValueError if `shown` contradicts itself.
    """

    name: str
    title: str
    meaning: str
    better: Literal["higher", "lower"] | float
    function: Callable[[Resampled], np.ndarray]
    shown: frozenset[Place] = frozenset()
    digits: int = 3
    position: float = math.inf
    edge: OfScored = unknown

    def __post_init__(self) -> None:
        if Place.CARD_SLICES in self.shown and Place.SLICES not in self.shown:
            raise ValueError(f"{self.name}: the card reads its slices from reports/slices.json: add Place.SLICES")

    @property
    def phrase(self) -> str:
        """The title as it stands within a sentence: average precision, ROC AUC."""
        return self.title[0].lower() + self.title[1:] if self.title[1:2].islower() else self.title

    def said(self, words: Mapping[str, str]) -> str:
        """The meaning, with the dataset's words for records and outcome: `assay.config.words`."""
        return self.meaning.format(**words)

    def of(self, scored: Scored, threshold_probability: float = math.nan) -> float:
        """The value on all records, each once."""
        return float(self.function(Resampled(scored, scored.weights, threshold_probability))[0])


def by_name(*metrics: Metric) -> dict[str, Metric]:
    """The metrics by name; ValueError if two have the same name."""
    named = {one.name: one for one in metrics}
    if len(named) < len(metrics):
        raise ValueError(f"two metrics of one name among {', '.join(one.name for one in metrics)}")
    return named


def _everyone(scored: Scored) -> np.ndarray:
    return np.ones(len(scored.y), "bool")


def _positive(scored: Scored) -> np.ndarray:
    return scored.y == 1


def _negative(scored: Scored) -> np.ndarray:
    return scored.y != 1


def _alert(scored: Scored) -> np.ndarray:
    return scored.alert


def _none(scored: Scored) -> np.ndarray:
    return ~scored.alert


def _right(scored: Scored) -> np.ndarray:
    return scored.alert == (scored.y == 1)


def _per_1000(share: float) -> float:
    return 1000 * share


def _of_1000(figure: float) -> float:
    return figure / 1000


def _f1(share: float) -> float:
    return 2 * share / (1 + share)


def _of_f1(f1: float) -> float:
    return f1 / (2 - f1)


def _union(scored: Scored) -> np.ndarray:
    return scored.alert | (scored.y == 1)


METRICS = by_name(
    Metric(
        name="recall",
        title="Recall",
        meaning="share of the {positives} that the model alerts on",
        better="higher",
        function=lambda on: ratio(on.tp, on.tp + on.fn),
        shown=EVERYWHERE - {Place.SWEEP},
        position=2,
        edge=share(of=_positive, hit=_alert),
    ),
    Metric(
        name="precision",
        title="Precision",
        meaning="share of the alerts that are {event}",
        better="higher",
        function=lambda on: ratio(on.tp, on.tp + on.fp),
        shown=EVERYWHERE - {Place.COMPARISON_SLICES},
        position=3,
        edge=share(of=_alert, hit=_positive),
    ),
    Metric(
        name="alerts_per_1000",
        title="Alerts per 1000",
        meaning="the price: {units} sent for a second look, per 1000 screened",
        better="lower",
        function=lambda on: 1000 * ratio(on.tp + on.fp, on.total),
        shown=EVERYWHERE - {Place.FIGURES},
        digits=1,
        position=5,
        edge=share(_everyone, _alert, per=_per_1000, back=_of_1000),
    ),
    Metric(
        name="average_precision",
        title="Average precision",
        meaning="quality of the ranking, over all thresholds; chance is the prevalence",
        better="higher",
        function=average_precision,
        shown=EVERYWHERE - {Place.CARD_SLICES, Place.FIGURES},
        position=1,
        edge=ranking,
    ),
    Metric(
        name="roc_auc",
        title="ROC AUC",
        meaning="chance that a positive record scores above a negative one",
        better="higher",
        function=roc_auc,
        edge=ranking,
    ),
    Metric(
        name="f1",
        title="F1",
        meaning="harmonic mean of precision and recall",
        better="higher",
        function=lambda on: ratio(2 * on.tp, 2 * on.tp + on.fp + on.fn),
        edge=share(of=_union, hit=_right, per=_f1, back=_of_f1),
    ),
    Metric(
        name="specificity",
        title="Specificity",
        meaning="share of the {negatives} that are left alone",
        better="higher",
        function=lambda on: ratio(on.tn, on.tn + on.fp),
        shown=frozenset({Place.SLICES}),
        position=4,
        edge=share(of=_negative, hit=_none),
    ),
    Metric(
        name="accuracy",
        title="Accuracy",
        meaning="share of right decisions; misleading where {positives} are rare",
        better="higher",
        function=lambda on: ratio(on.tp + on.tn, on.total),
        edge=share(of=_everyone, hit=_right),
    ),
    Metric(
        name="brier",
        title="Brier score",
        meaning="mean squared error of the score as a probability; lower is better",
        better="lower",
        function=brier,
    ),
    Metric(
        name="calibration_slope",
        title="Calibration slope",
        meaning="1 is right; below 1, scores are too extreme",
        better=1.0,
        function=calibration_slope,
    ),
    Metric(
        name="calibration_intercept",
        title="Calibration intercept",
        meaning="0 is right; below 0, scores are too high",
        better=0.0,
        function=calibration_intercept,
    ),
    # Vickers & Elkin, Medical Decision Making 26, 2006.
    Metric(
        name="net_benefit",
        title="Net benefit",
        meaning="true alerts less false ones at their price, per record",
        better="higher",
        function=lambda on: ratio(on.tp - on.price * on.fp, on.total),
        shown=frozenset({Place.COMPARISON}),
        position=6,
        edge=unless_no_alerts,
    ),
)


def shown_in(place: Place) -> list[Metric]:
    """The metrics that are shown there, in order."""
    return sorted((one for one in METRICS.values() if place in one.shown), key=lambda one: one.position)


def measure(
    scored: Scored, weights: np.ndarray, threshold_probability: float, metrics: Iterable[Metric] | None = None
) -> Values:
    """Each of `metrics` (by default all) by name, (resamples,); weights: (resamples, records)."""
    on = Resampled(scored, weights, threshold_probability)
    return {one.name: one.function(on) for one in (METRICS.values() if metrics is None else metrics)}
