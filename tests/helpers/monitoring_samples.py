"""Scores and labels whose probabilities are known, and what a model that gave them knows of its training records."""

import numpy as np
import pandas as pd

from assay.bundle.reference import reference as reference_of
from assay.bundle.threshold import Threshold
from assay.files import plain
from assay.monitoring.known import Training, training

THRESHOLD = Threshold(0.3, 0.5, 0.95, 300, 0.6, 0.55, True, False, "")


def drawn(count: int, seed: int, odds: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores that are probabilities, and labels; odds: what is added to the log odds of the scores."""
    random = np.random.default_rng(seed)
    true = random.normal(-3, 2, count)
    score = 1 / (1 + np.exp(-true - odds))
    return score.round(6), (random.random(count) < 1 / (1 + np.exp(-true))).astype(int)


def known(threshold: Threshold = THRESHOLD) -> Training:
    """What is known of a model with this threshold."""
    score, y = drawn(6000, 0)
    days = pd.date_range("1985-01-15", periods=12, freq="MS").repeat(500)
    seen = pd.DataFrame({"score": score, "label": y, "fold": "train", "date": days})
    X = pd.DataFrame({"TSH": np.random.default_rng(0).normal(5, 1, 6000)})
    return training(plain(reference_of(X, None, seen, threshold.value)), {}, threshold, refit=True)


KNOWN = known()
