"""A text that means no value does so in a CSV and in Parquet."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from assay.config.dataset import Column, Dataset
from assay.contract.values import Reader
from assay.records.reading import read

FALSE_OF_TF = Column("flag", "target", nullable=True, values=["t", "f"])
# A column, a text that means no value, texts of a CSV, the same values typed, and which of them are missing.
NO_VALUE = {
    "a number": (Column("number"), "-9.0", ["-9", "-9.0", "-9e0", "9"], pa.array([-9, -9.0, -9.0, 9]), "1110"),
    "an integer": (Column("number"), "-9.0", ["-9", "9"], pa.array([-9, 9]), "10"),
    "an unsigned one": (Column("number"), "-1", ["1", "2"], pa.array([1, 2], pa.uint64()), "00"),
    "a decimal": (Column("number"), "-9.0", ["-9.00", "9.00"], pa.array([Decimal("-9.00"), Decimal("9.00")]), "10"),
    "a number as text": (Column("number"), "-9.0", ["-9", "9"], pa.array(["-9", "9"]), "10"),
    "more digits than float64": (Column("number"), "9" * 16, ["9" * 16, "1"], pa.array([10**16 - 1, 1]), "10"),
    "infinite": (Column("number"), "inf", ["Infinity", "inf", "1"], pa.array([float("inf")] * 2 + [1.0]), "110"),
    "false": (Column("flag"), "false", ["False", "FALSE", "true"], pa.array([False, False, True]), "110"),
    "true": (Column("flag"), "True", ["false", "true"], pa.array([False, True]), "01"),
    "the word of the contract": (FALSE_OF_TF, "f", ["f", "t"], pa.array([False, True]), "10"),
    "another word": (FALSE_OF_TF, "false", ["f", "t"], pa.array([False, True]), "00"),
    "nought, meant for others": (Column("flag"), "0", ["false", "true"], pa.array([False, True]), "00"),
    "a day": (Column("date", format="%Y-%m-%d"), "1900-1-1", ["1900-01-01"], pa.array([date(1900, 1, 1)]), "1"),
    "a category is its text": (Column("category"), "-9", ["-9", "9"], pa.array([-9, 9]), "10"),
}


@pytest.mark.parametrize("case", NO_VALUE)
def test_a_text_for_no_value_means_the_same_in_csv_and_parquet(case: str, tmp_path: Path) -> None:
    column, missing, as_texts, typed, expected = NO_VALUE[case]
    read_as = Reader(Dataset("any", target="x", missing=[missing], columns={"x": replace(column, nullable=True)}))
    parquet.write_table(pa.table({"x": typed}), tmp_path / "records.parquet")
    for raw in (pd.DataFrame({"x": as_texts}, dtype="str"), read(tmp_path / "records.parquet")):
        cells = read_as(raw).cells["x"]
        assert "".join(str(int(one)) for one in cells.blank) == expected
        assert (pd.isna(cells.values) == cells.blank).all()
        assert not cells.unread.any()
