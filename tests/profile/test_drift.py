"""A change of a distribution is found on its day; where there is none, none is named."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from assay.profile.drift import by_month, greatest_change

DAYS = pd.Series(pd.date_range("2020-01-01", "2020-12-31").repeat(4))


def noise(seed: int = 0) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).normal(size=len(DAYS)))


def test_the_distance_is_the_kolmogorov_smirnov_statistic() -> None:
    one, other = noise(1)[:300].round(1), noise(2)[:200].round(1) + 0.3
    days = pd.Series(pd.to_datetime(["2020-01-05"] * 300 + ["2020-02-09"] * 200))
    change = greatest_change(pd.concat([one, other], ignore_index=True), days)
    assert change is not None
    assert (change.day, change.low_before, change.low_after) == ("2020-02-09", one.min(), other.min())
    assert change.distance == pytest.approx(ks_2samp(one, other).statistic)


@pytest.mark.parametrize("day", ["2020-03-17", "2020-08-02", "2020-11-20"])
def test_a_shift_is_found_to_the_day(day: str) -> None:
    values = noise() + 3 * (pd.Timestamp(day) <= DAYS)
    change = greatest_change(values, DAYS)
    assert change is not None
    assert change.notable
    assert abs(pd.Timestamp(change.day) - pd.Timestamp(day)) <= pd.Timedelta(days=1)


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_no_notable_change(seed: int) -> None:
    change = greatest_change(noise(seed), DAYS)
    assert change is not None
    assert not change.notable


def test_too_few_values_say_nothing() -> None:
    assert greatest_change(noise()[:40], DAYS[:40]) is None
    assert by_month(noise()[:40], DAYS[:40])["ks"].isna().all()


def test_of_months_all_are_compared_with_the_first_three() -> None:
    values = noise().round(1)
    table = by_month(values, DAYS).set_index("month")
    months = {month: values[month == DAYS.dt.strftime("%Y-%m")] for month in table.index}
    reference = pd.concat(list(months.values())[:3])
    for month, part in months.items():
        assert table.loc[month, "ks"] == pytest.approx(ks_2samp(reference, part).statistic)
        assert (table.loc[month, "median"], table.loc[month, "low"]) == (part.median(), part.min())


def test_months_count_what_is_missing() -> None:
    values = noise().mask(DAYS.dt.month == 2)
    table = by_month(values, DAYS).set_index("month")
    assert table.loc["2020-02", "missing"] == 1
    assert table.loc["2020-01", "records"] == 124
