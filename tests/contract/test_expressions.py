"""What an expression of a contract says of records: what pandas' own evaluation said, without what that could reach."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assay.contract.expressions import kinds
from assay.contract.rules import Condition
from assay.errors import AssayError
from samples import ROOT

CONTRACTS = {path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / "conf/dataset").glob("*.yaml")}
WRITTEN = [
    (name, one["where"])
    for name, contract in CONTRACTS.items()
    for one in [*contract.get("rules", {}).values(), *contract.get("population", [])]
]
SMALL = pd.DataFrame(
    {
        "age": [40.0, 60.0, None],
        "sex": pd.Categorical(["F", "M", None]),
        "ward": pd.Series(["a", None, "b"], dtype="str"),
        "sick": [True, False, True],
        "sure": pd.array([True, None, False], dtype="boolean"),
        "seen": pd.to_datetime(["1985-01-01", "1986-01-01", None]).astype("datetime64[s]"),
        "blood sugar": [1.0, 2.0, 3.0],
        "`": [1.0, 2.0, 3.0],
        "empty": pd.Series([None, None, None], dtype="object"),
    }
)


def holds(records: pd.DataFrame, where: str, key: str = "any") -> np.ndarray:
    columns = {name: column.array for name, column in records.items()}
    return Condition(where, kinds(records), key)(columns, len(records))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("age > 50", [0, 1, 0]),
        ("not age > 50", [1, 0, 1]),
        ("age != 40", [0, 1, 1]),
        ("0 < age < 50", [1, 0, 0]),
        ("age.isna()", [0, 0, 1]),
        ("age.notna() and not age > 50", [1, 0, 0]),
        ("sex == 'F'", [1, 0, 0]),
        ("sex != 'F'", [0, 1, 1]),
        ("sex < 'M'", [1, 0, 0]),
        ("sex in ['M', 'X']", [0, 1, 0]),
        ("sex not in ['M', 'X']", [1, 0, 1]),
        ("sex != ward", [1, 1, 1]),
        ("ward == 'a' or sick", [1, 0, 1]),
        ("sick", [1, 0, 1]),
        ("sure", [1, 0, 0]),
        ("not sure", [0, 0, 1]),
        ("sure == sick", [1, 0, 0]),
        ("sure or age > 50", [1, 1, 0]),
        ("sick == age.isna()", [0, 1, 1]),
        ("sick == True", [1, 0, 1]),
        ("True and sick", [1, 0, 1]),
        ("not 'a' == 'a' or sick", [1, 0, 1]),
        ("seen < '1985-06-01'", [1, 0, 0]),
        ("'1985-06-01' < seen", [0, 1, 0]),
        ("seen in ['1985-01-01']", [1, 0, 0]),
        ("seen == '1986-01-01 00:00'", [0, 1, 0]),
        ("`blood sugar` * 2 >= 4", [0, 1, 1]),
        ("```` > 2", [0, 0, 1]),
        ("abs(40 - age) / 4 == 5", [0, 1, 0]),
        ("-age ** 2 == -1600", [1, 0, 0]),
        ("age // 7 % 2 == 1", [1, 0, 0]),
        ("1 / 0 > age", [1, 1, 0]),
        ("9**9**9**9 > age", [1, 1, 0]),
        ("empty == 'a'", [0, 0, 0]),
        ("empty < 'a'", [0, 0, 0]),
    ],
)
def test_what_an_expression_says_of_values_and_of_missing_ones(where: str, expected: list[int]) -> None:
    result = holds(SMALL, where, "any")
    assert result.dtype == bool
    assert result.astype(int).tolist() == expected


def by_pandas(records: pd.DataFrame, where: str) -> list[bool]:
    """What pandas.DataFrame.eval says, which reaches Python and stands only here."""
    return records.eval(where).astype("boolean").fillna(False).astype(bool).tolist()


def values(column: dict[str, Any], n: int, generator: np.random.Generator) -> Any:
    """n values of a column's type, a fifth of them missing."""
    missing = generator.random(n) < 0.2
    if column["type"] == "flag":
        flags = pd.array(generator.random(n) < 0.5, dtype="boolean")
        flags[missing] = pd.NA
        return flags if generator.random() < 0.5 else flags.fillna(False).astype(bool)
    low, high = column.get("range", (0, 100))
    if column["type"] == "number":
        return np.where(missing, np.nan, generator.uniform(low, min(high, 200), n))
    return pd.Series(np.where(missing, None, generator.choice(column.get("values", ["a", "b"]), n)), dtype="str")


@pytest.mark.parametrize(("name", "where"), WRITTEN)
def test_every_expression_in_conf_says_what_pandas_said(name: str, where: str) -> None:
    for seed in range(5):
        generator = np.random.default_rng(seed)
        columns = CONTRACTS[name]["columns"].items()
        records = pd.DataFrame({column: values(content, 400, generator) for column, content in columns})
        found = holds(records, where, "any").tolist()
        assert found == by_pandas(records, where)
        assert len(set(found)) == 2 or "TBG" in where  # six values missing at once are rare


TEXTS, VALUES = st.sampled_from(["sex", "ward"]), st.sampled_from("FMab")
ORDER, EQUAL, AMONG = (st.sampled_from(signs.split(",")) for signs in ("<,<=,>,>=", "==,!=", "in,not in"))
NUMBERS = st.recursive(
    st.sampled_from(["age", "`blood sugar`"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds(
            "({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), st.integers(1, 9)
        ),
        st.builds("abs({})".format, inner),
        st.builds("(-{})".format, inner),
    ),
    max_leaves=5,
)
CONDITIONS = st.recursive(
    st.one_of(
        st.sampled_from(["sick", "sure", "sex.isna()", "age.notna()", "sick == age.isna()", "sure != sick"]),
        st.builds("{} {} {}".format, NUMBERS, ORDER | EQUAL, NUMBERS | st.integers(-5, 70)),
        st.builds("{} {} {} {} {}".format, st.integers(0, 50), ORDER, NUMBERS, ORDER, st.integers(30, 90)),
        st.builds("{} {} {!r}".format, TEXTS, EQUAL, VALUES),
        st.builds("ward {} {!r}".format, ORDER, VALUES),
        st.builds("{} {} {!r}".format, TEXTS, AMONG, st.lists(VALUES, min_size=1)),
        st.builds("age {} {!r}".format, AMONG, st.lists(st.integers(38, 62), min_size=1)),
        st.builds("seen {} '{}'".format, ORDER | EQUAL, st.dates()),
    ),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("(not ({}))".format, inner),
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_any_expression_says_what_pandas_says(where: str) -> None:
    assert holds(SMALL, where, "any").tolist() == by_pandas(SMALL, where)


@given(CONDITIONS, st.integers(0, 3), st.integers(0, 3))
def test_a_slice_of_the_records_gives_that_slice_of_the_result(where: str, start: int, end: int) -> None:
    assert holds(SMALL[start:end], where, "any").tolist() == holds(SMALL, where, "any")[start:end].tolist()


def test_one_that_is_none_is_refused_with_key_place_and_what_is_allowed(here: Path) -> None:
    with pytest.raises(AssayError, match=r"dataset\.rules\.old\.where: '@' is not allowed at character 5") as caught:
        holds(SMALL, "age @pd.io.common.os.system('touch executed')", "dataset.rules.old.where")
    assert "an expression may use column names" in str(caught.value)
    assert not Path("executed").exists()
