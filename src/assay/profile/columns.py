"""A profile of each column: missing values, distribution, extremes with their records, change over time."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.config.dataset import CHECK, ID, NUMBER, PERSONAL, TARGET, cleaned_name
from assay.profile.drift import by_month, greatest_change
from assay.records.columns import DATE, RECORD_ID

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset

QUANTILES = {"min": 0, "p1": 0.01, "p25": 0.25, "median": 0.5, "p75": 0.75, "p99": 0.99, "max": 1}
NO_NUMBERS: dict[str, Any] = {**dict.fromkeys(QUANTILES), "extremes": {}, "greatest_change": None, "edges": []}
BINS = 24
MOST_COLUMNS = 120  # columns that are shown, in 0.6 MB
EXTREMES = 3
FREQUENT = 12
WIDE = 20  # largest value over median, from which the scale is logarithmic

NEGATIVE, POSITIVE = "negative", "positive"

Columns = Mapping[str, pd.Series] | pd.DataFrame  # of one table, asked for one at a time
Sides = Mapping[str, np.ndarray]  # masks of the records (n,), by class


def profiles(records: Columns, sides: Sides, dataset: "Dataset") -> list[dict[str, Any]]:
    """A profile of every column that passed cleaning.

    records: cleaned records. sides: which of them are `NEGATIVE`, and which `POSITIVE`; none of the test fold, which
    must stay unseen.
    """
    return [
        profile(name, there, records, sides, column)
        for name, column in dataset.columns.items()
        if (there := cleaned_name(dataset, name)) in records and column.role not in (CHECK, ID, PERSONAL, TARGET)
    ]


def importance(column: dict[str, Any]) -> tuple[bool, float]:
    """By which columns are shown where there are too many: notable changes first, then how far the classes differ."""
    bars, change = column["bars"], column["greatest_change"]
    apart = sum(abs(one - other) for one, other in zip(bars["negative"], bars["positive"], strict=True))
    return bool(change and change["notable"]), apart


def profile(name: str, there: str, records: Columns, sides: Sides, column: "Column") -> dict[str, Any]:
    """The profile of one column as plain data; `bars`: shares of negative and of positive records by bin or value.

    name: its own; there: that among the records. sides: the records of either class.
    """
    values = records[there]
    found = {
        "column": name,
        "type": column.type,
        "role": column.role,
        "unit": column.unit,
        "about": column.about,
        "missing": int(values.isna().sum()),
        "distinct": int(values.nunique()),
    }
    if column.type != NUMBER:
        codes, kinds = pd.factorize(values.astype("str"), sort=True)
        bars = _bars(codes, min(len(kinds), FREQUENT), sides)
        return {**found, **NO_NUMBERS, "frequent": _frequent(codes, kinds), "bars": bars}
    numbers = values.to_numpy("float64", na_value=np.nan)
    known = ~np.isnan(numbers)
    change = greatest_change(values, records[DATE]) if DATE in records else None
    binned, edges = _binned(numbers, known)
    return {
        **found,
        **dict(zip(QUANTILES, _quantiles(numbers[known]), strict=True)),
        "extremes": _extremes(numbers, known, records[RECORD_ID]),
        "greatest_change": {**vars(change), "notable": change.notable} if change else None,
        "edges": edges,
        "frequent": {},
        "bars": _bars(binned, max(len(edges) - 1, 0), sides),
    }


def monthly(values: Columns, dates: pd.Series) -> pd.DataFrame:
    """A row per column of the values and month: `column`, then the columns of `assay.profile.drift.by_month`."""
    return pd.concat([by_month(values[name], dates).assign(column=name) for name in map(str, values)])


def _frequent(codes: np.ndarray, kinds: pd.Index) -> dict[str, int]:
    """The most frequent of these kinds (k,), in order of the alphabet if equal; codes: (n,), -1 for none."""
    counts = np.bincount(codes[codes >= 0], minlength=len(kinds))
    return {str(kinds[place]): int(counts[place]) for place in np.argsort(-counts, kind="stable")[:FREQUENT]}


def _quantiles(values: np.ndarray) -> list[float]:
    if not len(values):
        return [float("nan")] * len(QUANTILES)
    found: list[float] = np.percentile(values, [100 * share for share in QUANTILES.values()]).round(6).tolist()
    return found


def _extremes(values: np.ndarray, there: np.ndarray, ids: pd.Series) -> dict[str, list[tuple[str, float]]]:
    known = np.flatnonzero(there)
    most = min(EXTREMES, len(known))
    if not most:
        return {"lowest": [], "highest": []}
    among = values[known]
    low, high = np.partition(among, most - 1)[most - 1], np.partition(among, -most)[-most]

    def ranked(inside: np.ndarray, *, rising: bool) -> list[tuple[str, float]]:
        """Only what can be among the extremes is sorted: by value, then by id."""
        places = known[inside]
        rows = pd.DataFrame({"id": ids.iloc[places].to_numpy(), "value": values[places]})
        first = rows.sort_values(["value", "id"], ascending=rising).head(most)
        return [(str(id), float(value)) for id, value in first.itertuples(index=False)]

    return {"lowest": ranked(among <= low, rising=True), "highest": ranked(among >= high, rising=False)}


def _binned(values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """The bin of each value (n,), -1 where not known, and the edges.

    Bins have equal width; logarithmic if values are positive and far apart.
    """
    there = values[known]
    if not len(there):
        return np.full(len(values), -1), []
    low, high = float(there.min()), float(there.max())
    logarithmic = low > 0 and high > WIDE * float(np.median(there))
    edges = np.geomspace(low, high, BINS + 1) if logarithmic else np.linspace(low, high, BINS + 1)
    return np.where(known, np.digitize(values, edges[1:-1]), -1), [float(edge) for edge in edges]


def _bars(codes: np.ndarray, bars: int, sides: Sides) -> dict[str, list[float]]:
    """The share of negative and of positive records in each of the first groups; without those in none, code -1."""
    found = {}
    for side, inside in sides.items():
        counts = np.bincount(codes[inside & (codes >= 0)], minlength=bars)
        found[side] = [round(float(share), 6) for share in counts[:bars] / max(int(counts.sum()), 1)]
    return found
