"""Recalibration: what makes a probability of a model's score, after its log odds."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Recalibration:
    """Log odds z become intercept + slope * z, as a logistic regression found (Cox, Biometrika 45, 1958; Platt 1999).

    With a slope above 0 no two records change their order.
    """

    intercept: float
    slope: float

    def probability(self, log_odds: np.ndarray) -> np.ndarray:
        """The probability of the positive class, (n,), for log odds (n,)."""
        from scipy.special import expit

        return expit(self.intercept + self.slope * log_odds)
