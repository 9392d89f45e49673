"""Features whose relation to the outcome is another one in other records."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd

from assay.audit.few import SURE
from assay.audit.strength import midranks, numbers

FEWEST = 5  # records of a class, before and after


class Changed(NamedTuple):
    """A feature, or that it is missing: its area under the ROC curve before and after, and their distance in errors."""

    name: str
    before: float
    after: float
    errors: float

    def __str__(self) -> str:
        return f"{self.name} (ROC AUC {self.before:.2f}, then {self.after:.2f})"


def changed(before: pd.DataFrame, y: np.ndarray, after: pd.DataFrame, y_after: np.ndarray) -> list[Changed]:
    """The features whose area under the ROC curve differs by more than chance, those that changed most first.

    before, after: the same features of two sets of records; y, y_after: their labels of 0 and 1. Areas are of higher
    values for positives, so one that falls from .9 to .1 has changed its direction. Errors are those of DeLong et al.
    (Biometrics 44, 1988); chance names one feature in a hundred tables.
    """
    y_both = np.concatenate([y, y_after])
    both = numbers(pd.concat([before, after]), y_both)
    named = dict(zip(map(str, before), both, strict=True))
    named |= {
        f"{n} is missing": np.isnan(values).astype(float) for n, values in named.items() if np.isnan(values).any()
    }
    found = [_change(name, values, y_both, len(y)) for name, values in named.items()]
    limit = NormalDist().inv_cdf(1 - SURE / 2 / max(len(found), 1))
    return sorted((one for one in found if abs(one.errors) > limit), key=lambda one: (-abs(one.errors), one.name))


def _change(name: str, values: np.ndarray, y: np.ndarray, cut: int) -> Changed:
    (before, one), (after, other) = area(values[:cut], y[:cut]), area(values[cut:], y[cut:])
    return Changed(name, before, after, (after - before) / np.sqrt(one + other))


def area(values: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The area under the ROC curve of values (n,), NaN if missing, and its variance; infinite if too few are known.

    >>> found, variance = area(np.arange(40.0), np.arange(40) % 2)
    >>> round(found, 3), round(variance**0.5, 3)
    (0.525, 0.097)
    """
    known = ~np.isnan(values)
    positive, negative = values[known & (y == 1)], values[known & (y == 0)]
    if min(len(positive), len(negative)) < FEWEST:
        return 0.5, float("inf")
    ranks = midranks(np.concatenate([positive, negative])[None])[0]
    beaten = (ranks[: len(positive)] - midranks(positive[None])[0]) / len(negative)
    lost_to = 1 - (ranks[len(positive) :] - midranks(negative[None])[0]) / len(positive)
    # Where no value of one class is among the other the variance is 0; an area cannot be surer than one record allows.
    floor = 1 / (4 * min(len(positive), len(negative)) ** 2)
    return float(beaten.mean()), float(beaten.var(ddof=1) / len(positive) + lost_to.var(ddof=1) / len(negative) + floor)
