"""Whether the performance has fallen, by the estimate before labels and by what labels show.

A model promises two things. Of recall, the floor under which its threshold was chosen. Of precision, what it had out of
fold, less `least_shift`: a smaller change is none. Average precision is told and decides nothing: no criterion states
one, and it follows the prevalence.

All months together are judged, and the newest by itself. Each of the four intervals is so wide that all of them hold
with the probability 1 - `false_alarm_rate`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.monitoring.assumption import assumption, moved
from assay.monitoring.calibration import SEED, Calibration
from assay.monitoring.counts import Counts
from assay.monitoring.decision import Performance
from assay.monitoring.estimation import Estimated, estimate
from assay.monitoring.known import Training
from assay.monitoring.realised import Figure, Realised, realised

if TYPE_CHECKING:
    from assay.bundle.threshold import Threshold
    from assay.config.schema import Monitoring

JUDGED = 4  # intervals: of recall and precision, of the newest month and of all
DRAWS = 100_000


@dataclass(frozen=True)
class Labelled:
    """The figures by labels: of each month with a scored record, and of all whose labels have arrived, if any."""

    months: Mapping[str, Realised]
    whole: Realised | None


def confidence(criteria: "Monitoring") -> float:
    """Of each interval."""
    return 1 - 2 * criteria.false_alarm_rate / JUDGED


def estimates(counts: Counts, training: Training, labelled: pd.DataFrame | None) -> dict[str, Estimated]:
    """The estimate of each month, then of all together; none of a bundle without a calibration.

    labelled: the records whose labels have arrived, as of `assay.monitoring.realised.met`.
    """
    if not (known := training.calibration):
        return {}
    contradicted = () if labelled is None else tuple(moved(*by_month(labelled, known), known))
    found = {}
    for name, month, _ in counts.spans:
        features = {one: month.values[one][:-1] for one in month.values}
        held = assumption(month.calibrated, known, features, training.features, contradicted)
        found[name] = estimate(month.calibrated, known, held)
    return found


def by_month(labelled: pd.DataFrame, known: Calibration) -> tuple[np.ndarray, np.ndarray]:
    """The records with a label in the bins of the calibration, and the positives, both (months, k + 2)."""
    graded = labelled[labelled["label"].notna()]
    months = [graded[graded["month"] == month] for month in sorted(graded["month"].unique())]
    rows = [(counted(one, known), counted(one[one["label"] == 1], known)) for one in months]
    counts, positives = np.array(rows).reshape(len(rows), 2, len(known.counts)).swapaxes(0, 1)
    return counts, positives


def counted(labelled: pd.DataFrame, known: Calibration) -> np.ndarray:
    """Records in the bins of the calibration, (k + 2,)."""
    return known.counted(labelled["score"].to_numpy())


def from_labels(labelled: pd.DataFrame, counts: Counts, training: Training, criteria: "Monitoring") -> Labelled:
    """The figures by labels; labelled: as of `assay.monitoring.realised.met`."""
    scored = {name: (month.scored, month.alerts) for name, month in counts.months.items()}
    return Labelled(*realised(labelled, scored, training.threshold.value, confidence(criteria)))


def of_estimates(found: Mapping[str, Estimated], training: Training, criteria: "Monitoring") -> Performance | None:
    """The performance by estimates; None if there are none. One whose assumption does not hold decides nothing."""
    if not found:
        return None
    at, judged = confidence(criteria), newest_and_all(found, criteria.fewest)
    floors = {"recall": recall(training.threshold), "precision": out_of_fold(training) - criteria.least_shift}
    figures = {name: of_estimate(one, at) for name, one in judged.items()}
    lost = [
        f"estimated before labels{_of(name)}: {metric} {shown(figures[name][metric])}, {floor:.3f} was promised"
        for name, one in judged.items()
        for metric, floor in floors.items()
        if one.assumption.holds and figures[name][metric].high < floor
    ]
    if lost:
        return Performance(True, "; ".join(lost))
    for name, one in judged.items():
        if not one.assumption.holds:
            return Performance(None, f"no estimate before labels{_of(name)}: {'; '.join(one.assumption.reasons)}")
    return Performance(False, f"estimated before labels: {_both([*figures.values()][-1])}, not below what was promised")


def of_labels(found: Labelled, training: Training, criteria: "Monitoring") -> Performance:
    """The performance by labels. Recall is judged where they are settled, precision where they are covered.

    Precision needs no positives: alerts of which none is positive are the worst that can happen to it.
    """
    lost = [
        *(
            f"labels{of}: {why}"
            for of, one in _newest_and_whole(found, "settled")
            for why in _recall_lost(one, training)
        ),
        *(
            f"labels{of}: {why}"
            for of, one in _newest_and_whole(found, "covered")
            for why in _precision_lost(one, training, criteria)
        ),
    ]
    if lost:
        return Performance(True, "; ".join(lost))
    if found.whole is None or not found.whole.settled:
        return Performance(None, f"labels decide nothing yet: {_unsettled(found)}")
    return Performance(False, f"labels: {_both(found.whole.figures)}, not below what was promised")


def _newest_and_whole(found: Labelled, state: str) -> Iterator[tuple[str, Realised]]:
    """The newest month in a state, and all together if they are and more than it; state: settled or covered."""
    newest = [(_of(name), one) for name, one in found.months.items() if getattr(one, state)][-1:]
    yield from newest
    if found.whole and getattr(found.whole, state) and found.whole is not (newest[0][1] if newest else None):
        yield "", found.whole


def _recall_lost(one: Realised, training: Training) -> Iterator[str]:
    figure, floor = one.figures["recall"], recall(training.threshold)
    if figure.high < floor:
        yield f"recall {shown(figure)}, {floor:.3f} was promised"


def _precision_lost(one: Realised, training: Training, criteria: "Monitoring") -> Iterator[str]:
    least = least_by_chance(one.checked, training, (1 - confidence(criteria)) / 2) - criteria.least_shift
    if one.figures["precision"].value < least:
        promised = f"{out_of_fold(training):.3f} out of fold, so that at least {least:.3f} was to be expected"
        yield f"precision {shown(one.figures['precision'])}; it was {promised}"


def newest_and_all(found: Mapping[str, Estimated], fewest: int) -> dict[str, Estimated]:
    """The newest month with enough records, and all together, which come last; the same if there is only one."""
    enough = [name for name, one in found.items() if one.records >= fewest] or [*found]
    return {name: found[name] for name in enough[-2:]}


def recall(threshold: "Threshold") -> float:
    """The recall that a threshold promises: its floor, or less if the bound out of fold was below."""
    return threshold.min_recall if threshold.guaranteed else min(threshold.min_recall, threshold.recall_lower_bound)


def out_of_fold(training: Training) -> float:
    """The precision of the scores out of fold; NaN, which nothing is below, if it is not known."""
    known = training.calibration
    return known.true_alerts / known.alerts if known and known.alerts else float("nan")


def least_by_chance(alerts: int, training: Training, tail: float) -> float:
    """The least precision of so many alerts that is no less likely than `tail`, if nothing has changed; else NaN."""
    known = training.calibration
    return least_share(alerts, known.true_alerts, known.alerts, tail) if known else float("nan")


def least_share(count: int, true: float, of: float, tail: float) -> float:
    """The least share among `count` records that is no less likely than `tail`, if it was true / of before.

    The number is beta-binomial, with Jeffreys' prior: what was before is drawn by chance, too. NaN if nothing is known.
    """
    if count < 1 or not of:
        return float("nan")
    generator = np.random.default_rng(SEED)
    shares = generator.beta(true + 0.5, max(of - true, 0.0) + 0.5, DRAWS)
    return float(np.quantile(generator.binomial(count, shares), tail, method="inverted_cdf")) / count


def of_estimate(one: Estimated, at: float) -> dict[str, Figure]:
    """The figures of an estimate with their intervals, alerts per 1000 among them."""
    figures = one.stated(at)["figures"]
    return {name: Figure(of["value"], *of["interval"]) for name, of in figures.items()}


def shown(one: Figure, digits: int = 3) -> str:
    """Such as 0.912 [0.864, 0.950], or a dash if it is unknown."""
    if one.value != one.value:
        return "–"
    interval = "" if one.low != one.low else f" [{one.low:.{digits}f}, {one.high:.{digits}f}]"
    return f"{one.value:.{digits}f}{interval}"


def _both(figures: Mapping[str, Figure]) -> str:
    return f"recall {shown(figures['recall'])}, precision {shown(figures['precision'])}"


def _of(name: str) -> str:
    return f" of {name}" if name else ""


def _unsettled(found: Labelled) -> str:
    if found.whole:
        return "; ".join(found.whole.unsettled)
    labelled, records = (sum(getattr(one, of) for one in found.months.values()) for of in ("labelled", "records"))
    return f"{labelled} of {records} records have one, and no month has enough"
