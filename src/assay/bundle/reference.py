"""reference.json: what the records of the training were like, for monitoring to compare arriving records with.

Monitoring puts the values of arriving records into the same bins (`counted`), and tests the two rows
of counts against each other, feature by feature; the share of missing values likewise, and the scores. So each file of
records is compared with the training without the records of the training. What the records outside the population and
broken rules were, `train` does not see: reports/annotation.json and reports/cleaning.json say it.

Counts are weighted, if the records are a weighted sample. Edges are values of the column, not rounded.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from assay.files import Exact
from assay.records.folds import TRAIN
from assay.records.months import months_of
from assay.statistics.binomial import effective

BINS = 20  # between quantiles
NUMBER, CATEGORY, FLAG = "number", "category", "flag"
Months = pd.Categorical | np.ndarray  # of each record, (n,), such as 1985-05; of an unknown date, NaN
KINDS = {"category": CATEGORY, "bool": FLAG}


def reference(
    X: pd.DataFrame | Mapping[str, pd.Series],
    weight: np.ndarray | None,
    seen: pd.DataFrame,
    threshold: float,
    everyone: pd.DataFrame | None = None,
    grouped: Mapping[str, pd.Series] | None = None,
) -> dict[str, Any]:
    """The statistics, for JSON.

    X: the features of train, (n rows) by name, taken one after another; weight: (n,) or None. seen: a row for each
    record of train and validation, with `score` (out of fold), `label`, `fold`, and `date` and `weight` if there are
    any; those of train in the order of X. everyone: a row for each record of the days of train, whether used or not,
    with `outside`, the reason why it is not in the population or "", and `date` and `weight` alike. grouped: by column
    of the contract's slices, the group of each row of seen.

    Keys: `features`, by name, of train: `kind` (number, category or flag), `count` of records, `missing` (their share),
    and `edges` and `counts` of a number, `counts` by value of a category or flag. `scores`: `edges`, `counts`, `count`
    and `alerts` (the share) out of fold on train and validation. `calibration`: as of `calibration`. If the records
    have dates: `dates`, the first and the last day of each fold; and in `scores` and each feature `by_month`, the same
    figures of each month, in the same bins: how much one month usually differs from the others tells which difference
    of an arriving month is no news. `population`, of `everyone`: `count` of records, and `outside`, by reason the share
    of those not in the population. `slices`: as of `slices`. `effective`: of weighted records, how many records of
    equal weight are as informative.
    """
    months = categorised_months(seen["date"]) if "date" in seen else None
    dated = None if months is None else months[(seen["fold"] == TRAIN).to_numpy()]
    score, y = seen["score"].to_numpy(), seen["label"].to_numpy()
    seen_weight = seen["weight"].to_numpy() if "weight" in seen else None
    meant = calibration(score, y, threshold, seen_weight, months)
    edges = np.array(meant["edges"].content)
    return {
        "features": {str(name): feature(column, weight, dated) for name, column in X.items()},
        "scores": scores(seen, threshold),
        "calibration": meant,
        **({"dates": _dates(seen)} if "date" in seen else {}),
        **({} if everyone is None else {"population": population(everyone)}),
        **({} if grouped is None else {"slices": slices(score, y, grouped, edges, seen_weight)}),
        **({} if weight is None else {"effective": effective(weight)}),
    }


def categorised_months(dates: pd.Series) -> "pd.Categorical[Any]":
    """The month of each date, such as 1985-05.

    >>> categorised_months(pd.Series(pd.to_datetime(["1985-05-23", None, "1984-08-01"]))).tolist()
    ['1985-05', nan, '1984-08']
    """
    numbers, months = months_of(dates)
    return pd.Categorical.from_codes(numbers, pd.Index(months))


def feature(column: pd.Series, weight: np.ndarray | None = None, months: Months | None = None) -> dict[str, Any]:
    """The statistics of one feature; months: (n,), that of each record, None if there are none.

    >>> feature(pd.Series([1.0, 2.0, 2.0, None]))["counts"]
    [0, 1, 2, 0]
    """
    weights = np.ones(len(column)) if weight is None else weight
    known = column.notna().to_numpy()
    kind: dict[str, Any] = {"kind": KINDS.get(str(column.dtype), NUMBER)}
    names, edges = [], np.empty(0)
    if column.dtype == "category":
        names = [str(name) for name in column.cat.categories]
        places = column.cat.codes.to_numpy()
    elif column.dtype == "bool":
        names, places = ["false", "true"], column.to_numpy(dtype="int64")
    else:
        numbers = column.to_numpy(dtype="float64")
        edges = quantile_edges(numbers[known], weights[known])
        kind |= {"edges": Exact(edges.tolist())}
        places = bins(numbers, edges)
    size = len(edges) + 2 if kind["kind"] == NUMBER else len(names)

    def of(rows: np.ndarray) -> dict[str, Any]:
        total, mass = weights[rows].sum(), np.bincount(places[rows & known], weights[rows & known], minlength=size)
        counts = [_short(one) for one in mass]
        return {
            "count": _short(total),
            "missing": weights[rows & ~known].sum() / total if total else 0.0,
            "counts": dict(zip(names, counts, strict=True)) if kind["kind"] != NUMBER else counts,
        }

    return {**kind, **of(np.ones(len(column), "bool")), **_by_month(of, months)}


def _by_month(of: Callable[[np.ndarray], dict[str, Any]], months: Months | None) -> dict[str, Any]:
    """The statistics `of` the records of each month, if they have dates."""
    if months is None:
        return {}
    told = pd.Categorical(months).remove_unused_categories()
    return {"by_month": {month: of(np.asarray(told == month)) for month in told.categories}}


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
    mass = None if weights is None else weights[known]
    return np.bincount(bins(values[known], edges), mass, minlength=len(edges) + 2).astype("float64")


def bins(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The place of each value (n,) among the bins of `counted`, 0 to k + 1; of NaN, -1.

    >>> bins(np.array([0.5, 1.0, np.nan, 9.0]), edges=np.array([1.0, 2.0, 3.0]))
    array([ 0,  1, -1,  4])
    """
    places = np.searchsorted(edges, values, side="left") + 1
    if len(edges):
        places[values < edges[0]] = 0
    places[np.isnan(values)] = -1
    return places


def scores(seen: pd.DataFrame, threshold: float) -> dict[str, Any]:
    """The scores out of fold: their histogram, and the share of alerts, by month if the records have dates."""
    weights = (seen["weight"] if "weight" in seen else pd.Series(1.0, seen.index)).to_numpy(dtype="float64")
    score = seen["score"].to_numpy()
    edges = quantile_edges(score, weights)

    def of(rows: np.ndarray) -> dict[str, Any]:
        counts = [_short(one) for one in counted(score[rows], edges, weights[rows])]
        return {**_alerts(score[rows] >= threshold, weights[rows]), "counts": counts}

    months = seen["date"].dt.strftime("%Y-%m").to_numpy() if "date" in seen else None
    return {"edges": Exact(edges.tolist()), **of(np.ones(len(seen), "bool")), **_by_month(of, months)}


def population(everyone: pd.DataFrame) -> dict[str, Any]:
    """How many records are not in the population, by reason, of all and of each month; columns as of `reference`.

    >>> population(pd.DataFrame({"outside": ["", "treated"]}))
    {'count': 2, 'outside': {'treated': 0.5}}
    """
    weights = (everyone["weight"] if "weight" in everyone else pd.Series(1.0, everyone.index)).to_numpy("float64")
    why = everyone["outside"].astype("category")
    reasons = sorted({*why.unique()} - {""})

    def of(rows: np.ndarray) -> dict[str, Any]:
        total = weights[rows].sum()
        return {
            "count": _short(total),
            "outside": {one: float(weights[rows & (why == one).to_numpy()].sum() / total) for one in reasons},
        }

    months = categorised_months(everyone["date"]) if "date" in everyone else None
    return {**of(np.ones(len(why), "bool")), **_by_month(of, months)}


def calibration(
    score: np.ndarray,
    y: np.ndarray,
    threshold: float,
    weight: np.ndarray | None = None,
    months: Months | None = None,
) -> dict[str, Any]:
    """How many records with about the same score are positive: what performance before labels is estimated from.

    score, y, weight: (n,), out of fold. months: (n,), None without dates. Keys: `edges`; `counts` and `positives` in
    the bins of `counted`; `effective`, the number of records that are as informative as those with their weights;
    `by_month`, counts and positives of each month: how much what a score means differs from month to month. Positives
    and negatives have the same share in placing the edges, so that bins are narrow where positives are, too; many more
    bins would make the ranking look better than it is. One edge is the number just below the threshold: no bin has
    records with and without an alert.
    """
    weights = np.ones(len(y)) if weight is None else np.asarray(weight, "float64")
    edges = np.union1d(quantile_edges(score, balanced(y, weights)), np.nextafter(threshold, -np.inf))
    of = _with_positives(score, y, edges, weights)
    return {
        "edges": Exact(edges.tolist()),
        **of(np.ones(len(y), "bool")),
        "effective": effective(weights),
        **_by_month(of, months),
    }


def slices(
    score: np.ndarray,
    y: np.ndarray,
    grouped: Mapping[str, pd.Series],
    edges: np.ndarray,
    weight: np.ndarray | None = None,
) -> dict[str, Any]:
    """By column and group, how many records and positives are in each bin of the calibration, as there.

    score, y, weight: as of `calibration`. grouped: by column, the group of each record (n,). edges: of the calibration.
    """
    of = _with_positives(score, y, edges, weight)
    found = {column: group.astype("category") for column, group in sorted(grouped.items())}
    return {
        column: {str(name): of((group == name).to_numpy()) for name in sorted({*group.unique()})}
        for column, group in found.items()
    }


def _with_positives(
    score: np.ndarray, y: np.ndarray, edges: np.ndarray, weight: np.ndarray | None
) -> Callable[[np.ndarray], dict[str, Any]]:
    """Of rows (n,) bool, `counts` and `positives` in the bins of `counted`."""
    weights, positive = np.ones(len(y)) if weight is None else np.asarray(weight, "float64"), np.asarray(y) == 1

    def of(rows: np.ndarray) -> dict[str, Any]:
        chosen = {"counts": rows, "positives": rows & positive}
        return {
            name: [_short(one) for one in counted(score[some], edges, weights[some])] for name, some in chosen.items()
        }

    return of


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
