"""Rank correlations of columns of which one at a time is in memory."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from assay.profile.columns import Columns
from assay.statistics.ratios import ratio

CORRELATED = 24  # columns at most, of which a picture can show the names
ROWS = 1 << 16  # that are looked at together
LEAST_VARIANCE = 1e-9  # of the mean square: a smaller variance is rounding, of equal ranks


def rank_correlations(columns: Columns, names: Sequence[str], folder: Path) -> pd.DataFrame:
    """Spearman's, (k, k), each over the records that have both values; NaN for a column of equal values.

    Each column is ranked among all its own values. folder: for the ranks, 8 bytes a value.
    """
    files = [folder / f"ranks-{number}" for number in range(len(names))]
    rows = 0
    for name, file in zip(names, files, strict=True):
        ranks = columns[name].rank().to_numpy("float64")
        (ranks - np.nanmean(ranks) if len(ranks) and not np.isnan(ranks).all() else ranks).tofile(file)
        rows = len(ranks)
    found = _of_sums(_summed(files, rows))
    return pd.DataFrame(found, index=list(names), columns=list(names))


def _summed(files: Sequence[Path], rows: int) -> np.ndarray:
    """Over the records that have both values of a pair: their number, the sums of x, of x² and of x y, (4, k, k)."""
    sums = np.zeros((4, len(files), len(files)))
    for start in range(0, rows, ROWS):
        values = np.array([np.fromfile(file, "float64", ROWS, offset=8 * start) for file in files])
        known, filled = (~np.isnan(values)).astype("float64"), np.nan_to_num(values)
        sums += [known @ known.T, filled @ known.T, filled**2 @ known.T, filled @ filled.T]
    return sums


def _of_sums(sums: np.ndarray) -> np.ndarray:
    count, x, squares, products = sums
    variance = ratio(squares, count) - ratio(x, count) ** 2
    variance[variance <= LEAST_VARIANCE * ratio(squares, count)] = np.nan
    covariance = ratio(products, count) - ratio(x, count) * ratio(x.T, count)
    return np.clip(covariance / np.sqrt(variance * variance.T), -1, 1)
