"""When a column's distribution changes most, for figures; `assay.monitoring` tests whether arriving records differ.

A column is looked at as counts of its different values, which are sorted once, whatever it is compared with.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assay.records.months import months_of
from assay.statistics.distances import of_counts

REFERENCE_MONTHS = 3
FEWEST = 50  # values needed on either side
NEAR = np.timedelta64(31, "D")  # around the month that was found
NOTABLE = 0.2  # Kolmogorov-Smirnov distance from which a change is named; about 0.03 is usual by chance at these sizes
UNKNOWN = float("nan")


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


@dataclass(frozen=True)
class Counted:
    """Known values in order of their times (n,): the different ones (k,), sorted, and the place of each among these."""

    times: np.ndarray
    different: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, values: pd.Series, dates: pd.Series) -> "Counted":
        """The values that are known, with a known date."""
        numbers, times = _numbers(values), dates.to_numpy("datetime64[s]")
        known = ~np.isnan(numbers) & ~np.isnat(times)
        order = np.argsort(times[known], kind="stable")
        different, places = np.unique(numbers[known], return_inverse=True)
        return cls(times[known][order], different, places[order])

    def counts(self, start: int, end: int) -> np.ndarray:
        """How often each different value is among those from `start` to `end`, in order of time."""
        return np.bincount(self.places[start:end], minlength=len(self.different))

    def low(self, counts: np.ndarray) -> float:
        """The lowest value of which there is any."""
        return float(self.different[np.flatnonzero(counts)[0]])


def by_month(values: pd.Series, dates: pd.Series) -> pd.DataFrame:
    """Columns month, records, missing (share), median, low (least value), and ks: distance from the first 3 months."""
    month_of, months = months_of(dates)
    numbers = _numbers(values)
    known = ~np.isnan(numbers)
    different, places = np.unique(numbers[known], return_inverse=True)

    def counts(chosen: np.ndarray) -> np.ndarray:
        return np.bincount(places[chosen[known]], minlength=len(different))

    reference, rows = counts((month_of >= 0) & (month_of < REFERENCE_MONTHS)), []
    for number, month in enumerate(months):
        here = month_of == number
        there = numbers[here & known]
        middle, low = (float(np.median(there)), float(there.min())) if len(there) else (UNKNOWN, UNKNOWN)
        missing = float(np.mean(~known[here]))
        rows.append((month, int(here.sum()), missing, middle, low, _distance(reference, counts(here))))
    return pd.DataFrame(rows, columns=["month", "records", "missing", "median", "low", "ks"])


def greatest_change(values: pd.Series, dates: pd.Series) -> ChangePoint | None:
    """The greatest change of a column, to the day; None with too few values.

    The month is found by the scaled distance, because by the plain distance a short tail would win by chance. The day
    near it is found by the plain distance.
    """
    counted = Counted.of(values, dates)
    times = counted.times
    months = divided(counted, np.unique(times.astype("datetime64[M]")).astype(times.dtype))
    if months.empty:
        return None
    month = np.datetime64(str(months["scaled"].idxmax()), "s")
    near = np.unique(times[np.abs(times - month) <= NEAR])
    if not (near >= month).any():  # else the month divides the values as the first of these days does
        near = np.append(near, month)
    day = np.datetime64(str(divided(counted, near)["distance"].idxmax()), "s")
    at = int(np.searchsorted(times, day))
    before, after = counted.counts(0, at), counted.counts(at, len(times))
    return ChangePoint(str(day)[:10], _distance(before, after), counted.low(before), counted.low(after))


def divided(counted: Counted, days: np.ndarray) -> pd.DataFrame:
    """For each day, in order, with enough values on both sides: their distance, plain and scaled by sizes."""
    found, rows = {}, len(counted.times)
    total, before, start = counted.counts(0, rows), np.zeros(len(counted.different), "int64"), 0
    for day, end in zip(days, np.searchsorted(counted.times, days), strict=True):
        before += counted.counts(start, end)
        start = int(end)
        ks = _distance(before, total - before)
        if ks == ks:
            found[day] = (ks, ks * (start * (rows - start) / rows) ** 0.5)
    return pd.DataFrame.from_dict(found, orient="index", columns=["distance", "scaled"])


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    """Of the counts of the same values (k,) in two samples; NaN if either has fewer than `FEWEST`."""
    return of_counts(one, other) if min(one.sum(), other.sum()) >= FEWEST else UNKNOWN


def _numbers(values: pd.Series) -> np.ndarray:
    return values.to_numpy("float64", na_value=np.nan)
