"""Numbers drawn anew near those of given records, by a Gaussian copula over ranks within each class of the outcome.

Each record's number becomes the normal score of its rank (van der Waerden). A draw mixes the scores of one record with
normal noise that is correlated as the scores of its class are, and takes the value that has the rank of the result. So
distribution and correlation of the scores stay what they are; what is missing stays missing. (Nelsen, An Introduction
to Copulas, 2006; the mixture is a smoothed bootstrap: Silverman & Young, Biometrika 74, 1987.)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

NOISE = 0.1  # share of the variance of a drawn score that does not come from its record
FEW_RECORDS = 30  # records of a class; those of smaller classes are one class
SHARED = 10  # records that have both of two numbers; with fewer, the two count as independent
DECIMALS = 6  # of a correlation, so that machines which differ in the sixteenth digit draw the same


@dataclass(frozen=True)
class Marginal:
    """A column within a class: the rows that have a number, by that number, and the scores of all rows, NaN without."""

    rows: np.ndarray
    scores: np.ndarray

    def near(self, scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The rows whose numbers have these scores; a row without a score stands for itself."""
        from scipy.special import ndtr

        there = ~np.isnan(scores)
        place = np.minimum((ndtr(scores[there]) * len(self.rows)).astype("int64"), len(self.rows) - 1)
        found = rows.copy()
        found[there] = self.rows[place]
        return found


class Copula:
    """Draws rows of a table, column by column: from which row does each value come?

    columns: by name, the numbers of all n rows, (n,) float64 with NaN for none. classes: (n,), the class of each row as
    a whole number from 0 on. Ties are ranked in an order that `rng` draws.
    """

    def __init__(self, columns: Mapping[str, np.ndarray], classes: np.ndarray, rng: np.random.Generator) -> None:
        self.names, self.classes = list(columns), together(classes)
        tie = rng.permutation(len(classes))
        members = [np.flatnonzero(self.classes == one) for one in range(self.classes.max() + 1)]
        self.marginals = [{name: marginal(columns[name], rows, tie) for name in columns} for rows in members]
        self.mixing = [
            mixing(np.column_stack([one[name].scores[rows] for name in columns])) if columns else np.zeros((0, 0))
            for one, rows in zip(self.marginals, members, strict=True)
        ]

    def draw(self, rows: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """For new records that resemble these rows, (m,): by column, the row that gives each its value, (m,)."""
        noise = rng.standard_normal((len(self.names), len(rows)))
        found = {name: rows.copy() for name in self.names}
        for number, (marginals, mix) in enumerate(zip(self.marginals, self.mixing, strict=True)):
            here = np.flatnonzero(self.classes[rows] == number)
            for name, weights in zip(self.names, mix, strict=True):
                scores = np.sqrt(1 - NOISE) * marginals[name].scores[rows[here]]
                # One product at a time: the sum of a matrix product depends on the machine.
                for weight, one in zip(weights, noise, strict=True):
                    scores = scores + np.sqrt(NOISE) * weight * one[here]
                found[name][here] = marginals[name].near(scores, rows[here])
        return found


def together(classes: np.ndarray) -> np.ndarray:
    """The classes numbered anew, those of fewer than `FEW_RECORDS` records as one.

    >>> together(np.array([0] * 30 + [1, 2])).tolist()[-3:]
    [0, 1, 1]
    """
    small = np.bincount(classes) < FEW_RECORDS
    merged = np.where(small[classes], classes.max() + 1, classes)
    return np.unique(merged, return_inverse=True)[1]


def marginal(values: np.ndarray, members: np.ndarray, tie: np.ndarray) -> Marginal:
    """The column within a class that has these members."""
    from scipy.special import ndtri

    there = members[~np.isnan(values[members])]
    rows = there[np.lexsort((tie[there], values[there]))]
    scores = np.full(len(values), np.nan)
    scores[rows] = ndtri((np.arange(len(rows)) + 0.5) / max(1, len(rows)))
    return Marginal(rows, scores)


def mixing(scores: np.ndarray) -> np.ndarray:
    """The matrix L for which L e, of independent normal e, is correlated as the scores are, (columns, columns).

    scores: (n, columns), NaN where there is none. Correlations of pairs of which each has other records may contradict
    each other; then the nearest ones that do not, but for scale, are taken.
    """
    import pandas as pd

    pairs = pd.DataFrame(scores).corr(min_periods=SHARED).fillna(0.0).to_numpy().round(DECIMALS)
    np.fill_diagonal(pairs, 1.0)
    values, vectors = np.linalg.eigh(pairs)
    nearest = (vectors * np.clip(values, 1e-6, None)) @ vectors.T
    scale = np.sqrt(np.diag(nearest))
    return np.linalg.cholesky(nearest / np.outer(scale, scale))
