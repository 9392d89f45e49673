"""Few records of a class: what cannot be judged by them, and what exact tests can say all the same."""

import math

import numpy as np

from assay.audit.base import WARNING, Finding

FEWEST = 30  # known values of each class: fewer may be separated by luck
SURE = 0.01  # the probability that chance alone names any feature of a table


def rarer(y: np.ndarray) -> int:
    """The number of records of the rarer class."""
    return int(min(y.sum(), len(y) - y.sum()))


def not_judged(y: np.ndarray, fold: str, where: str) -> tuple[Finding, ...]:
    """The warning that a fold has too few records of a class to tell a leak from luck; empty if there are enough."""
    if rarer(y) >= FEWEST:
        return ()
    called = "positives" if y.sum() <= len(y) / 2 else "negatives"
    said = f"could not be judged: {fold} has {rarer(y)} {called}, and {FEWEST} are needed to tell a leak from luck"
    return (Finding(said, where, severity=WARNING),)


def chance(values: np.ndarray, y: np.ndarray) -> float:
    """The probability that labels dealt out at random agree with the values as well as these do, or better.

    values: (n,), NaN if missing; y: (n,) of 0 and 1. The records are cut in two where as many values lie above, or
    below, as there are positives; Fisher's exact test of that table (Fisher 1935), doubled for both directions. Ties
    and missing values are no trouble to it, however few positives there are.
    """
    known = ~np.isnan(values)
    ordered, positives = np.sort(values[known]), int(y[known].sum())
    if not 0 < positives < len(ordered):
        return 1.0
    above, below = values >= ordered[-positives], values <= ordered[positives - 1]
    return min(1.0, 2 * min(fisher(side[known], y[known]) for side in (above, below)))


def fisher(inside: np.ndarray, y: np.ndarray) -> float:
    """The probability that a random choice of as many records has at least as many positives; inside: (n,) of bool."""
    from scipy.stats import hypergeom  # imported only where it is asked: that takes a second

    return float(hypergeom.sf(y[inside].sum() - 1, len(y), y.sum(), inside.sum()))


def fewest(tests: int, others: int) -> int:
    """How many records of the rarer class must be separated from `others` so that chance alone would not do it.

    By chance one of `tests` orders separates m from n records with a probability of at most 2 tests / C(n + m, m).

    >>> fewest(1, others=500), fewest(1000, others=500)
    (1, 3)
    """
    return next(m for m in range(1, FEWEST + 1) if m == FEWEST or 2 * tests <= SURE * math.comb(others + m, m))
