"""Distances between two samples, one column at a time, and how much of them chance explains."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Distance:
    """The distance between two distributions, 0 to 1, with an interval: minus and plus the most that chance explains.

    `representative` if the interval begins at 0: chance alone can explain the distance of a sample of this size.
    """

    measure: str
    value: float
    interval: tuple[float, float]

    @property
    def representative(self) -> bool:
        return self.interval[0] == 0


def kolmogorov_smirnov(everyone: np.ndarray, drawn: np.ndarray, effective: float, confidence: float) -> Distance:
    """The largest difference between the two cumulative distributions.

    everyone, drawn: counts or weights (bins,) in the same ordered bins. effective: the effective number of drawn rows.
    The interval is that of Dvoretzky, Kiefer and Wolfowitz (Massart, Annals of Probability 18, 1990). SciPy's
    `ks_2samp` takes single values and no weights.

    >>> kolmogorov_smirnov(np.array([2, 1, 1]), np.array([1, 1, 2]), effective=100, confidence=0.95).value
    0.25
    """
    chance = float(np.sqrt(np.log(2 / (1 - confidence)) / (2 * effective)))
    return _within("Kolmogorov-Smirnov", of_counts(everyone, drawn), chance)


def of_counts(one: np.ndarray, other: np.ndarray) -> float:
    """The Kolmogorov-Smirnov distance of two rows of counts or weights, (bins,), in the same ordered bins; 0 to 1.

    It looks at whole ranges of values and not at single bins, so that numbers rounded in another way are no drift.
    Where the bins are the different values it equals that of scipy's `ks_2samp`, whose module takes longer to import
    than the rest of a stage's imports.

    >>> of_counts(np.array([1, 1, 2]), np.array([1, 0, 0]))
    0.75
    """
    shares = [np.cumsum(masses) / masses.sum() for masses in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def total_variation(everyone: np.ndarray, drawn: np.ndarray, effective: float, confidence: float) -> Distance:
    """Half the sum of the absolute differences between the shares of each category; scipy has no such distance.

    everyone, drawn: counts or weights (categories,), in the same order. effective: the effective number of drawn rows.
    By chance alone the distance is on average at most half the sum of the shares' standard deviations; McDiarmid's
    inequality (Surveys in Combinatorics, 1989) bounds how far it exceeds that average.

    >>> total_variation(np.array([2, 1, 1]), np.array([1, 1, 2]), effective=100, confidence=0.95).value
    0.25
    """
    shares = [masses / masses.sum() for masses in (everyone, drawn)]
    mean = np.sqrt(shares[0] * (1 - shares[0]) / effective).sum() / 2
    chance = float(mean + np.sqrt(np.log(1 / (1 - confidence)) / (2 * effective)))
    return _within("total variation", float(np.abs(shares[0] - shares[1]).sum() / 2), chance)


def _within(measure: str, value: float, chance: float) -> Distance:
    return Distance(measure, value, (max(0.0, value - chance), min(1.0, value + chance)))
