"""The months of dates, as numbers: a text for each record would take more than the record."""

import numpy as np
import pandas as pd


def months_of(dates: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The number of the month of each date (n,), from 0 for the first one, -1 without a date; and the months in order.

    >>> months_of(pd.Series(pd.to_datetime(["1986-03-02", "1985-12-31", None])))
    (array([ 1,  0, -1]), ['1985-12', '1986-03'])
    """
    months = dates.to_numpy("datetime64[s]").astype("datetime64[M]")
    there = ~np.isnat(months)
    found, numbers = np.unique(months[there], return_inverse=True)
    month_of = np.full(len(months), -1)
    month_of[there] = numbers
    return month_of, [str(month) for month in found]
