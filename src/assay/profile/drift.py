"""When a column's distribution changes most, for figures; `assay.monitoring` tests whether arriving records differ."""

from dataclasses import dataclass

import pandas as pd

from assay.statistics.distances import of_values

REFERENCE_MONTHS = 3
FEWEST = 50  # values needed on either side
NEAR = 31  # days around the month that was found
NOTABLE = 0.2  # Kolmogorov-Smirnov distance from which a change is named; about 0.03 is usual by chance at these sizes


@dataclass(frozen=True)
class ChangePoint:
    """The day that divides a column's values into the two most different parts.

    distance: Kolmogorov-Smirnov, 0 to 1, between the values before that day and from it on. low_before, low_after: the
    smallest value of either part; a fall suggests a lower detection limit.
    """

    day: str
    distance: float
    low_before: float
    low_after: float

    @property
    def notable(self) -> bool:
        return self.distance >= NOTABLE


def by_month(values: pd.Series, dates: pd.Series) -> pd.DataFrame:
    """Columns month, records, missing (share), median, low (least value), and ks: distance from the first 3 months."""
    months = dates.dt.strftime("%Y-%m")
    reference = values[months.isin(sorted(months.unique())[:REFERENCE_MONTHS])].dropna()
    rows = [
        (month, len(part), part.isna().mean(), part.median(), part.min(), distance(reference, part.dropna()))
        for month, part in values.groupby(months)
    ]
    return pd.DataFrame(rows, columns=["month", "records", "missing", "median", "low", "ks"])


def greatest_change(values: pd.Series, dates: pd.Series) -> ChangePoint | None:
    """The greatest change of a column, to the day; None with too few values.

    The month is found by the scaled distance, because by the plain distance a short tail would win by chance. The day
    near it is found by the plain distance.
    """
    known = values.notna() & dates.notna()
    values, dates = values[known], dates[known]
    months = divided(values, dates, pd.to_datetime(sorted(dates.dt.strftime("%Y-%m-01").unique())))
    if months.empty:
        return None
    month = pd.Timestamp(str(months["scaled"].idxmax()))
    near = dates[(dates - month).abs() <= pd.Timedelta(days=NEAR)].sort_values().unique()
    days = divided(values, dates, pd.DatetimeIndex([*near, month]))
    day = pd.Timestamp(str(days["distance"].idxmax()))
    before, after = values[dates < day], values[dates >= day]
    return ChangePoint(day.strftime("%Y-%m-%d"), distance(before, after), float(before.min()), float(after.min()))


def divided(values: pd.Series, dates: pd.Series, days: pd.DatetimeIndex) -> pd.DataFrame:
    """For each day with enough values on both sides: the distance between them, plain and scaled by their sizes."""
    found = {}
    for day in days:
        before, after = values[dates < day], values[dates >= day]
        ks = distance(before, after)
        if ks == ks:
            found[day] = (ks, ks * (len(before) * len(after) / len(values)) ** 0.5)
    return pd.DataFrame.from_dict(found, orient="index", columns=["distance", "scaled"])


def distance(one: pd.Series, other: pd.Series) -> float:
    """How far two samples are apart (Kolmogorov-Smirnov); NaN if either has fewer than `FEWEST` values."""
    if min(len(one), len(other)) < FEWEST:
        return float("nan")
    return of_values(one.to_numpy(), other.to_numpy())
