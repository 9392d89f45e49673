"""Labelled records by calendar month, as production would have met them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assay.errors import AssayError
from assay.modelling.records import Records
from assay.modelling.training import blocks

if TYPE_CHECKING:
    from assay.config.schema import Replay


@dataclass(frozen=True)
class Timeline:
    """Records in the order of their dates.

    days: (n,) datetime64. month: (n,), the number of each record's month, from 0, never falling. names: of every month
    from the first to the last, "YYYY-MM"; a month may have no records. window: the number of the last month that the
    first model learns from.
    """

    records: Records
    days: np.ndarray
    month: np.ndarray
    names: list[str]
    window: int

    def of(self, month: int) -> np.ndarray:
        """The positions of a month's records."""
        return np.flatnonzero(self.month == month)

    def between(self, after: int, until: int) -> np.ndarray:
        """The positions of the records later than the month `after`, up to and with the month `until`."""
        return np.flatnonzero((self.month > after) & (self.month <= until))

    def until(self, month: int) -> np.ndarray:
        """The positions of the records up to and with a month: the first ones."""
        return self.between(-1, month)


def timeline(records: Records, dates: pd.Series | None, config: "Replay") -> Timeline:
    """The records by month; dates: (n,) datetime64, None if the dataset has no time.

    The first window has `config.first_months` full months. Where the first record is not of the first day of its month,
    that month is in the window besides. AssayError if a record has no date, or too few months are left to replay.
    """
    if dates is None or dates.isna().any():
        missing = (
            "no record has" if dates is None or dates.isna().all() else f"{int(dates.isna().sum())} record(s) lack"
        )
        todo = "a replay needs the time of every record: state dataset.time"
        raise AssayError(f"{missing} a date", where="dataset.time", todo=todo)
    order = np.argsort(dates.to_numpy(), kind="stable")
    dates, records = dates.iloc[order], records.rows(order)
    periods = dates.dt.to_period("M")
    names = [str(one) for one in pd.period_range(periods.iloc[0], periods.iloc[-1], freq="M")]
    month = ((dates.dt.year - dates.dt.year.iloc[0]) * 12 + dates.dt.month - dates.dt.month.iloc[0]).to_numpy()
    window = config.first_months - 1 + (dates.iloc[0].day > 1)
    if len(names) <= window + config.label_delay + 1:
        what = f"{len(names)} month(s) of records: {window + 1} to learn from, {config.label_delay} until their labels "
        raise AssayError(
            f"{what}have come, and none to replay", where="replay", todo="lower replay.first_months, or label_delay"
        )
    return Timeline(records, dates.to_numpy(), month, names, window)


def require_learnable(time: Timeline, folds: int) -> None:
    """AssayError unless the first window is `learnable`."""
    first = time.records.rows(time.until(time.window))
    if not learnable(first, folds):
        what = (
            f"the first {time.window + 1} month(s) have {len(first.y)} records, {int(first.y.sum())} of them positive"
        )
        raise AssayError(f"{what}: too few of a class to learn from", where="replay", todo="raise replay.first_months")


def learnable(records: Records, folds: int) -> bool:
    """Whether each fit on these records, and on them without one of their blocks, gets both classes."""
    if len(records.y) < folds:
        return False
    return all(records.y.iloc[rest].nunique() == 2 for rest, _ in blocks(records, folds))
