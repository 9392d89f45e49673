"""How frequent the outcome is in records without labels, if positives and negatives each have the scores they had.

Then the scores of a batch are a mixture of those of positives and of negatives, and the share of positives that fits
best is the maximum likelihood estimate (Saerens, Latinne & Decaestecker, Neural Computation 14, 2002).
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assay.monitoring.calibration import Calibration


NOTHING = 1e-9  # a share of one class that is rounding


def times_as_frequent(counts: np.ndarray, known: "Calibration") -> float:
    """The share of positives of a batch over that of the records that the calibration was learned from.

    counts: the batch in the bins of the calibration, (k + 2,). NaN if either has no record, or one class alone.
    """
    positive, negative = known.counts * known.rate, known.counts * (1 - known.rate)
    used, before = known.counts > 0, float(positive.sum() / known.counts.sum())
    if not counts[used].sum() or not NOTHING < before < 1 - NOTHING:
        return float("nan")
    return _share(counts[used], positive[used], negative[used]) / before


def _share(counts: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> float:
    from scipy.optimize import minimize_scalar

    ill, well = positive / positive.sum(), negative / negative.sum()
    found = minimize_scalar(
        lambda share: -float(counts @ np.log(share * ill + (1 - share) * well)), bounds=(0, 1), method="bounded"
    )
    return float(found.x)
