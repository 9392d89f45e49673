"""Exact confidence bounds of a proportion (Clopper & Pearson, Biometrika 26, 1934)."""

from scipy.special import betaincinv


def lower_bound(successes: int, trials: int, confidence: float) -> float:
    """One-sided lower bound; 0 without successes."""
    return float(betaincinv(successes, trials - successes + 1, 1 - confidence)) if successes else 0.0


def interval(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """Two-sided interval; (0, 1) without trials."""
    one_sided = (1 + confidence) / 2
    low = lower_bound(successes, trials, one_sided)
    return low, 1 - lower_bound(trials - successes, trials, one_sided)
