"""A dated table whose signal changes in a month, and a replay of it with a small model."""

from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.threshold import Threshold
from assay.config.load import typed
from assay.config.schema import Config
from assay.modelling.records import Records
from assay.modelling.training import Trained
from assay.replay.months import Timeline
from assay.replay.simulation import Fit, Model
from modelling_samples import configured
from samples import plain

START, MONTHS, EACH = "2020-01-01", 14, 80
CHANGED = 8  # the number of the month from which on the assay reads lower


def dated(months: int = MONTHS, each: int = EACH, changed: int | None = CHANGED, seed: int = 0) -> pd.DataFrame:
    """Records of months with equally many: date, y (a fifth), TSH (high in the ill), T3 (noise), sex (noise), rare.

    From the month `changed` on TSH reads lower for everybody by as much as illness raises it.
    """
    generator = np.random.default_rng(seed)
    n = months * each
    month = np.repeat(np.arange(months), each)
    y = (generator.random(n) < 0.2).astype(int)
    day = np.tile(np.linspace(0, 27, each).astype(int), months)
    shift = 0 if changed is None else 3 * (month >= changed)
    starts = pd.period_range(START, periods=months, freq="M").to_timestamp()
    return pd.DataFrame(
        {
            "date": starts[month] + pd.to_timedelta(day, unit="D"),
            "y": y,
            "TSH": generator.normal(3 * y, 1) - shift,
            "T3": np.where(generator.random(n) < 0.2, np.nan, generator.normal(2, 0.4, n)),
            "sex": pd.Categorical.from_codes(generator.integers(0, 2, n), ["F", "M"]),
            "rare": False,
        },
        index=pd.Index([f"r{number:05}" for number in range(n)], name="record_id"),
    )


def records(table: pd.DataFrame) -> tuple[Records, pd.Series]:
    """The table as records, and their dates."""
    return Records(table.drop(columns=["date", "y"]), table["y"]), table["date"]


def config(**changes: Any) -> Config:
    """The configuration with a small model and few resamples; changes as for `samples.plain`."""
    chosen = plain(replay__first_months=4, evaluation__resamples=100, training__folds=3, **changes)
    chosen["model"] = configured("logistic")
    return typed(chosen)


class Line:
    """An estimator that scores by TSH against the mean of what it learned from, upright or reversed."""

    def __init__(self, middle: float, sign: int = 1) -> None:
        self.middle, self.sign = middle, sign

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        p = 1 / (1 + np.exp(-self.sign * (X["TSH"].to_numpy() - self.middle)))
        return np.column_stack([1 - p, p])


def quick(time: Timeline, sign: int = 1, guaranteed: bool = True) -> Fit:
    """Fits in no time: a `Line`, with its threshold in the middle."""

    def fit(until: int) -> Model:
        records = time.records.rows(time.until(until))
        line = Line(float(records.X.loc[:, "TSH"].groupby(records.y).mean().mean()), sign)
        cut = Threshold(0.5, 0.9, 0.95, int(records.y.sum()), 0.95, 0.91, guaranteed, False, "")
        return Model(until, Trained(line, {}, {}, np.round(line.predict_proba(records.X)[:, 1], 6), cut))

    return fit
