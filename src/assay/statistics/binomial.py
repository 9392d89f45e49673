"""Exact confidence bounds of a proportion (Clopper & Pearson, Biometrika 26, 1934)."""

import numpy as np


def lower_bound(successes: float, trials: float, confidence: float) -> float:
    """The one-sided lower bound of a proportion, 0 to 1; 0 without successes. Counts may be fractions: see `effective`.

    >>> round(lower_bound(306, 329, confidence=0.95), 3)
    0.902
    """
    from scipy.special import betaincinv  # takes long to import, and most stages need none of it

    return float(betaincinv(successes, trials - successes + 1, 1 - confidence)) if successes > 0 else 0.0


def interval(successes: float, trials: float, confidence: float) -> tuple[float, float]:
    """The two-sided interval (low, high) of a proportion; (0, 1) without trials.

    >>> low, high = interval(77, 87, confidence=0.95)
    >>> round(low, 3), round(high, 3)
    (0.799, 0.943)
    """
    one_sided = (1 + confidence) / 2
    low = lower_bound(successes, trials, one_sided)
    return low, 1 - lower_bound(trials - successes, trials, one_sided)


def effective(weight: np.ndarray) -> float:
    """The effective number of records with these weights (n,): equally many records of equal weight are as informative.

    It is the squared sum of the weights over the sum of their squares (Kish, Survey Sampling, 1965); 0 without records.
    Counts scaled to it give bounds of a weighted proportion (Korn & Graubard, Survey Methodology 24, 1998).

    >>> effective(np.array([1.0, 1.0, 1.0])), effective(np.array([8.0, 1.0, 1.0]))
    (3.0, 1.5151515151515151)
    """
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0


def weighted_share(true: np.ndarray, weight: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """The weighted share of true (n,) and its interval, (value, low, high); NaN without records.

    >>> value, low, high = weighted_share(np.array([True, False]), np.array([1.0, 1.0]), confidence=0.95)
    >>> value, round(low, 3), round(high, 3)
    (0.5, 0.013, 0.987)
    """
    told = effective(weight)
    if not told:
        return float("nan"), float("nan"), float("nan")
    share = float(np.average(true, weights=weight))
    return share, *interval(told * share, told, confidence)
