"""The decision threshold, with what it was chosen under. `assay.modelling.threshold` chooses it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """A record is an alert if its score is at least `value`.

    `recall` and `recall_lower_bound` (one-sided, at `confidence`) are measured on the predictions from which the
    threshold was chosen. `guaranteed`: the bound is at least `min_recall`. `fixed`: the configuration set the value.
    For a weighted sample both are weighted, and the bound is computed from the effective number of positives. source:
    which predictions these were.
    """

    value: float
    min_recall: float
    confidence: float
    positives: int
    recall: float
    recall_lower_bound: float
    guaranteed: bool
    fixed: bool
    source: str
