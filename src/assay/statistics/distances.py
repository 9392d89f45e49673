"""How far apart a sample and all rows are, column by column, and how far chance alone takes them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Distance:
    """A distance between two distributions, from 0 to 1, and an interval for what is left without chance.

    `representative` where the interval begins at 0: a sample of this size may well differ so much by chance.
    """

    measure: str
    value: float
    interval: tuple[float, float]

    @property
    def representative(self) -> bool:
        return self.interval[0] == 0


def kolmogorov_smirnov(everyone: np.ndarray, drawn: np.ndarray, effective: float, confidence: float) -> Distance:
    """The largest difference of the shares below a point; both are masses in the same bins, in order, (bins,).

    The interval is that of Dvoretzky, Kiefer and Wolfowitz (Massart, Annals of Probability 18, 1990). Not scipy's
    `ks_2samp`, which takes values, one for each record of the source, and no weights.
    """
    shares = [np.cumsum(masses) / masses.sum() for masses in (everyone, drawn)]
    chance = float(np.sqrt(np.log(2 / (1 - confidence)) / (2 * effective)))
    return _within("Kolmogorov-Smirnov", float(np.abs(shares[0] - shares[1]).max()), chance)


def total_variation(everyone: np.ndarray, drawn: np.ndarray, effective: float, confidence: float) -> Distance:
    """Half the sum of differences of the shares of the same categories, (categories,); scipy has no such distance.

    Chance alone: its mean is at most half the sum of the shares' standard deviations, and it passes its mean by no
    more than McDiarmid's inequality says (Surveys in Combinatorics, 1989).
    """
    shares = [masses / masses.sum() for masses in (everyone, drawn)]
    mean = np.sqrt(shares[0] * (1 - shares[0]) / effective).sum() / 2
    chance = float(mean + np.sqrt(np.log(1 / (1 - confidence)) / (2 * effective)))
    return _within("total variation", float(np.abs(shares[0] - shares[1]).sum() / 2), chance)


def _within(measure: str, value: float, chance: float) -> Distance:
    return Distance(measure, value, (max(0.0, value - chance), min(1.0, value + chance)))
