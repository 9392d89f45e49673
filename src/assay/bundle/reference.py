"""reference.json: what the records of the training were like, for monitoring to compare arriving records with.

Monitoring puts the values of arriving records into the same bins (`counted`), and tests the two rows
of counts against each other, feature by feature; the share of missing values likewise, and the scores. So each file of
records is compared with the training without the records of the training. What the records outside the population and
broken rules were, `train` does not see: reports/annotation.json and reports/cleaning.json say it.

Counts are weighted, if the records are a weighted sample. Edges are values of the column, not rounded.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from assay.files import Exact
from assay.statistics.binomial import effective

FILE = "reference.json"
BINS = 20  # between quantiles
NUMBER, CATEGORY, FLAG = "number", "category", "flag"


def reference(X: pd.DataFrame, weight: np.ndarray | None, seen: pd.DataFrame, threshold: float) -> dict[str, Any]:
    """The statistics, for JSON.

    X: the features of train, (n rows); weight: (n,) or None. seen: a row for each record of train and validation, with
    `score` (out of fold), `label`, `fold`, and `date` and `weight` if there are any.

    Keys: `features`, by name, of train: `kind` (number, category or flag), `count` of records, `missing` (their share),
    and `edges` and `counts` of a number, `counts` by value of a category or flag. `scores`: `edges`, `counts`, `count`
    and `alerts` (the share) out of fold on train and validation, and `by_month`: month, `count`, `alerts`.
    `calibration`: as of `calibration`. `dates`: the first and the last day of each fold. `by_month` and `dates` only if
    the records have dates.
    """
    return {
        "features": {str(name): feature(column, weight) for name, column in X.items()},
        "scores": scores(seen, threshold),
        "calibration": calibration(
            seen["score"].to_numpy(),
            seen["label"].to_numpy(),
            threshold,
            seen["weight"].to_numpy() if "weight" in seen else None,
        ),
        **({"dates": _dates(seen)} if "date" in seen else {}),
    }


def feature(column: pd.Series, weight: np.ndarray | None = None) -> dict[str, Any]:
    """The statistics of one feature.

    >>> feature(pd.Series([1.0, 2.0, 2.0, None]))["counts"]
    [0, 1, 2, 0]
    """
    weights = np.ones(len(column)) if weight is None else weight
    known = column.notna().to_numpy()
    total = weights.sum()
    size = {"count": _short(total), "missing": weights[~known].sum() / total if total else 0.0}
    values, mass = column[known], weights[known]
    if column.dtype == "category":
        there = pd.Series(mass).groupby(values.to_numpy()).sum()
        found = {str(name): _short(there.get(name, 0)) for name in column.cat.categories}
        return {"kind": CATEGORY, **size, "counts": found}
    if column.dtype == "bool":
        true = mass[values.to_numpy(dtype=bool)].sum()
        return {"kind": FLAG, **size, "counts": {"false": _short(mass.sum() - true), "true": _short(true)}}
    numbers = values.to_numpy(dtype="float64")
    return {"kind": NUMBER, **size, **histogram(numbers, mass)}


def histogram(values: np.ndarray, weights: np.ndarray) -> dict[str, Any]:
    """The edges of `BINS` bins of about equal mass, each a value, and the mass within them; values: (n,), no NaN."""
    edges = quantile_edges(values, weights)
    return {"edges": Exact(edges.tolist()), "counts": [_short(one) for one in counted(values, edges, weights)]}


def quantile_edges(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The distinct quantiles (BINS + 1 at most) of values (n,), from the lowest to the highest value; empty if n = 0.

    Each is a value itself, so no arithmetic moves it, and ties fall on one side.
    """
    if not weights.sum():
        return np.empty(0)
    return np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1), method="inverted_cdf", weights=weights))


def counted(values: np.ndarray, edges: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """The mass of values (n,) in each bin of k edges, (k + 2,).

    The bins: below the first edge; the first edge itself; above an edge, up to and with the next, for each two; above
    the last. The outer two are empty for the values that gave the edges. NaN counts nowhere.

    >>> counted(np.array([0.5, 1.0, 1.5, 3.0, 9.0]), edges=np.array([1.0, 2.0, 3.0]))
    array([1., 1., 1., 1., 1.])
    """
    known = ~np.isnan(values)
    bins = np.searchsorted(edges, values[known], side="left") + 1
    if len(edges):
        bins[values[known] < edges[0]] = 0
    mass = None if weights is None else weights[known]
    return np.bincount(bins, mass, minlength=len(edges) + 2).astype("float64")


def scores(seen: pd.DataFrame, threshold: float) -> dict[str, Any]:
    """The scores out of fold: their histogram, and the share of alerts, by month if the records have dates."""
    weights = (seen["weight"] if "weight" in seen else pd.Series(1.0, seen.index)).to_numpy(dtype="float64")
    found = {**_alerts(seen["score"] >= threshold, weights), **histogram(seen["score"].to_numpy(), weights)}
    if "date" not in seen:
        return found
    months = seen["date"].dt.strftime("%Y-%m")
    every = ((month, (months == month).to_numpy()) for month in sorted(months.dropna().unique()))
    alert = (seen["score"] >= threshold).to_numpy()
    return {**found, "by_month": {month: _alerts(alert[rows], weights[rows]) for month, rows in every}}


def calibration(score: np.ndarray, y: np.ndarray, threshold: float, weight: np.ndarray | None = None) -> dict[str, Any]:
    """How many records with about the same score are positive: what performance before labels is estimated from.

    score, y, weight: (n,), out of fold. Keys: `edges`; `counts` and `positives` in the bins of `counted`; `effective`,
    the number of records that are as informative as those with their weights. Positives and negatives have the same
    share in placing the edges, so that bins are narrow where positives are, too; many more bins would make the ranking
    look better than it is. One edge is the number just below the threshold: no bin has records with and without an
    alert.
    """
    weights = np.ones(len(y)) if weight is None else np.asarray(weight, "float64")
    edges = np.union1d(quantile_edges(score, balanced(y, weights)), np.nextafter(threshold, -np.inf))
    positive = np.asarray(y) == 1
    return {
        "edges": Exact(edges.tolist()),
        "counts": [_short(one) for one in counted(score, edges, weights)],
        "positives": [_short(one) for one in counted(score[positive], edges, weights[positive])],
        "effective": effective(weights),
    }


def balanced(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weights (n,) with which positives and negatives have the same mass, if there are both."""
    mass = np.bincount(np.asarray(y, "int64"), weights, minlength=2)
    return weights / mass[np.asarray(y, "int64")] if (mass > 0).all() else weights


def _alerts(alert: Any, weights: np.ndarray) -> dict[str, Any]:
    return {"count": _short(weights.sum()), "alerts": float(np.average(alert, weights=weights))}


def _dates(seen: pd.DataFrame) -> Mapping[str, Iterable[str]]:
    days = seen.groupby("fold")["date"].agg(["min", "max"])
    return {str(fold): [f"{row['min']:%Y-%m-%d}", f"{row['max']:%Y-%m-%d}"] for fold, row in days.iterrows()}


def _short(mass: float) -> float:
    """A whole number without a point, which is what counts are unless records have weights."""
    return int(mass) if float(mass).is_integer() else float(mass)
