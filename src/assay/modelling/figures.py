"""The figures that a bundle carries: out of fold, on the records from which the threshold was chosen."""

from dataclasses import replace
from typing import Any

import numpy as np

from assay.statistics.bootstrap import CHUNK, Resamples, estimate
from assay.statistics.ratios import ratio
from assay.statistics.resampled import Resampled, Scored, Values, average_precision, brier, roc_auc

CHUNKS = 10  # of `CHUNK` resamples each, so that memory does not grow with their number
CONFIDENCE = 0.95


def out_of_fold(y: np.ndarray, score: np.ndarray, threshold: float, weight: np.ndarray | None = None) -> dict[str, Any]:
    """Metrics with intervals, for JSON: bootstrap percentiles, or where they cannot tell, exact ones.

    y: (n,), 0 or 1; score: (n,), each by a model that had not learned from the record; weight: (n,) or None. The
    threshold was chosen on these very scores, so recall, precision and alerts flatter a little; `evaluate` measures on
    the test fold. The names are those of `assay.statistics.metrics`, with the same values.
    """
    scored = Scored(y, score, threshold, weight)
    drawn = [estimate(scored, Resamples(len(y), CHUNK, seed), metrics) for seed in range(CHUNKS)]
    joined = {
        name: replace(first, resampled=np.concatenate([one[name].resampled for one in drawn]))
        for name, first in drawn[0].items()
    }
    return {
        "records": len(y),
        "positives": int(y.sum()),
        "prevalence": scored.prevalence,
        "confidence": CONFIDENCE,
        "resamples": CHUNKS * CHUNK,
        "metrics": {n: {"value": one.value, "interval": one.interval(CONFIDENCE)} for n, one in joined.items()},
    }


def metrics(scored: Scored, weights: np.ndarray) -> Values:
    """The metrics that need no price of a false alert, and little time; weights: (resamples, records)."""
    on = Resampled(scored, weights)
    return {
        "average_precision": average_precision(on),
        "roc_auc": roc_auc(on),
        "recall": ratio(on.tp, on.tp + on.fn),
        "precision": ratio(on.tp, on.tp + on.fp),
        "specificity": ratio(on.tn, on.tn + on.fp),
        "alerts_per_1000": 1000 * ratio(on.tp + on.fp, on.total),
        "brier": brier(on),
    }
