"""Numbers that are written in other ways."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.config.dataset import Column, Dataset, Written
from assay.contract.number_formats import WrittenNumbers
from assay.contract.values import Reader
from assay.preparation.prepare import prepare

COMMA = {"26,1": 26.1, "-0,5": -0.5, "7": 7, "1e3": 1000, "26.1": None, "1,2,3": None}
GROUPS = {"12,345": 12345, "1,234,567.5": 1234567.5, "12": 12, "1234": 1234, "12,34": None}
MONEY = {"$1,200": 1200, "$ 5": 5, "-$5": -5, "$-5": -5, "5": 5, "€5": None}
BOUNDS = {"<0.6": 0.6, "> 9": 9, "≤1": 1, ">=2": 2, "5": 5, "<": None, "<<1": None, "< x": None}
NO_NUMBERS = {"": None, "mg": None, "-": None, ".": None, "e5": None, "nan": None, "inf": None}
WAYS = {
    "decimal comma": (Written(decimal=","), COMMA),
    "thousands": (Written(thousands=","), GROUPS),
    "german": (Written(decimal=",", thousands="."), {"1.234,5": 1234.5, "1.234": 1234, "1.23": None, "1,5": 1.5}),
    "spaces": (Written(thousands=" "), {"1 234": 1234, "1\u00a0234": 1234, "1\u202f234": 1234, "1 23": None}),
    "swiss": (Written(thousands="'"), {"1'234.5": 1234.5, "1'2": None}),
    "currency": (Written(before="$", thousands=","), MONEY),
    "percent": (Written(after="%"), {"5 %": 5, "5%": 5, "5": 5, "5 mg": None, "%": None}),
    "limits": (Written(limits=True), BOUNDS),
    "nothing": (Written(after="mg"), NO_NUMBERS),
}


@pytest.mark.parametrize(("written", "texts"), WAYS.values(), ids=WAYS)
def test_a_text_is_the_number_that_it_means_or_none(written: Written, texts: dict[str, float | None]) -> None:
    column = Column("number", nullable=True, written=written)
    cells = Reader(Dataset(columns={"x": column}))(pd.DataFrame({"x": list(texts)}, dtype="str")).cells["x"]
    assert [None if np.isnan(one) else one for one in cells.values] == list(texts.values())
    assert cells.unread.tolist() == [value is None and text != "" for text, value in texts.items()]


def test_a_limit_is_below_or_above_and_a_missing_one_neither() -> None:
    texts = ["<0.6", ">9", "≤1", "≥2", "5", "", "?"]
    column = Column("number", nullable=True, missing=["?"], written=Written(limits=True))
    contract = Dataset(columns={"x": column, "y": Column("flag", "target")}, target="y")
    records = prepare(pd.DataFrame({"x": texts, "y": "no"}, dtype="str"), contract, "here").records
    assert records["x_limit"].tolist() == [-1, 1, -1, 1, 0, 0, 0]
    typed = prepare(pd.DataFrame({"x": [1.5, 2.5], "y": ["no", "yes"]}), contract, "here").records
    assert typed["x_limit"].tolist() == [0, 0]


def test_each_column_has_its_own_missing_values() -> None:
    columns = {"bmi": Column("number", nullable=True, missing=["-999"]), "pay": Column("number", nullable=True)}
    table = pd.DataFrame({"bmi": ["-999", "-999.0", ""], "pay": ["-999", "?", ""]}, dtype="str")
    values = Reader(Dataset(columns=columns, missing=["", "?"]))(table)
    assert values.cells["bmi"].blank.tolist() == [True, True, True]
    assert values.columns["pay"].tolist()[0] == -999
    assert values.cells["pay"].blank.tolist() == [False, True, True]


@given(
    st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1), st.sampled_from([",.", ".,", " .", "',"])
)
def test_any_number_reads_back(numbers: list[float], marks: str) -> None:
    thousands, decimal = marks
    texts = [f"{one:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands) for one in numbers]
    plain, _ = WrittenNumbers(Written(decimal, thousands))(pa.array(texts, pa.large_string()))
    assert [float(one) for one in plain.to_pylist()] == numbers
