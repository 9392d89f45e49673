"""How well a model does on records whose labels have not arrived: confidence-based performance estimation (CBPE).

If a score's probability of a positive is known, so are the expected numbers of true and false alerts and of missed
positives (NannyML's documentation; Białek et al. 2024, arXiv 2401.08348). Here the probability is the same within each
bin of the score (`calibration`), so the counts of a batch in those bins suffice: memory does not grow with the batch,
and the number of positives in a bin is binomial.

An interval is for the figure that the labels will show: it counts the chance of those labels and, since each draw takes
another resample of the calibration and another shift of the month, how uncertain that is. Several months together have
one shift: what differs in a month may stay. It holds if a score means what it meant, as far as it does in the months of
the training: `assumption`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.monitoring.assumption import Assumption
from assay.monitoring.calibration import SEED, Calibration
from assay.statistics import binomial
from assay.statistics.bootstrap import Estimate
from assay.statistics.ratios import ratio

PLAIN, WEIGHTED = "plain", "weighted"
COUNTED = "alerts_per_1000"  # alerts are known before any label


@dataclass(frozen=True)
class Estimated:
    """The performance of a batch before its labels.

    records: scored ones. figures: recall, precision, average_precision and prevalence by name. alerts: the number of
    alerts. method: `PLAIN` or `WEIGHTED`; fallback: why it is plain although the weighted one was asked for, or "".
    reference_records, reference_positives: the effective numbers of those that the calibration was learned from.
    """

    records: int
    alerts: int
    figures: Mapping[str, Estimate]
    method: str
    reference_records: float
    reference_positives: float
    assumption: Assumption
    fallback: str = ""

    def stated(self, confidence: float) -> dict[str, Any]:
        """For JSON: each figure with `value` and `interval` (low, high; NaN if the labels would not define it).

        The interval of alerts per 1000 is the exact one of a proportion (Clopper & Pearson): it tells what later
        batches may have; the alerts of this batch are known.
        """
        figures = {
            name: {"value": one.value, "interval": one.interval(confidence)} for name, one in self.figures.items()
        }
        low, high = binomial.interval(self.alerts, self.records, confidence)
        share = self.alerts / self.records if self.records else float("nan")
        figures[COUNTED] = {"value": 1000 * share, "interval": (1000 * low, 1000 * high)}
        return {
            "records": self.records,
            "method": self.method,
            **({"fallback": self.fallback} if self.fallback else {}),
            "reference_records": self.reference_records,
            "reference_positives": self.reference_positives,
            "assumption": {"holds": self.assumption.holds, "reasons": list(self.assumption.reasons)},
            "figures": figures,
        }


def estimate(
    counts: np.ndarray,
    calibration: Calibration,
    assumption: Assumption,
    method: str = PLAIN,
    fallback: str = "",
    seed: int = SEED,
) -> Estimated:
    """The performance of a batch with `counts` (k + 2,) scores in the bins of the calibration.

    The figures: the ratio of the expected counts for recall, precision and prevalence; for average precision, which is
    no ratio of counts, the mean of the draws.
    """
    held = np.rint(counts).astype("int64")
    drawn = np.random.default_rng(seed).binomial(held, calibration.of_a_month)
    expected = ratios((held * calibration.rate)[None, :], held, calibration.alert)
    figures = {
        name: Estimate(float(expected[name][0]), values)
        for name, values in ratios(drawn, held, calibration.alert).items()
    }
    ranked = average_precision(drawn, held)
    figures["average_precision"] = Estimate(_mean(ranked), ranked)
    return Estimated(
        records=int(held.sum()),
        alerts=int(held[calibration.alert].sum()),
        figures=figures,
        method=method,
        reference_records=calibration.records,
        reference_positives=calibration.positives,
        assumption=assumption,
        fallback=fallback,
    )


def ratios(positives: np.ndarray, counts: np.ndarray, alert: np.ndarray) -> dict[str, np.ndarray]:
    """Recall, precision and prevalence, each (draws,); NaN where undefined.

    positives: (draws, bins); counts, alert: (bins,).
    """
    caught, every = positives[:, alert].sum(axis=1), positives.sum(axis=1)
    alerts, records = (np.full(len(positives), float(one)) for one in (counts[alert].sum(), counts.sum()))
    return {
        "recall": ratio(caught, every),
        "precision": ratio(caught, alerts),
        "prevalence": ratio(every, records),
    }


def average_precision(positives: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The average precision, (draws,); positives: (draws, bins), counts: (bins,), from the lowest score to the highest.

    Within a bin the labels come in any order, and the bin adds what they add on average: if n records of which k are
    positive follow b records of which t are, the one at place i is positive with a chance of k / n, and then the
    precision is (t + 1 + (i - 1) (k - 1) / (n - 1)) / (b + i). The sum over i is had from harmonic numbers.
    """
    from scipy.special import digamma

    k, n = positives[:, ::-1].astype("float64"), counts[::-1].astype("float64")
    t, b = np.cumsum(k, axis=1) - k, np.cumsum(n) - n
    harmonic = digamma(b + n + 1) - digamma(b + 1)
    others = np.maximum(k - 1, 0) / np.maximum(n - 1, 1)
    added = (t + 1) * harmonic + others * (n - (b + 1) * harmonic)
    return ratio((k / np.maximum(n, 1) * added).sum(axis=1), k.sum(axis=1))


def _mean(values: np.ndarray) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else float("nan")
