"""Many tests at once: p values corrected for their number."""

from collections.abc import Sequence

import numpy as np


def holm(ps: Sequence[float], weights: Sequence[float] | None = None) -> np.ndarray:
    """The p values, (n,), corrected for their number (Holm, Scandinavian Journal of Statistics 6, 1979).

    Those at most x are false alarms with a probability of x at most, however the tests depend on each other. weights:
    (n,), how x is divided among the tests, in any unit; equally without them.

    >>> holm([0.01, 0.04, 0.5]).tolist()
    [0.03, 0.08, 0.5]
    >>> holm([0.01, 0.04, 0.5], weights=[2, 1, 1]).tolist()
    [0.02, 0.08, 0.5]
    """
    p = np.asarray(ps, "float64")
    weight = np.ones(len(p)) if weights is None else np.asarray(weights, "float64")
    order = np.argsort(p / weight, kind="stable")
    remaining = np.cumsum(weight[order][::-1])[::-1]
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(1, np.maximum.accumulate(p[order] / weight[order] * remaining))
    return corrected
