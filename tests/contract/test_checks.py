"""Contract checks name the column, the values and the lines of the file."""

from collections.abc import Callable

import pandas as pd
import pytest

from assay.contract import checks
from assay.errors import AssayError

TABLE = pd.DataFrame({"sex": ["F", "M", "X", "X"], "TSH": ["1.5", "", "high", "inf"]}, dtype="str")


def message(check: Callable, *arguments: object) -> str:
    with pytest.raises(AssayError) as caught:
        check(*arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (["sex", "TSH", "age"], ["missing column age"]),
        (["sex"], ["unknown column TSH"]),
        (["sex", "tsh"], ["missing column tsh", "unknown column TSH", "rename it"]),
    ],
    ids=["missing", "unknown", "renamed"],
)
def test_wrong_columns_are_named(expected: list[str], said: list[str]) -> None:
    refused = message(checks.require_columns, TABLE, expected, "raw.csv")
    assert [text for text in [*said, "raw.csv"] if text not in refused] == []


def test_columns_may_stand_in_any_order() -> None:
    checks.require_columns(TABLE, ["TSH", "sex"], "raw.csv")


def test_a_table_without_rows_is_refused() -> None:
    assert "no rows" in message(checks.require_columns, TABLE.head(0), ["sex", "TSH"], "raw.csv")


def test_a_value_not_allowed_is_shown_once_with_every_line() -> None:
    refused = message(checks.one_of, TABLE, {"sex": ("F", "M")}, "raw.csv")
    assert "column sex: 2 value(s) not among 'F', 'M': 'X'\n" in refused
    assert "line 4, line 5" in refused


@pytest.mark.parametrize("text", ["high", "inf", "-inf", "nan", "1,5", "0x10", " "])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    table = pd.DataFrame({"TSH": ["1.5", text]}, dtype="str")
    assert "line 3" in message(checks.numbers, table, ("TSH",), "raw.csv")


def test_numbers_are_floats_and_empty_texts_missing() -> None:
    table = pd.DataFrame({"TSH": ["1.5", "", "2e1", "-3"]}, dtype="str")
    assert checks.numbers(table, ("TSH",), "raw.csv")["TSH"].fillna(-99).tolist() == [1.5, -99, 20, -3]


def test_a_hundred_bad_rows_are_counted_and_five_shown() -> None:
    table = pd.DataFrame({"sex": ["X"] * 100})
    refused = message(checks.one_of, table, {"sex": ("F",)}, "raw.csv")
    assert "100 value(s)" in refused
    assert "line 6 and 95 more" in refused
