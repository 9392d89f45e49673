"""A table says the same whether its values come as the texts of a CSV or typed, as Parquet holds them."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from pyarrow import parquet

from assay.config.dataset import Column, Dataset, Rule, Time
from assay.contract.values import Reader
from assay.errors import AssayError
from assay.preparation.prepare import prepare
from assay.preparation.reconcile import Cleaned, clean
from assay.records.reading import read

EXACT = 2**53
COLUMNS = {
    "key": Column("text", "id"),
    "seen": Column("date", "ignore", format="%Y-%m-%d %H:%M:%S"),
    "born": Column("date", nullable=True),
    "whole": Column("number", nullable=True, range=[-EXACT, 1000], otherwise="missing"),
    "small": Column("number", nullable=True, range=[0, 200], otherwise="quarantine"),
    "part": Column("number", nullable=True, plausible=[0, 1]),
    "single": Column("number", nullable=True),
    "price": Column("number", nullable=True),
    "sick": Column("flag", nullable=True),
    "sure": Column("flag", values=["t", "f"]),
    "grade": Column("category", values=["1", "2", "3"], nullable=True),
    "ward": Column("category", nullable=True, values=["a", "b"], otherwise="missing"),
    "note": Column("text", "ignore", nullable=True),
    "y": Column("category", "target", values=["ill", "well"]),
}
CONTRACT = Dataset(
    "any",
    key="key",
    target="y",
    missing=["", "?", "-9"],
    columns=COLUMNS,
    time=Time("seen", format="%Y-%m-%d %H:%M:%S"),
    rules={
        "odd": Rule("part > 0.5 and sick", "missing", "odd", ["ward", "part", "sick"]),
        "young": Rule("born > '2000-01-01' and grade == '1'", "note", "young"),
    },
)
DAYS = (date(1900, 1, 1), date(2200, 1, 1))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(microsecond=0))
VALUES = {
    "key": st.integers(10**17, 10**18),
    "seen": MOMENTS,
    "born": st.none() | st.dates(*DAYS),
    "whole": st.none() | st.sampled_from([-9, 0, EXACT, -EXACT]) | st.integers(-EXACT, EXACT),
    "small": st.none() | st.integers(0, 255),
    "part": st.none() | st.floats(-3e38, 3e38, allow_nan=False) | st.sampled_from([-9.0, 0.1, -0.0]),
    "single": st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32),
    "price": st.none() | st.decimals(-(10**9), 10**9, places=7),
    "sick": st.none() | st.booleans(),
    "sure": st.booleans(),
    "grade": st.none() | st.integers(1, 3),
    "ward": st.sampled_from(["a", "b", "c", "?", "", None]),
    "note": st.none() | st.text("aé ?-9,\"'", max_size=4),
    "y": st.sampled_from(["ill", "well"]),
}
TYPES = {
    "key": pa.int64(),
    "seen": pa.timestamp("us"),
    "born": pa.date32(),
    "whole": pa.int64(),
    "small": pa.uint8(),
    "part": pa.float64(),
    "single": pa.float32(),
    "price": pa.decimal128(18, 7),
    "sick": pa.bool_(),
    "sure": pa.bool_(),
    "grade": pa.int8(),
    "ward": pa.dictionary(pa.int32(), pa.string()),
    "note": pa.string(),
    "y": pa.large_string(),
}


def spelled(value: object) -> str:
    """A value as people write it in a CSV, by Python alone."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def both(rows: list[dict[str, object]], folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows as a CSV and as Parquet, read again."""
    texts = pd.DataFrame([{name: spelled(value) for name, value in row.items()} for row in rows], dtype="str")
    texts["sure"] = texts["sure"].map({"True": "t", "False": "f"})
    texts.to_csv(folder / "records.csv", index=False)
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}
    parquet.write_table(pa.table(columns), folder / "records.parquet")
    return read(folder / "records.csv"), read(folder / "records.parquet")


MARKERS = (CONTRACT.missing, ["", "-9.0", "FALSE", "2000-01-01"], ["true", "-9e0", "0.10", "9007199254740993"])


@pytest.mark.slow
@settings(max_examples=40)
@given(
    st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=6, unique_by=lambda row: row["key"]),
    st.sampled_from(MARKERS),
)
def test_the_same_table_as_csv_and_as_parquet_is_cleaned_to_the_same_bits(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], missing: list[str]
) -> None:
    contract = replace(CONTRACT, missing=missing)
    as_text, typed = both(rows, tmp_path_factory.mktemp("both"))
    one, other = (clean(raw, contract, "raw") for raw in (as_text, typed))
    same(one, other)


def same(one: Cleaned, other: Cleaned) -> None:
    assert_frame_equal(other.records, one.records, check_exact=True)
    for name in one.records.select_dtypes("float64"):  # -0.0 is another than 0.0
        assert other.records[name].to_numpy().tobytes() == one.records[name].to_numpy().tobytes()
    assert other.changes == one.changes
    assert other.quarantined["rule"].tolist() == one.quarantined["rule"].tolist()
    assert other.quarantined["key"].astype("str").tolist() == one.quarantined["key"].tolist()


@settings(max_examples=10)
@given(st.lists(st.fixed_dictionaries(VALUES), min_size=2, max_size=6, unique_by=lambda row: row["key"]))
def test_a_typed_record_alone_is_what_it_is_among_others(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    raw = both(rows, tmp_path_factory.mktemp("alone"))[1]
    together = prepare(raw, CONTRACT, "raw").records
    alone = pd.concat([prepare(raw.iloc[[row]], CONTRACT, "raw").records for row in range(len(raw))])
    assert_frame_equal(alone, together, check_exact=True)


def read_one(column: Column, values: pa.Array, folder: Path) -> pd.Series:
    """A column as the contract reads it from Parquet."""
    parquet.write_table(pa.table({"x": values}), folder / "records.parquet")
    raw = read(folder / "records.parquet")
    return Reader(Dataset("any", target="x", columns={"x": column}))(raw).records["x"]


AT = datetime(2020, 3, 1, 23, 30)
CASES = {
    "a long number as text": ("text", pa.array([2**63 - 1, None]), ["9223372036854775807", None]),
    "a long unsigned one": ("text", pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
    "whole floats as text": ("category", pa.array([1.0, 2.5, None]), ["1", "2.5", None]),
    "a power of two": ("number", pa.array([2**62, 2**53 + 2]), [2.0**62, 2.0**53 + 2]),
    "the closest number": ("number", pa.array([Decimal("0.1000000000000000055")]), [0.1]),
    "a decimal as text": ("text", pa.array([Decimal("1.50"), None]), ["1.50", None]),
    "texts of numbers": ("number", pa.array(["1.5", "", None]), [1.5, None, None]),
    "a flag of numbers": ("flag", pa.array([1.0, 0.0]), [True, False]),
    "a truth value as text": ("category", pa.array([True, False]), ["true", "false"]),
    "UTC": ("date", pa.array([AT], pa.timestamp("us", "UTC")), [AT]),
    "the clock of its zone": ("date", pa.array([AT], pa.timestamp("ms", "Asia/Tokyo")), [AT.replace(day=2, hour=8)]),
    "an offset": ("date", pa.array([AT], pa.timestamp("ns", "-02:30")), [AT.replace(hour=21, minute=0)]),
    "a part of a second": ("date", pa.array([AT.replace(microsecond=999_999)]), [AT]),
    "before 1970": ("date", pa.array([datetime(1950, 1, 1, 0, 0, 0, 1)]), [datetime(1950, 1, 1)]),
    "a day as text": ("text", pa.array([date(2020, 1, 2)]), ["2020-01-02"]),
    "moments as texts": ("text", pa.array([AT, datetime(2020, 1, 2)]), ["2020-03-01T23:30:00", "2020-01-02"]),
    "nothing at all": ("number", pa.nulls(2), [None, None]),
    "NaN": ("number", pa.array([float("nan"), 1.0]), [None, 1.0]),
    "categories of numbers": ("number", pa.array([3, 1]).dictionary_encode(), [3.0, 1.0]),
    "minus nothing": ("number", pa.array([-0.0, 0.5]), [0.0, 0.5]),
    "half": ("number", pa.array([0.1], pa.float16()), [0.0999755859375]),
}


def test_a_text_is_the_same_number_in_any_company(tmp_path: Path) -> None:
    dataset = Dataset("any", target="x", columns={"x": Column("number", "target")})
    alone, among = (Reader(dataset)(pd.DataFrame({"x": texts}, dtype="str")) for texts in (["-0"], ["-0", "0.5"]))
    assert str(alone.records["x"][0]) == str(among.records["x"][0]) == "0.0"


@pytest.mark.parametrize("case", CASES)
def test_what_a_typed_value_becomes(case: str, tmp_path: Path) -> None:
    kind, values, expected = CASES[case]
    form = {"format": "%Y-%m-%d"}
    found = read_one(Column(kind, "target", nullable=True, **form), values, tmp_path)
    assert_series_equal(found, pd.Series(expected, name="x", dtype=found.dtype), check_exact=True)


REFUSED = {
    "too long for a number": (
        "number",
        pa.array([1, 2**53 + 1, -(2**53) - 1]),
        "2 value(s) too large to be exact as a number (type text keeps every digit): "
        "'9007199254740993', '-9007199254740993'; row 2, row 3",
    ),
    "the longest": (
        "number",
        pa.array([2**63 - 1]),
        "1 value(s) too large to be exact as a number (type text keeps every digit): '9223372036854775807'; row 1",
    ),
    "too long a decimal number": (
        "number",
        pa.array([Decimal(2**53 + 1)], pa.decimal128(20, 2)),
        "1 value(s) too large to be exact as a number (type text keeps every digit): '9007199254740993.00'; row 1",
    ),
    "beyond all models": ("number", pa.array(["0.5", "-1e39"]), "1 value(s) not a number: '-1e39'; row 2"),
    "infinite": ("number", pa.array([0.5, float("inf")]), "1 value(s) not a number: 'inf'; row 2"),
    "a truth value": ("number", pa.array([True]), "1 value(s) not a number: 'true'; row 1"),
    "a moment": ("number", pa.array([AT]), "1 value(s) not a number: '2020-03-01T23:30:00'; row 1"),
    "no flag": ("flag", pa.array([0, 2]), "1 value(s) not a flag: '2'; row 2"),
    "no date": ("date", pa.array([20200102]), "1 value(s) not a date: '20200102'; row 1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_typed_value_cannot_become_is_named_with_column_and_rows(case: str, tmp_path: Path) -> None:
    kind, values, said = REFUSED[case]
    parquet.write_table(pa.table({"x": values}), tmp_path / "records.parquet")
    dataset = Dataset("any", target="x", columns={"x": Column(kind, "target")})
    with pytest.raises(AssayError) as caught:
        clean(read(tmp_path / "records.parquet"), dataset, str(tmp_path / "records.parquet"))
    assert caught.value.what == f"column x: {said}"


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [("flag", [True, None, "no"], [True, None, False]), ("number", [1, "2.5", None], [1.0, 2.5, None])],
)
def test_objects_are_read_as_texts_each_by_itself(kind: str, values: list[object], expected: list[object]) -> None:
    read_as = Reader(Dataset("any", target="x", columns={"x": Column(kind, "target", nullable=True)}))
    found = read_as(pd.DataFrame({"x": pd.Series(values, dtype="object")})).records["x"]
    assert_series_equal(found, pd.Series(expected, name="x", dtype=found.dtype))
    alone = [read_as(pd.DataFrame({"x": pd.Series([one], dtype="object")})).records["x"][0] for one in values]
    assert [None if pd.isna(one) else one for one in alone] == expected


def test_the_words_of_a_flag_are_those_of_the_contract(tmp_path: Path) -> None:
    upside_down = Column("flag", "target", values=["false", "true"])
    assert read_one(upside_down, pa.array([False, True]), tmp_path).tolist() == [True, False]


def test_a_category_may_have_one_value() -> None:
    contract = Dataset(columns={"site": Column("category", values=["A"])})
    assert list(Reader(contract)(pd.DataFrame({"site": ["A", "B"]})).columns["site"]) == ["A", "B"]


def test_of_very_many_values_a_message_lists_the_first() -> None:
    many = Column("category", values=[f"s{number}" for number in range(50_000)])
    contract = Dataset(columns={"site": many, "sick": Column("text", "target")}, target="sick")
    raw = pd.DataFrame({"site": ["s7", "x"], "sick": ["no", "no"]})
    (wrong,) = prepare(raw, contract, "a table").broken
    assert wrong.rows == (1,)
    assert wrong.why.startswith("not among 's0', 's1', ")
    assert wrong.why.endswith("'s99' and 49900 more")
