"""Exact confidence bounds of a proportion (Clopper & Pearson, Biometrika 26, 1934)."""

import numpy as np
from scipy.special import betaincinv


def lower_bound(successes: float, trials: float, confidence: float) -> float:
    """One-sided lower bound; 0 without successes. Counts need not be whole: see `effective`."""
    return float(betaincinv(successes, trials - successes + 1, 1 - confidence)) if successes > 0 else 0.0


def interval(successes: float, trials: float, confidence: float) -> tuple[float, float]:
    """Two-sided interval; (0, 1) without trials."""
    one_sided = (1 + confidence) / 2
    low = lower_bound(successes, trials, one_sided)
    return low, 1 - lower_bound(trials - successes, trials, one_sided)


def effective(weight: np.ndarray) -> float:
    """As many records of equal weight as tell as much as these (Kish, Survey Sampling, 1965).

    Counts scaled to it give bounds of a weighted proportion (Korn & Graubard, Survey Methodology 24, 1998).
    """
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0
