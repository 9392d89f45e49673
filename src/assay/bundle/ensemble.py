"""An ensemble: one model whose log odds are the mean of those of its members."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.scoring import log_odds


class MeanLogOdds:
    """The logarithmic opinion pool with equal weights (Genest & Zidek, Statistical Science 1, 1986).

    members_: fitted classifiers by name.
    """

    def __init__(self, members_: Mapping[str, Any]) -> None:
        self.members_ = dict(members_)

    def decision_function(self, X: pd.DataFrame) -> np.ndarray:
        """The mean of the members' log odds, (n,)."""
        return np.mean([log_odds(member, X) for member in self.members_.values()], axis=0)

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """The probabilities of both classes, (n, 2)."""
        from scipy.special import expit

        positive = expit(self.decision_function(X))
        return np.column_stack([1 - positive, positive])
