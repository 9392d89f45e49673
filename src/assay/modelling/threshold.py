"""The decision threshold: an artefact with a guarantee, chosen without the test fold."""

from dataclasses import dataclass

import numpy as np

from assay.modelling.weights import Weight
from assay.statistics.binomial import effective, lower_bound

OUT_OF_FOLD = "out-of-fold predictions on train and validation"


@dataclass(frozen=True)
class Threshold:
    """A record is an alert if its score is at least `value`.

    `recall` and `recall_lower_bound` (one-sided, at `confidence`) are measured on the predictions that the
    threshold was chosen on; `guaranteed` says whether the bound reaches `min_recall`. Of a weighted sample both are
    weighted, and the bound is that of the effective number of positives.
    """

    value: float
    min_recall: float
    confidence: float
    positives: int
    recall: float
    recall_lower_bound: float
    guaranteed: bool
    fixed: bool
    source: str = OUT_OF_FOLD


def choose(y: np.ndarray, score: np.ndarray, min_recall: float, confidence: float, weight: Weight = None) -> Threshold:
    """The highest threshold whose recall has a lower bound of at least `min_recall`.

    y: (n,) 0/1; score: (n,), predictions of models that had not seen the record. With too few positives for any
    bound to reach the floor, every positive must be caught and `guaranteed` is False.
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
    """What a given threshold achieves on these predictions."""
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
    )


def _of_positives(y: np.ndarray, weight: Weight) -> np.ndarray:
    """How much each positive counts."""
    return np.ones(int(y.sum())) if weight is None else weight[y == 1]
