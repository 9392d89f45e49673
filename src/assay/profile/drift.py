"""Whether a column's distribution changes over time, and when most."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

REFERENCE_MONTHS = 3
FEWEST = 50  # values on either side below which nothing is said
NEAR = 31  # days around the month that was found
NOTABLE = 0.2  # Kolmogorov-Smirnov distance from which a change is named; chance gives about 0.03 at these sizes


@dataclass(frozen=True)
class ChangePoint:
    """The day that divides a column's values into the two most different parts.

    distance: Kolmogorov-Smirnov, between the values before that day and from it on, 0 to 1. low_before, low_after: the
    smallest value of either part (a lower one tells of another detection limit).
    """

    day: str
    distance: float
    low_before: float
    low_after: float

    @property
    def notable(self) -> bool:
        return self.distance >= NOTABLE


def by_month(values: pd.Series, dates: pd.Series) -> pd.DataFrame:
    """month, records, missing (share), median, low, and ks: the distance of the month from the first three together."""
    months = dates.dt.strftime("%Y-%m")
    reference = values[months.isin(sorted(months.unique())[:REFERENCE_MONTHS])].dropna()
    rows = [
        (month, len(part), part.isna().mean(), part.median(), part.min(), distance(reference, part.dropna()))
        for month, part in values.groupby(months)
    ]
    return pd.DataFrame(rows, columns=["month", "records", "missing", "median", "low", "ks"])


def greatest_change(values: pd.Series, dates: pd.Series) -> ChangePoint | None:
    """The greatest change of a column, to the day; None with too few values.

    The month is sought by the scaled distance, since by the plain one a short tail would win by chance; the day near it
    by the plain one.
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
    """For each day that leaves enough on both sides: the distance between them, and it scaled by the sizes."""
    found = {}
    for day in days:
        before, after = values[dates < day], values[dates >= day]
        ks = distance(before, after)
        if ks == ks:
            found[day] = (ks, ks * (len(before) * len(after) / len(values)) ** 0.5)
    return pd.DataFrame.from_dict(found, orient="index", columns=["distance", "scaled"])


def distance(one: pd.Series, other: pd.Series) -> float:
    """The two-sample Kolmogorov-Smirnov statistic; NaN with too few values on either side.

    The statistic of scipy's `ks_2samp`, without importing scipy.stats, which takes longer than the rest of this stage's
    imports, and without a p value for each of some thousand calls.
    """
    if min(len(one), len(other)) < FEWEST:
        return float("nan")
    first, second = np.sort(one.to_numpy()), np.sort(other.to_numpy())
    at = np.concatenate([first, second])
    shares = [np.searchsorted(side, at, side="right") / len(side) for side in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())
