"""The decision threshold: an artefact with a guarantee, chosen without the test fold."""

from dataclasses import dataclass

import numpy as np

from assay.binomial import lower_bound

OUT_OF_FOLD = "out-of-fold predictions on train and validation"


@dataclass(frozen=True)
class Threshold:
    """A record is an alert if its score is at least `value`.

    `recall` and `recall_lower_bound` (one-sided, at `confidence`) are measured on the predictions that the
    threshold was chosen on; `guaranteed` says whether the bound reaches `min_recall`.
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


def choose(y: np.ndarray, score: np.ndarray, min_recall: float, confidence: float) -> Threshold:
    """The highest threshold whose recall has a lower bound of at least `min_recall`.

    y: (n,) 0/1; score: (n,), predictions of models that had not seen the record. With too few positives for any
    bound to reach the floor, every positive must be caught and `guaranteed` is False.
    """
    positives = int(y.sum())
    needed = next(
        (caught for caught in range(positives + 1) if lower_bound(caught, positives, confidence) >= min_recall),
        positives,
    )
    ranked = np.sort(score[y == 1])[::-1]
    value = float(ranked[max(needed, 1) - 1])
    return measure(y, score, value, min_recall, confidence, fixed=False)


def measure(
    y: np.ndarray, score: np.ndarray, value: float, min_recall: float, confidence: float, *, fixed: bool
) -> Threshold:
    """What a given threshold achieves on these predictions."""
    positives = int(y.sum())
    caught = int(((score >= value) & (y == 1)).sum())
    bound = lower_bound(caught, positives, confidence)
    return Threshold(
        value=value,
        min_recall=min_recall,
        confidence=confidence,
        positives=positives,
        recall=caught / positives,
        recall_lower_bound=bound,
        guaranteed=bound >= min_recall,
        fixed=fixed,
    )
