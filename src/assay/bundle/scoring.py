"""Scores records with an estimator, fitted just now or loaded from a model folder."""

from typing import Any

import numpy as np
import pandas as pd

DECIMALS = 6  # of a score, as many as files keep: so a threshold that is read back is the same


def score(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    """The probability of the positive class, (n,), float64 with `DECIMALS` decimals, as the threshold has them."""
    return np.round(estimator.predict_proba(X)[:, 1].astype("float64"), DECIMALS)
