"""What is made of a record does not depend on the records beside it."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from assay.config.dataset import Column, Dataset, Rule, Time
from assay.errors import AssayError
from assay.preparation.prepare import Prepared, Preparer, prepare
from assay.preparation.reconcile import clean, reconcile
from assay.preparation.reduced_contract import collected, restricted
from assay.records.columns import CODE, WEIGHT
from assay.records.formats import CSV
from samples import LABS, THYROID, raw_record, raw_table

WHERE = "raw.csv"
NO_LABS = dict.fromkeys(LABS, "")
RECORDS = [
    raw_record("840801013"),
    raw_record("850801014", TSH="2.5", age="65511"),
    raw_record("850801015", TSH="-1"),
    raw_record("860801015", sex=""),
    raw_record("860801016", sex=""),
    raw_record("860801017", **NO_LABS),
    raw_record("860801018", pregnant="t", sex="M"),
]
BROKEN = [raw_record("850801019", sex="x"), raw_record("850801020", TSH="high"), raw_record("840801013")]
PARTS = st.lists(st.integers(0, 3), min_size=len(RECORDS), max_size=len(RECORDS))


def in_parts(raw: pd.DataFrame, parts: list[int]) -> list[Prepared]:
    """The table prepared in as many batches as there are different numbers, in an order of theirs."""
    of = pd.Series(parts, raw.index)
    return [prepare(raw[of == part], THYROID, WHERE) for part in dict.fromkeys(parts)]


@settings(max_examples=12)
@given(PARTS)
def test_batches_reconciled_are_the_table_cleaned(parts: list[int]) -> None:
    raw = raw_table(*RECORDS)
    whole, together = clean(raw, THYROID, WHERE), reconcile(in_parts(raw, parts), THYROID, WHERE)
    assert_frame_equal(together.records, whole.records)
    assert_frame_equal(together.quarantined, whole.quarantined)
    assert together.changes == whole.changes
    assert whole.quarantined["patient_id"].tolist() == ["850801015"]


@pytest.mark.slow
@settings(max_examples=8)
@given(st.lists(st.integers(0, 3), min_size=10, max_size=10))
def test_what_stops_the_line_is_said_once_whatever_the_batches(parts: list[int]) -> None:
    raw = raw_table(*RECORDS, *BROKEN)
    with pytest.raises(AssayError) as whole:
        clean(raw, THYROID, WHERE, CSV)
    with pytest.raises(AssayError) as together:
        reconcile(in_parts(raw, parts), THYROID, WHERE, CSV)
    assert sorted(together.value.what.splitlines()) == sorted(whole.value.what.splitlines())
    assert "column patient_id: 2 value(s) repeated: '840801013'; line 2, line 11" in whole.value.what


def test_a_broken_rule_is_told_and_nothing_is_raised() -> None:
    one = prepare(raw_table(*BROKEN), THYROID, WHERE)
    assert [(broken.columns, broken.rows, broken.values) for broken in one.broken] == [
        (("TSH",), (1,), ("high",)),
        (("sex",), (0,), ("x",)),
    ]


def without_target(raw: pd.DataFrame, dataset: Dataset) -> Prepared:
    asked = restricted(collected(dataset), {*dataset.columns} - {dataset.target})
    return Preparer(dataset, asked)(raw, WHERE)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (THYROID.time, r"no date like %y%m%d in what (\d{6})\d{3} finds (dataset.time.pattern): '84080101'"),
        (replace(THYROID.time, pattern="(.*)", format="%Y"), "no date like %Y: '84080101'"),
    ],
)
def test_a_date_that_is_none_is_told_with_its_place(time: Time, said: str) -> None:
    with pytest.raises(AssayError) as caught:
        clean(raw_table(raw_record("84080101")), replace(THYROID, time=time), WHERE)
    assert said in str(caught.value)


@pytest.mark.parametrize("there", [True, False])
def test_a_record_needs_no_target(there: bool) -> None:
    raw = raw_table(raw_record("840801013", target="no such code"))
    found = without_target(raw if there else raw.drop(columns="target"), THYROID)
    assert (found.broken, CODE in found.records) == ([], False)
    expected = prepare(raw_table(raw_record("840801013")), THYROID, WHERE).records.drop(columns=CODE)
    assert_frame_equal(found.records, expected)


def test_a_rule_that_reads_the_target_is_left_out_without_it() -> None:
    rule = Rule(where="target == '-' and age > 90", then="quarantine", why="odd", columns=["age"])
    dataset = replace(THYROID, rules={"odd": rule})
    raw = raw_table(raw_record("840801013", age="95"))
    assert len(prepare(raw, dataset, WHERE).quarantined) == 1
    assert len(without_target(raw, dataset).quarantined) == 0


def test_a_rule_that_empties_the_target_empties_the_rest_without_it() -> None:
    rule = Rule(where="age > 90", then="missing", why="odd", columns=["TSH", "target"])
    raw = raw_table(raw_record("840801013", age="95", TSH="2")).drop(columns="target")
    found = without_target(raw, replace(THYROID, rules={"odd": rule}))
    assert found.records["TSH"].isna().all()


def test_a_flag_has_the_same_type_without_the_target() -> None:
    rule = Rule(where="target == 'A'", then="missing", why="odd", columns=["sick"])
    dataset, raw = replace(THYROID, rules={"odd": rule}), raw_table(raw_record("840801013"))
    types = [found.records["sick"].dtype for found in (prepare(raw, dataset, WHERE), without_target(raw, dataset))]
    assert types == ["boolean", "boolean"]


def test_the_target_is_missed_where_it_is_needed() -> None:
    with pytest.raises(AssayError, match="missing column target"):
        prepare(raw_table(raw_record("840801013")).drop(columns="target"), THYROID, WHERE)


def test_weights_come_along() -> None:
    raw = raw_table(*RECORDS[:2]).assign(**{WEIGHT: ["2.5", "1"]})
    assert prepare(raw, THYROID, WHERE).records[WEIGHT].tolist() == [2.5, 1.0]


@pytest.mark.parametrize("weight", ["", "many", "-1", "0", "inf", None, -2.0])
def test_a_weight_that_is_none_is_refused(weight: object) -> None:
    raw = raw_table(*RECORDS[:2]).assign(**{WEIGHT: pd.Series(["1", weight], dtype=object)})
    with pytest.raises(AssayError, match="1 weight") as caught:
        prepare(raw, THYROID, WHERE)
    assert caught.value.rows == [1]
    assert WEIGHT in caught.value.where


def test_a_record_without_a_key_is_named_by_its_place_in_the_file() -> None:
    keyless = replace(THYROID, key=None, columns={**THYROID.columns, "patient_id": Column(type="text", role="ignore")})
    raw = raw_table(*RECORDS[:3])
    found = [prepare(raw.iloc[[row]], keyless, WHERE).records["record_id"].tolist() for row in (1, 0)]
    assert found == [["000000001"], ["000000000"]]


def test_the_same_row_twice_is_a_fault_of_the_program() -> None:
    one = prepare(raw_table(RECORDS[0]), THYROID, WHERE)
    with pytest.raises(ValueError, match="overlapping"):
        reconcile([one, one], THYROID, WHERE)


def test_no_batch_at_all_is_a_table_without_rows() -> None:
    with pytest.raises(AssayError, match=r"the table has no rows\n  where: raw\.csv\n  to do: restore"):
        reconcile([], THYROID, WHERE)
