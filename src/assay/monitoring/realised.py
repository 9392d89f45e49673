"""How well a model did, by month, once labels have arrived: late, and of a part of the records.

Labels seldom arrive by chance: who got an alert is looked at first. Among the records with labels recall would then be
too high. So each labelled record counts for the scored ones of its month with the same decision, alert or none, as many
as there are for each label (Begg & Greenes, Biometrics 39, 1983). Precision and alerts need no such weight.

Of records without a label only their number is needed (`assay.monitoring.counts`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from assay.monitoring.calibration import SEED
from assay.statistics.binomial import interval, weighted_share
from assay.statistics.bootstrap import Estimate, Resamples, estimate_one
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored, average_precision

FEWEST_POSITIVES = 5  # below which recall can be nearly anything
LEAST_COVERED = 0.8  # share of the records whose labels must be there: the last ones are not like the first
DRAWS, MOST_RECORDS = 500, 10_000  # resamples; of so many records at most
UNKNOWN = float("nan")


@dataclass(frozen=True)
class Figure:
    """A value and its interval; NaN where labels do not define them."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Realised:
    """The figures by labels, of a month or of several.

    records: scored ones; alerts: among them. labelled: those with a label; checked: the alerts among these. ungradable:
    those without, because nobody can know their class, which count as records no more. positives: among the labelled
    ones. figures: recall, precision, average_precision, prevalence and alerts_per_1000 by name. covered: most labels
    have arrived, also of records without an alert; that is enough to judge precision. unsettled: why later labels may
    change the figures, in words.
    """

    records: int
    alerts: int
    labelled: int
    checked: int
    ungradable: int
    positives: int
    figures: Mapping[str, Figure]
    covered: bool
    unsettled: tuple[str, ...]

    @property
    def coverage(self) -> float:
        """The share of the records whose labels have arrived."""
        return self.labelled / self.records if self.records else UNKNOWN

    @property
    def settled(self) -> bool:
        return not self.unsettled

    def stated(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "coverage": self.coverage, "settled": self.settled}


@dataclass(frozen=True)
class Part:
    """Records of a month or more: how many are scored and can be graded, and those with a label.

    scored: the labelled ones, with weights. blind: nothing is known of the records without an alert.
    """

    records: int
    alerts: int
    ungradable: int
    scored: Scored
    blind: bool

    @property
    def covered(self) -> bool:
        return not self.blind and len(self.scored.y) >= LEAST_COVERED * self.records


def met(
    ids: np.ndarray,
    months: np.ndarray,
    scores: np.ndarray,
    labels: pd.DataFrame,
    groups: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Of scored records those that have a label: month, score, label (1, 0, or NaN if ungradable), and their groups.

    ids, months, scores: (n,), NaN without a score. labels: as of `assay.monitoring.arrived_labels`; those of other
    records are left out. groups: (n) rows of columns to keep.
    """
    places = labels.index.get_indexer(pd.Index(ids).astype("str"))
    there = (places >= 0) & ~np.isnan(scores)
    found = labels.iloc[places[there]]
    label = np.where(found["ungradable"], UNKNOWN, found["label"].astype("float64"))
    kept = {} if groups is None else {name: column.to_numpy()[there] for name, column in groups.items()}
    return pd.DataFrame({"month": months[there], "score": scores[there], "label": label, **kept})


def realised(
    labelled: pd.DataFrame, scored: Mapping[str, tuple[int, int]], threshold: float, confidence: float, seed: int = SEED
) -> tuple[dict[str, Realised], Realised | None]:
    """The figures of each month in its order, and of all together whose labels have arrived but for a few, if any have.

    labelled: as of `met`. scored: by month, how many records have a score, and how many of them are alerts.
    """
    by_month = dict(tuple(labelled.groupby("month")))
    nothing = labelled.iloc[:0]
    parts = {
        month: part(by_month.get(month, nothing), *counts, threshold)
        for month, counts in sorted(scored.items())
        if counts[0]
    }
    found = {month: figures_of(one, confidence, seed) for month, one in parts.items()}
    covered = [month for month, one in parts.items() if one.covered]
    if len(covered) < 2:
        return found, found[covered[0]] if covered else None
    return found, figures_of(together([parts[month] for month in covered], threshold), confidence, seed)


def part(labelled: pd.DataFrame, records: int, alerts: int, threshold: float) -> Part:
    """The records of a month; labelled: as of `met`."""
    graded = labelled[labelled["label"].notna()]
    lost = labelled["score"][labelled["label"].isna()] >= threshold
    records, alerts = records - len(lost), alerts - int(lost.sum())
    score, alert = graded["score"].to_numpy(), (graded["score"] >= threshold).to_numpy()
    weight = weights(alert, alerts, records - alerts)
    scored = Scored(graded["label"].to_numpy("int64"), score, threshold, weight)
    return Part(records, alerts, len(lost), scored, blind=bool(records > alerts and alert.all()))


def together(parts: Sequence[Part], threshold: float) -> Part:
    """The records of several months; each labelled one has the weight that it has in its month."""
    y, score, weight = (
        np.concatenate([getattr(one.scored, name) for one in parts]) for name in ("y", "score", "weight")
    )
    records, alerts, lost = (sum(getattr(one, name) for one in parts) for name in ("records", "alerts", "ungradable"))
    return Part(records, alerts, lost, Scored(y, score, threshold, weight), blind=False)


def figures_of(found: Part, confidence: float, seed: int = SEED, *, ranked: bool = True) -> Realised:
    """The figures of these records by their labels; ranked: average precision, too, which takes resamples."""
    scored = found.scored
    unknown = dict.fromkeys(("recall", "prevalence", "average_precision"), Figure(UNKNOWN, UNKNOWN, UNKNOWN))
    checked = scored.y[scored.alert]
    known = {} if found.blind else of_all(scored, confidence) | (of_ranking(scored, confidence, seed) if ranked else {})
    figures = {
        **unknown,
        **known,
        "precision": share(float(checked.sum()), len(checked), confidence),
        "alerts_per_1000": per_1000(share(found.alerts, found.records, confidence)),
    }
    positives = int(scored.y.sum())
    return Realised(
        records=found.records,
        alerts=found.alerts,
        labelled=len(scored.y),
        checked=len(checked),
        ungradable=found.ungradable,
        positives=positives,
        figures=figures,
        covered=found.covered,
        unsettled=tuple(unsettled(found, positives)),
    )


def weights(alert: np.ndarray, alerts: int, others: int) -> np.ndarray:
    """How many scored records with the same decision each labelled one stands for, (labelled,).

    alert: (labelled,) bool. alerts, others: how many scored records have an alert, and none.

    >>> weights(np.array([True, True, False]), alerts=2, others=3).tolist()
    [1.0, 1.0, 3.0]
    """
    count = max(int(alert.sum()), 1), max(int((~alert).sum()), 1)
    return np.where(alert, alerts / count[0], others / count[1])


def unsettled(found: Part, positives: int) -> Iterator[str]:
    """Why later labels may change the figures."""
    labelled = len(found.scored.y)
    if not labelled:
        yield f"labels of 0 of {found.records} records have arrived"
        return
    if found.blind:
        yield "no label of a record without an alert has arrived: recall cannot be known"
    if labelled < LEAST_COVERED * found.records:
        yield f"labels of {labelled} of {found.records} records have arrived"
    if positives < FEWEST_POSITIVES:
        yield f"{positives} positives so far, fewer than {FEWEST_POSITIVES}"


def of_all(scored: Scored, confidence: float) -> dict[str, Figure]:
    """The figures for which it matters who has a label: scored has the weights of `weights`."""
    assert scored.weight is not None
    ill = scored.y == 1
    return {
        "recall": Figure(*weighted_share(scored.alert[ill], scored.weight[ill], confidence)),
        "prevalence": Figure(*weighted_share(ill, scored.weight, confidence)),
    }


def of_ranking(scored: Scored, confidence: float, seed: int) -> dict[str, Figure]:
    """The average precision."""
    found = ranking(scored, seed)
    return {"average_precision": Figure(found.value, *found.interval(confidence))}


def share(true: float, of: float, confidence: float) -> Figure:
    """A share with its exact interval."""
    return Figure(true / of, *interval(true, of, confidence)) if of else Figure(UNKNOWN, UNKNOWN, UNKNOWN)


def per_1000(one: Figure) -> Figure:
    return Figure(1000 * one.value, 1000 * one.low, 1000 * one.high)


def ranking(scored: Scored, seed: int) -> Estimate:
    """The average precision with resamples.

    Of more than `MOST_RECORDS` a resample draws only so many, and its distance from the value shrinks as that of a
    larger one would (Bickel, Goetze & van Zwet, Statistica Sinica 7, 1997): neither memory nor time grow with records.
    """
    if not scored.y.any():
        return Estimate(UNKNOWN, np.array([UNKNOWN]))
    metric = METRICS["average_precision"]
    n, value = len(scored.y), metric.of(scored)
    if n <= MOST_RECORDS:
        return estimate_one(scored, Resamples(n, DRAWS, seed), average_precision)
    generator = np.random.default_rng(seed)
    drawn = np.array([metric.of(scored.only(generator.integers(0, n, MOST_RECORDS))) for _ in range(DRAWS)])
    return Estimate(value, value + np.sqrt(MOST_RECORDS / n) * (drawn - value), metric.edge(scored))
