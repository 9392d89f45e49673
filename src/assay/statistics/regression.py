"""Logistic regression of labels on one number, for many resamples of the same records at once."""

import numpy as np

from assay.statistics.ratios import ratio

NEWTON_STEPS, CONVERGED = 25, 1e-4  # convergence is quadratic: what is left is about 1e-8


def logistic_recalibration(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """The logistic regression of y (records,) on (1, x), by Newton's method; intercept and slope: (resamples, 2).

    x: (records,), logits. weights: (resamples, records). `start` may be one row for all resamples: the first step then
    costs next to nothing. By default it is (0, 0): from a slope of 1 extreme logits lead nowhere. NaN where there is no
    solution.
    """
    from scipy.special import expit

    start = np.zeros((1, 2)) if start is None else start
    a, b = start[:, 0], start[:, 1]
    powers = np.column_stack([np.ones_like(x), x, x**2])
    for _ in range(NEWTON_STEPS):
        p = b[:, None] * x
        p += a[:, None]
        (g0, g1), (h00, h01, h11) = _slopes(weights, y, expit(p, out=p), powers[:, :2], powers)
        determinant = h00 * h11 - h01**2
        da, db = ratio(h11 * g0 - h01 * g1, determinant), ratio(h00 * g1 - h01 * g0, determinant)
        a, b = a + da, b + db
        if _still(da) and _still(db):
            break
    return np.column_stack([a, b])


def shifted(x: np.ndarray, y: np.ndarray, weights: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Newton's method for the intercept alone, the slope held at 1; shape (resamples,)."""
    a, once, odds = start, np.ones((len(x), 1)), np.exp(-x)
    for _ in range(NEWTON_STEPS):
        with np.errstate(over="ignore"):  # 1 / (1 + infinity) is the limit
            p = np.exp(-a)[:, None] * odds  # the sigmoid of a + x, without an exponential for each of them
        p += 1
        (gradient,), (curvature,) = _slopes(weights, y, np.divide(1, p, out=p), once, once)
        step = ratio(gradient, curvature)
        a = a + step
        if _still(step):
            break
    return a


def _slopes(
    weights: np.ndarray, y: np.ndarray, p: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The weighted sums of y - p times `first`, and of p (1 - p) times `second`; both (k, resamples).

    p: (resamples, records), or one row for all resamples, which takes a single matrix product. first, second: (records,
    k). Large arrays are written over: to ask the system for new ones takes longer than the arithmetic.
    """
    if len(p) == 1:
        return (weights @ ((y - p[0])[:, None] * first)).T, (weights @ ((p[0] * (1 - p[0]))[:, None] * second)).T
    values = y - p
    gradient = (np.multiply(weights, values, out=values) @ first).T
    np.subtract(1, p, out=values)
    np.multiply(p, values, out=values)
    return gradient, (np.multiply(weights, values, out=values) @ second).T


def _still(step: np.ndarray) -> bool:
    """Whether no resample that has a solution moves any more."""
    return bool(np.nanmax(np.abs(step), initial=0.0) < CONVERGED)
