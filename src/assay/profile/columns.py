"""A profile of each column: missing values, distribution, extremes with their records, change over time."""

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
EXTREMES = 3
FREQUENT = 12
WIDE = 20  # largest value over median, from which the scale is logarithmic


def profiles(records: pd.DataFrame, labels: pd.Series, dataset: "Dataset") -> list[dict[str, Any]]:
    """A profile of every column that passed cleaning.

    records: cleaned records. labels: bool, indexed by record id, without those of the test fold, which must stay
    unseen.
    """
    known = records[RECORD_ID].map(labels)
    return [
        profile(name, there, records, known, column)
        for name, column in dataset.columns.items()
        if (there := cleaned_name(dataset, name)) in records and column.role not in (CHECK, ID, PERSONAL, TARGET)
    ]


def profile(name: str, there: str, records: pd.DataFrame, labels: pd.Series, column: "Column") -> dict[str, Any]:
    """The profile of one column as plain data; `bars`: shares of negative and of positive records by bin or value.

    name: its own; there: that among the records.
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
        return {**found, **NO_NUMBERS, "frequent": _frequent(values), "bars": _bars(values.astype("str"), labels)}
    quantiles = values.quantile(list(QUANTILES.values())).round(6)
    change = greatest_change(values, records[DATE]) if DATE in records else None
    binned, edges = _binned(values)
    return {
        **found,
        **dict(zip(QUANTILES, quantiles, strict=True)),
        "extremes": _extremes(records, there),
        "greatest_change": {**vars(change), "notable": change.notable} if change else None,
        "edges": edges,
        "frequent": {},
        "bars": _bars(binned, labels),
    }


def monthly(values: pd.DataFrame, dates: pd.Series) -> pd.DataFrame:
    """A row per column of the values and month: `column`, then the columns of `assay.profile.drift.by_month`."""
    return pd.concat([by_month(values[name], dates).assign(column=name) for name in map(str, values)])


def _frequent(values: pd.Series) -> dict[str, int]:
    counts = values.astype("str").value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return {str(value): int(count) for value, count in counts.head(FREQUENT).items()}


def _extremes(records: pd.DataFrame, name: str) -> dict[str, list[tuple[str, float]]]:
    ranked = records[[RECORD_ID, name]].dropna().sort_values([name, RECORD_ID])
    ends = {"lowest": ranked.head(EXTREMES), "highest": ranked.tail(EXTREMES).iloc[::-1]}
    return {end: [(str(row[0]), float(row[1])) for row in part.itertuples(index=False)] for end, part in ends.items()}


def _binned(values: pd.Series) -> tuple[pd.Series, list[float]]:
    """The bin of each value, and the edges. Bins have equal width; logarithmic if values are positive and far apart."""
    there = values.dropna()
    if there.empty:
        return values, []
    low, high = float(there.min()), float(there.max())
    logarithmic = low > 0 and high > WIDE * float(there.median())
    edges = np.geomspace(low, high, BINS + 1) if logarithmic else np.linspace(low, high, BINS + 1)
    binned = pd.Series(np.digitize(values, edges[1:-1]), index=values.index).where(values.notna())
    return binned, [float(edge) for edge in edges]


def _bars(groups: pd.Series, labels: pd.Series) -> dict[str, list[float]]:
    """The share of negative and of positive records in each group, in order of groups; without unlabelled records."""
    order = sorted(groups.dropna().unique(), key=lambda value: (isinstance(value, str), value))
    bins = range(BINS) if groups.dtype.kind == "f" and order else order[:FREQUENT]
    sides = {"negative": groups[labels.eq(False)], "positive": groups[labels.eq(True)]}
    return {
        side: [round(float((part == value).sum() / max(int(part.notna().sum()), 1)), 6) for value in bins]
        for side, part in sides.items()
    }
