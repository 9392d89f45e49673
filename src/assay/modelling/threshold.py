"""The decision threshold, chosen without the test fold, and the recall that it guarantees."""

import numpy as np

from assay.bundle.threshold import Threshold
from assay.modelling.weights import Weight
from assay.statistics.binomial import effective, lower_bound

OUT_OF_FOLD = "out-of-fold predictions on train and validation"


def choose(y: np.ndarray, score: np.ndarray, min_recall: float, confidence: float, weight: Weight = None) -> Threshold:
    """The highest threshold whose recall has a lower bound of at least `min_recall`.

    y: (n,), 0 or 1; score: (n,), from models that had not learned from the record; weight: (n,) or None. If there are
    too few positives for any bound to reach `min_recall`, the threshold catches every positive and `guaranteed` is
    False.

    >>> y, score = np.repeat([1, 0], 100), np.linspace(1, 0, 200)
    >>> chosen = choose(y, score, min_recall=0.9, confidence=0.95)
    >>> chosen.recall, round(chosen.recall_lower_bound, 3), chosen.guaranteed
    (0.96, 0.911, True)
    """
    distinct, group = np.unique(-score[y == 1], return_inverse=True)  # from the highest down
    mass = _of_positives(y, weight)
    caught, effective_size = np.cumsum(np.bincount(group, mass)), effective(mass)
    bounds = (lower_bound(effective_size * part / caught[-1], effective_size, confidence) for part in caught)
    first = next((index for index, bound in enumerate(bounds) if bound >= min_recall), -1)
    value = float(-distinct[first])
    return measure(y, score, value, min_recall, confidence, weight, fixed=False)


def measure(
    y: np.ndarray,
    score: np.ndarray,
    value: float,
    min_recall: float,
    confidence: float,
    weight: Weight = None,
    *,
    fixed: bool,
) -> Threshold:
    """The recall of a given threshold `value` on these predictions, with its bound; arguments as for `choose`."""
    mass = _of_positives(y, weight)
    caught, effective_size = float(mass[score[y == 1] >= value].sum()), effective(mass)
    bound = lower_bound(effective_size * caught / mass.sum(), effective_size, confidence)
    return Threshold(
        value=value,
        min_recall=min_recall,
        confidence=confidence,
        positives=len(mass),
        recall=float(caught / mass.sum()),
        recall_lower_bound=bound,
        guaranteed=bound >= min_recall,
        fixed=fixed,
        source=OUT_OF_FOLD,
    )


def _of_positives(y: np.ndarray, weight: Weight) -> np.ndarray:
    """The weight of each positive, (positives,)."""
    return np.ones(int(y.sum())) if weight is None else weight[y == 1]
