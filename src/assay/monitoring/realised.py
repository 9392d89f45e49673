"""How well a model did, by month, once labels have arrived: late, and of a part of the records.

Labels seldom arrive by chance: who got an alert is looked at first. Among the records with labels recall would then be
too high. So each labelled record counts for the scored ones of its month with the same decision, alert or none, as many
as there are for each label (Begg & Greenes, Biometrics 39, 1983). Precision and alerts need no such weight.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from assay.monitoring.calibration import SEED
from assay.statistics.binomial import effective, interval
from assay.statistics.bootstrap import Estimate, resamples
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Resampled, Scored, average_precision

FEWEST_POSITIVES = 5  # below which recall can be nearly anything
LEAST_COVERED = 0.8  # share of the records whose labels must be there: the last ones are not like the first
DRAWS, AT_ONCE = 500, 20_000_000  # resamples; of so many records at a time
UNKNOWN = float("nan")


@dataclass(frozen=True)
class Figure:
    """A value and its interval; NaN where labels do not define them."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Realised:
    """What the labels show of a month.

    records: scored ones; alerts: among them. labelled: those with a label; ungradable: those without, because nobody
    can know their class, which count as records no more. positives: among the labelled ones. figures: recall,
    precision, average_precision, prevalence and alerts_per_1000 by name. unsettled: why later labels may change the
    figures, in words.
    """

    month: str
    records: int
    alerts: int
    labelled: int
    ungradable: int
    positives: int
    figures: Mapping[str, Figure]
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


def with_labels(scored: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Scored records with what has arrived of their labels; labels of other records are left out.

    scored: `record_id`, `month` (text), `score` (NaN where there is none). labels: as of `assay.monitoring.arrived`.
    Result: also `label` (1, 0, or NaN while it has not arrived) and `ungradable` (bool).
    """
    found = labels.reindex(scored["record_id"])
    label = found["label"].astype("float64").to_numpy()
    unclear = found["ungradable"].astype("boolean").fillna(value=False).to_numpy("bool")
    return scored.assign(label=np.where(unclear, UNKNOWN, label), ungradable=unclear)


def realised(records: pd.DataFrame, threshold: float, confidence: float, seed: int = SEED) -> list[Realised]:
    """The figures of each month that has a scored record, in their order; records: as of `with_labels`."""
    scored = records[records["score"].notna()]
    return [_month(str(month), part, threshold, confidence, seed) for month, part in scored.groupby("month")]


def _month(month: str, part: pd.DataFrame, threshold: float, confidence: float, seed: int) -> Realised:
    graded = part[~part["ungradable"]]
    alert = (graded["score"] >= threshold).to_numpy()
    there = graded["label"].notna().to_numpy()
    weight = weights(alert, there)
    labelled = graded[there]
    scored = Scored(labelled["label"].to_numpy("int64"), labelled["score"].to_numpy(), threshold, weight)
    blind = bool((~alert).any() and not there[~alert].any())  # nothing is known of records without an alert
    figures = {
        **(dict.fromkeys(("recall", "prevalence", "average_precision"), Figure(*[UNKNOWN] * 3)) if blind else {}),
        **({} if blind else of_all(scored, confidence, seed)),
        "precision": proportion(scored.y[scored.alert], np.ones(int(scored.alert.sum())), confidence),
        "alerts_per_1000": per_1000(proportion(alert, np.ones(len(alert)), confidence)),
    }
    positives = int(scored.y.sum())
    return Realised(
        month=month,
        records=len(graded),
        alerts=int(alert.sum()),
        labelled=len(labelled),
        ungradable=len(part) - len(graded),
        positives=positives,
        figures=figures,
        unsettled=tuple(unsettled(len(graded), len(labelled), positives, blind)),
    )


def weights(alert: np.ndarray, there: np.ndarray) -> np.ndarray:
    """How many scored records with the same decision each labelled one stands for, (labelled,).

    alert, there: (n,) bool.

    >>> weights(np.array([True, True, False, False, False]), np.array([True, True, True, False, False])).tolist()
    [1.0, 1.0, 3.0]
    """
    found = np.ones(len(alert))
    for decision in (True, False):
        same = alert == decision
        if there[same].any():
            found[same] = same.sum() / there[same].sum()
    return found[there]


def unsettled(records: int, labelled: int, positives: int, blind: bool) -> Iterator[str]:
    """Why later labels may change the figures of a month."""
    if blind:
        yield "no label of a record without an alert has arrived: recall cannot be known"
    if labelled < LEAST_COVERED * records:
        yield f"labels of {labelled} of {records} records have arrived"
    if positives < FEWEST_POSITIVES:
        yield f"{positives} positives so far, fewer than {FEWEST_POSITIVES}"


def of_all(scored: Scored, confidence: float, seed: int) -> dict[str, Figure]:
    """The figures for which it matters who has a label: scored has the weights of `weights`."""
    assert scored.weight is not None
    ill = scored.y == 1
    ranked = ranking(scored, seed)
    return {
        "recall": proportion(scored.alert[ill], scored.weight[ill], confidence),
        "prevalence": proportion(ill, scored.weight, confidence),
        "average_precision": Figure(ranked.value, *ranked.interval(confidence)),
    }


def proportion(true: np.ndarray, weight: np.ndarray, confidence: float) -> Figure:
    """The weighted share of true (n,), with the exact interval for the effective number of records."""
    told = effective(weight)
    if not told:
        return Figure(UNKNOWN, UNKNOWN, UNKNOWN)
    share = float(np.average(true, weights=weight))
    return Figure(share, *interval(told * share, told, confidence))


def per_1000(share: Figure) -> Figure:
    return Figure(1000 * share.value, 1000 * share.low, 1000 * share.high)


def ranking(scored: Scored, seed: int) -> Estimate:
    """The average precision with resamples, of which only so many are held at a time as memory is meant for."""
    n = len(scored.y)
    if not scored.y.any():
        return Estimate(UNKNOWN, np.array([UNKNOWN]))
    rows = min(DRAWS, max(1, AT_ONCE // n))
    parts = [
        average_precision(Resampled(scored, scored.weighted(resamples(n, min(rows, DRAWS - start), seed + start))))
        for start in range(0, DRAWS, rows)
    ]
    return Estimate(METRICS["average_precision"].of(scored), np.concatenate(parts))
