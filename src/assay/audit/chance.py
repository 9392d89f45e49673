"""A quick model, and a test whether its scores are better than chance.

The model is ridge regression on ranks: one small linear system, no model library, and strong enough to find plain
leaks.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

PENALTY = 1.0
LIMIT = 5.0  # standard errors: chance alone exceeds it once in three million runs


def predictor(known: np.ndarray, unseen: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Ridge regression as a function from labels (n,) to scores (m,).

    known: the terms (n, terms) of the records with these labels; unseen: the terms (m, terms) of the records to score.
    The result can be called with many sets of labels at little cost. With more terms than records the system has a row
    for each record instead (Saunders, Gammerman & Vovk, ICML 1998), which gives the same scores.
    """
    varied = np.ptp(known, axis=0) > 0
    mean = known[:, varied].mean(axis=0)
    known, unseen = known[:, varied] - mean, unseen[:, varied] - mean
    if len(known) < known.shape[1]:
        by_record = np.linalg.solve(known @ known.T + PENALTY * np.eye(len(known)), known @ unseen.T)
        return lambda y: (y - y.mean()) @ by_record
    weights = np.linalg.solve(known.T @ known + PENALTY * np.eye(known.shape[1]), unseen.T)
    return lambda y: known.T @ (y - y.mean()) @ weights


def terms(table: pd.DataFrame, reference: pd.DataFrame) -> np.ndarray:
    """The features as numbers, (rows, terms).

    A number becomes two terms: its quantile among the values of `reference`, and whether it is missing. A category
    becomes a 0 or 1 for each of the reference's categories.
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
    """A column of zeros and ones for each of the codes 0 to levels - 1, (n, levels); other codes are all zeros.

    >>> one_hot(np.array([1, 0, -1]), levels=2).tolist()
    [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]
    """
    return (codes[:, None] == np.arange(levels)).astype(float)


def _ranked(values: np.ndarray, known: np.ndarray) -> list[np.ndarray]:
    ordered = np.sort(known[~np.isnan(known)])
    missing = np.isnan(values)
    below, upto = np.searchsorted(ordered, values), np.searchsorted(ordered, values, side="right")
    share = (below + upto) / max(2 * len(ordered), 1)
    return [np.where(missing, 0.5, share), missing.astype(float)]


def deviation(score: np.ndarray, y: np.ndarray) -> float:
    """By how many standard errors the positives' mean rank is above its mean over random labels; negative if below.

    score: (n,), y: (n,) of 0 and 1. Mean and variance are exact for labels permuted over these scores, ties included.
    0 if all scores are equal.
    """
    ranks, n, positives = pd.Series(score).rank().to_numpy(), len(y), int(y.sum())
    variance = ranks.var() / positives * (n - positives) / (n - 1)
    return float((ranks[y == 1].mean() - ranks.mean()) / np.sqrt(variance)) if variance else 0.0
