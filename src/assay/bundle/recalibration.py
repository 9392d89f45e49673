"""Recalibration: what makes a probability of a model's score, after its log odds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Recalibration:
    """Log odds z become intercept + slope * z, as a logistic regression found (Cox, Biometrika 45, 1958; Platt 1999).

    With a slope above 0 no two records change their order.
    """

    intercept: float
    slope: float

    @classmethod
    def of(cls, bundle: Mapping[str, Any]) -> "Recalibration | None":
        """The recalibration that a bundle's description states; None if its scores need none."""
        found = bundle.get("recalibration")
        return cls(**found) if found else None

    def log_odds(self, raw: Any) -> Any:
        """The recalibrated log odds of the model's own, a number or an array."""
        return self.intercept + self.slope * raw

    def probability(self, raw: np.ndarray) -> np.ndarray:
        """The probability of the positive class, (n,), for the model's own log odds, (n,)."""
        from scipy.special import expit

        return expit(self.log_odds(raw))
