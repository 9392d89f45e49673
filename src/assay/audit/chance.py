"""A quick model, and whether its scores are better than chance.

Ridge regression on ranks: one small linear system, no model library, and strong enough to find what is plain.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

PENALTY = 1.0
LIMIT = 5.0  # standard errors: chance goes further once in three million lines


def predictor(known: np.ndarray, asked: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Ridge regression: from labels (n,) of the records `known` (n, terms) to scores (m,) of those `asked` (m, terms).

    The labels come last, so that many sets of them cost little more than one.
    """
    varied = np.ptp(known, axis=0) > 0
    mean = known[:, varied].mean(axis=0)
    known, asked = known[:, varied] - mean, asked[:, varied] - mean
    weights = np.linalg.solve(known.T @ known + PENALTY * np.eye(known.shape[1]), asked.T)
    return lambda y: known.T @ (y - y.mean()) @ weights


def terms(table: pd.DataFrame, reference: pd.DataFrame) -> np.ndarray:
    """The features as numbers, (rows, terms), scaled by `reference`.

    A number becomes the share of the reference's values below it, and whether it is missing; a category becomes a
    term for each of the reference's values.
    """
    columns = []
    for name in list(reference):
        values, known = table[name], reference[name]
        if pd.api.types.is_numeric_dtype(known):
            columns += _ranked(values.to_numpy(dtype=float), known.to_numpy(dtype=float))
        else:
            levels = pd.Index(sorted(known.dropna().unique()))
            columns.append(one_hot(levels.get_indexer(pd.Index(values)), len(levels)))
    return np.column_stack(columns)


def one_hot(codes: np.ndarray, levels: int) -> np.ndarray:
    """A column of zeros and ones for each of the codes 0 to levels - 1; any other code has none."""
    return (codes[:, None] == np.arange(levels)).astype(float)


def _ranked(values: np.ndarray, known: np.ndarray) -> list[np.ndarray]:
    ordered = np.sort(known[~np.isnan(known)])
    missing = np.isnan(values)
    below, upto = np.searchsorted(ordered, values), np.searchsorted(ordered, values, side="right")
    share = (below + upto) / max(2 * len(ordered), 1)
    return [np.where(missing, 0.5, share), missing.astype(float)]


def deviation(score: np.ndarray, y: np.ndarray) -> float:
    """How many standard errors the mean rank of the positives lies above chance; negative if below.

    Mean and variance are exact for labels permuted over these scores, ties included: a sample without replacement.
    """
    ranks, n, positives = pd.Series(score).rank().to_numpy(), len(y), int(y.sum())
    variance = ranks.var() / positives * (n - positives) / (n - 1)
    return float((ranks[y == 1].mean() - ranks.mean()) / np.sqrt(variance)) if variance else 0.0
