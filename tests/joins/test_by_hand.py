"""Any records and rows: each made column is what a loop over them gives, record by record."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.config.dataset import Column, Dataset, Made, Table
from assay.config.source import Source
from assay.joins.join import joining

KEYS = st.sampled_from(["a", "b", "C", "007", "1e3", ""])
TIMES = st.one_of(st.integers(-5, 5).map(str), st.just(""))
VALUES = st.one_of(st.integers(-9, 9).map(str), st.sampled_from(["", "NA", "0.1", "-9.5"]))
TESTS = st.sampled_from(["x", "y", ""])
RECORDS = st.lists(st.tuples(KEYS, TIMES), min_size=1, max_size=6)
ROWS = st.lists(st.tuples(KEYS, TIMES, TESTS, VALUES), max_size=12)
WINDOWS = st.fixed_dictionaries(
    {
        "within": st.one_of(st.none(), st.integers(2, 6).map(float)),
        "gap": st.integers(0, 2).map(float),
        "where": st.sampled_from([{}, {"test": ["x"]}, {"test": ["x", "y"]}]),
    }
)
TAKES = ("last", "first", "mean", "min", "max", "sum", "trend", "count")
MISSING = ["", "NA"]


def by_hand(key: str, at: str, rows: list[tuple[str, str, str, str]], made: Made) -> float:
    """The value of a record, NaN for none."""
    counted = [] if key in MISSING or at == "" else [row for row in rows if row[0] == key and row[1] != ""]
    before = [(float(at) - float(time), time, test, value) for _, time, test, value in counted]
    inside = [one for one in before if made.gap <= one[0] <= (np.inf if made.within is None else made.within)]
    inside = [one for one in inside if not made.where or one[2] in made.where["test"]]
    if made.take == "count":
        return len(inside)
    known = sorted((float(time), float(value)) for _, time, _, value in inside if value not in MISSING)
    times, values = (np.array(one) for one in zip(*known, strict=True)) if known else (np.array([]), np.array([]))
    if not known or (made.take == "trend" and len({*times}) < 2):
        return np.nan
    if made.take == "trend":
        return float(np.polyfit(times, values, 1)[0])
    ends = {"last": values[-1], "first": values[0]}
    return float(ends[made.take] if made.take in ends else getattr(values, made.take)())


@pytest.mark.slow
@settings(max_examples=30)  # each joins eight columns
@given(records=RECORDS, rows=ROWS, window=WINDOWS)
def test_each_column_is_that_by_hand(
    records: list[tuple[str, str]], rows: list[tuple[str, str, str, str]], window: dict[str, object]
) -> None:
    made = {take: Made("labs", take, None if take == "count" else "value", **window) for take in TAKES}  # type: ignore[arg-type]
    number = Column("number", nullable=True)
    columns = {"id": Column("text", "id"), "visit": Column("number", "ignore"), **dict.fromkeys(TAKES, number)}
    labs = {"labs": Table(Source(), "id", time="day")}
    dataset = Dataset(columns=columns, key="id", index="visit", tables=labs, made=made, missing=MISSING)
    whole = pd.DataFrame(records, columns=["id", "visit"], dtype="str")
    table = pd.DataFrame(rows, columns=["id", "day", "test", "value"], dtype="str")
    with joining({"labs": [table]}, dataset) as join:
        found = join(whole)
    for take in TAKES:
        expected = [by_hand(key, at, rows, made[take]) for key, at in records]
        assert found[take].astype("float64").tolist() == pytest.approx(expected, abs=1e-9, nan_ok=True), take
