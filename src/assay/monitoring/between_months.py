"""How much what a score means differs from month to month, beyond chance: other people come, others give the codes.

In each month the log odds of a positive are higher or lower, at every score, by a shift of that month. The shifts are
normal around 0. Their standard deviation is learned from the months of the training, from labels out of fold: its
posterior has a half-Cauchy prior (Gelman, Bayesian Analysis 1, 2006), which lets six months say that it is large. A
month to come has a shift that is drawn anew, as the effect in a new study of a random-effects meta-analysis (Higgins,
Thompson & Spiegelhalter, Journal of the Royal Statistical Society A 172, 2009). Riley et al. (BMJ 353, 2016) tell in
this way how a prediction model will do in another hospital.
"""

import numpy as np
from scipy.special import logsumexp

SCALE = 0.5  # of the prior: the months' odds differ by a factor of 1.6, most likely by less
FEWEST = 3  # months, below which nothing is known of how they differ
SHIFTS = np.linspace(-8, 8, 321)
DEVIATIONS = np.linspace(0.025, 4, 160)


def drawn(rate: np.ndarray, counts: np.ndarray, positives: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Shifts of a month to come, (draws,); all 0 if too few months tell of it.

    rate: (bins,), of positives. counts, positives: (months, bins), of the training.
    """
    open_bins = (rate > 0) & (rate < 1)  # elsewhere no shift changes anything
    told = counts[:, open_bins].sum(axis=1) > 0
    if told.sum() < FEWEST:
        return np.zeros(draws)
    weights = posterior(rate[open_bins], counts[told][:, open_bins], positives[told][:, open_bins].sum(axis=1))
    generator = np.random.default_rng(seed)
    return generator.choice(DEVIATIONS, draws, p=weights) * generator.standard_normal(draws)


def posterior(rate: np.ndarray, counts: np.ndarray, positives: np.ndarray) -> np.ndarray:
    """The probability of each of `DEVIATIONS`; rate: (bins,), counts: (months, bins), positives: (months,)."""
    odds = np.log1p(rate[:, None] * np.expm1(SHIFTS))
    likelihood = positives[:, None] * SHIFTS - counts @ odds  # (months, shifts)
    normal = -0.5 * (SHIFTS / DEVIATIONS[:, None]) ** 2
    normal -= logsumexp(normal, axis=1, keepdims=True)
    of_months = logsumexp(likelihood[:, None, :] + normal, axis=2).sum(axis=0)
    found = of_months - np.log1p((DEVIATIONS / SCALE) ** 2)
    return np.exp(found - logsumexp(found))


def shifted(rates: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Probabilities (draws, bins) with their log odds moved by shifts (draws,).

    >>> shifted(np.array([[0.0, 0.5, 1.0]]), np.log([3.0])).round(6).tolist()
    [[0.0, 0.75, 1.0]]
    """
    factor = np.exp(shifts)[:, None]
    return rates * factor / (1 - rates + rates * factor)
