"""Cleaning by the thyroid contract: every rule fires on its plant, and nothing else is touched."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.config.dataset import Column, Dataset
from assay.errors import AssayError
from assay.labels.policy import any_letter, more_likely
from assay.preparation.reconcile import Cleaned, clean
from assay.records.formats import CSV, PARQUET
from samples import FLAGS, LABS, MEASURED, THYROID, raw_record, raw_table

IDS = ("840801013", "850801014", "860801015")
WHERE = "raw.csv"
NO_LABS = dict.fromkeys(LABS, "")


def cleaned(*records: dict[str, str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """The cleaned records by id, and how often each rule found something."""
    result = clean(raw_table(*records), THYROID, WHERE)
    return result.records.set_index("record_id"), {change.rule: change.count for change in result.changes}


def test_types_and_dates(raw: pd.DataFrame) -> None:
    records = clean(raw, THYROID, WHERE).records
    assert records["record_id"].tolist() == list(IDS)
    assert records["date"].dt.strftime("%Y-%m-%d").tolist() == ["1984-08-01", "1985-08-01", "1986-08-01"]
    assert records["TSH"].tolist() == [1.5, 2.5, 3.5]
    assert records["TBG"].isna().all()
    assert set(map(str, records[list(FLAGS)].dtypes)) == {"bool"}
    assert records["sex"].astype("str").tolist() == ["F", "F", "M"]
    assert not set(MEASURED) & set(records.columns)


@pytest.mark.parametrize(
    ("age", "kept"),
    [("0", True), ("1", True), ("97", True), ("120", True), ("121", False), ("65511", False), ("-1", False)],
)
def test_an_age_that_nobody_reaches_becomes_missing(age: str, kept: bool) -> None:
    records, found = cleaned(raw_record(IDS[0], age=age))
    assert records["age"].notna().all() == kept
    assert found["age_range"] == (not kept)


@pytest.mark.parametrize(("lab", "extreme"), [("TSH", "530"), ("FTI", "881"), ("TT4", "600")])
def test_extreme_results_that_can_be_true_stay_and_are_counted(lab: str, extreme: str) -> None:
    records, found = cleaned(raw_record(IDS[0], **{lab: extreme}))
    assert records.loc[IDS[0], lab] == float(extreme)
    assert found[f"{lab}_plausible"] == 1


@pytest.mark.parametrize("lab", LABS)
def test_an_impossible_result_puts_the_record_into_quarantine_with_its_rule(lab: str) -> None:
    result = clean(raw_table(raw_record(IDS[0], **{lab: "-1"}), raw_record(IDS[1])), THYROID, WHERE)
    assert result.records["record_id"].tolist() == [IDS[1]]
    assert result.quarantined["rule"].tolist() == [f"{lab}_range"]
    assert result.quarantined["patient_id"].tolist() == [IDS[0]]


@pytest.mark.parametrize(
    ("values", "dropped"),
    [
        ({}, True),
        ({**NO_LABS, "TSH": "1.5", "T3": "2.0", "FTI": "100"}, True),
        ({**NO_LABS, "TSH": "1.5", "FTI": "100"}, False),
        (NO_LABS, False),
    ],
    ids=["five results", "three results", "two results", "no result"],
)
def test_the_later_of_two_equal_records_is_dropped_if_it_has_three_results(values: dict, dropped: bool) -> None:
    records, found = cleaned(raw_record(IDS[1], **values), raw_record(IDS[0], **values))
    assert list(records.index) == ([IDS[0]] if dropped else [IDS[0], IDS[1]])
    assert (found["repeated_record"], found["sparse_repeat"]) == (int(dropped), int(not dropped))


@pytest.mark.parametrize("change", [{"TSH": "1.6"}, {"target": "K"}, {"sick": "t"}, {"sex": "M"}, {"age": "41"}])
def test_records_that_differ_anywhere_are_both_kept(change: dict[str, str]) -> None:
    records, _ = cleaned(raw_record(IDS[0]), raw_record(IDS[1], **change))
    assert len(records) == 2


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("fti_off_by_10_percent", {"FTI": "115"}),
        ("fti_off_by_50_percent", {"FTI": "160"}),
        ("pregnant_over_50", {"pregnant": "t", "age": "51"}),
        ("pregnant_sex_missing", {"pregnant": "t", "sex": ""}),
        ("both_queries", {"query_hypothyroid": "t", "query_hyperthyroid": "t"}),
        ("no_result", NO_LABS),
    ],
)
def test_what_is_odd_is_counted_and_kept(rule: str, values: dict[str, str]) -> None:
    records, found = cleaned(raw_record(IDS[0], **values), raw_record(IDS[1], TSH="9"))
    assert found[rule] == 1
    assert len(records) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("patient_id", "84080101"),
        ("patient_id", "841301013"),
        ("patient_id", "840731013"),
        ("patient_id", "990801013"),
        ("patient_id", "abcdefghi"),
        ("sex", "f"),
        ("on_thyroxine", "yes"),
        ("on_thyroxine", ""),
        ("TSH_measured", "f"),
        ("TSH", "n/a"),
        ("referral_source", ""),
        ("target", ""),
        ("target", "A|"),
        ("target", "Z"),
        ("target", "a"),
    ],
)
def test_what_breaks_the_contract_is_refused_and_named(raw: pd.DataFrame, column: str, value: str) -> None:
    raw.loc[1, column] = value
    with pytest.raises(AssayError, match=f"column {column}") as caught:
        clean(raw, THYROID, WHERE, CSV)
    assert "line 3" in str(caught.value)


def test_everything_that_stops_the_line_is_said_at_once(raw: pd.DataFrame) -> None:
    raw.loc[0, "sex"], raw.loc[1, "target"], raw.loc[2, "TSH"] = "X", "Z", "high"
    with pytest.raises(AssayError, match="3 rules of the contract are broken") as caught:
        clean(raw, THYROID, WHERE, CSV)
    said = str(caught.value)
    named = ("column TSH", "'high'", "column sex", "line 2", "column target")
    assert [text for text in named if text not in said] == []


@pytest.mark.parametrize(("form", "said"), [(CSV, "line 2, line 4"), (PARQUET, "row 1, row 3"), (None, "row 1, row 3")])
@pytest.mark.parametrize("where", ["raw.csv", "a request"])
def test_a_repeated_identifier_is_refused(raw: pd.DataFrame, where: str, form: str | None, said: str) -> None:
    raw.loc[2, "patient_id"] = raw.loc[0, "patient_id"]
    with pytest.raises(AssayError, match=said):
        clean(raw, THYROID, where, form)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="TSH"), ["missing column TSH"]),
        (lambda t: t.assign(more=""), ["unknown column more"]),
        (lambda t: t.rename(columns={"TSH": "tsh"}), ["missing column TSH", "unknown column tsh", "rename it"]),
        (lambda t: t.head(0), ["no rows"]),
    ],
    ids=["missing", "unknown", "renamed", "empty"],
)
def test_wrong_columns_are_named(raw: pd.DataFrame, change, said: list[str]) -> None:
    with pytest.raises(AssayError) as caught:
        clean(change(raw), THYROID, WHERE)
    assert [text for text in [*said, WHERE] if text not in str(caught.value)] == []


def test_the_weights_of_a_sample_stay_with_their_records_and_make_no_difference(raw: pd.DataFrame) -> None:
    doubled = pd.concat([raw, raw.tail(1).assign(patient_id="870101001")], ignore_index=True)
    weighted = doubled[::-1].assign(sample_weight=["7", "3", "2.5", "1"])
    plain, found = (clean(table, THYROID, WHERE) for table in (doubled, weighted))
    assert found.records["sample_weight"].tolist() == [1, 2.5, 3]  # the later of two equal records is dropped
    pd.testing.assert_frame_equal(found.records.drop(columns="sample_weight"), plain.records)
    assert found.changes == plain.changes


def test_the_order_of_the_raw_rows_is_no_part_of_the_result(raw: pd.DataFrame) -> None:
    raw = raw_table(*raw.to_dict("records"), raw_record("870101001", TSH="2.5"))
    forwards, backwards = (clean(table, THYROID, WHERE) for table in (raw, raw.iloc[::-1].reset_index(drop=True)))
    pd.testing.assert_frame_equal(forwards.records, backwards.records)


def labels(records: pd.DataFrame) -> "pd.Series[bool]":
    return any_letter(more_likely(records.set_index("record_id")["code"]), list("ABCDEFH"))


def total(result: Cleaned) -> dict[str, int]:
    return {change.rule: change.count for change in result.changes}


@settings(max_examples=40)
@given(
    row=st.integers(0, 2),
    column=st.sampled_from(list(THYROID.columns)),
    value=st.sampled_from(
        ["", "t", "f", "M", "0", "455", "-1", "1e400", "nan", "A", "A|K", "-", "Z", "840801013", "٣", "2001"]
    )
    | st.text(max_size=9),
)
def test_one_corrupt_cell_is_named_repaired_quarantined_or_harmless(row: int, column: str, value: str) -> None:
    raw = raw_table(*(raw_record(i, TSH=tsh) for i, tsh in zip(IDS, ("1.5", "2.5", "3.5"), strict=True)))
    before = clean(raw, THYROID, WHERE)
    raw.loc[row, column] = value
    try:
        after = clean(raw, THYROID, WHERE)
    except AssayError as error:
        assert column in str(error) or f"{column}_measured" in str(error)
        return
    others = [i for i in IDS if i != IDS[row]]
    by_id = [result.records.set_index("record_id") for result in (before, after)]
    pd.testing.assert_frame_equal(by_id[0].loc[others], by_id[1].loc[others])
    if len(after.quarantined):
        assert column in after.quarantined["rule"].iloc[0]
        assert after.quarantined[column].tolist() == [value]
    elif column not in ("target", "patient_id"):
        pd.testing.assert_series_equal(labels(before.records), labels(after.records))
    if column == "age" and by_id[1].iloc[row].isna()["age"]:
        assert total(after)["age_range"] + total(after)["empty_is_missing"] > 0


def small(**columns: Column) -> Dataset:
    return Dataset(name="small", key="id", target="y", columns={"id": Column("text", "id"), **columns})


@pytest.mark.parametrize(
    ("column", "texts", "expected"),
    [
        (Column("flag", nullable=True), ["Yes", "n", "", "TRUE", "0"], [True, False, None, True, False]),
        (Column("flag"), ["on", "off", "1", "F", "y"], [True, False, True, False, True]),
        (Column("number", nullable=True), ["1", "NA", " 2.5", "1e3", "-4"], [1, None, 2.5, 1000, -4]),
        (Column("category", nullable=True), ["b", "?", "a", "a", "ü"], ["b", None, "a", "a", "ü"]),
    ],
    ids=["flags of any spelling, some missing", "flags of any spelling", "numbers", "categories as they come"],
)
def test_a_table_of_ones_own(column: Column, texts: list[str], expected: list) -> None:
    dataset = replace(small(x=column, y=Column("category", "target")), missing=["", "NA", "?"])
    raw = pd.DataFrame({"id": list("abcde"), "x": texts, "y": "no"}, dtype="str")
    values = clean(raw, dataset, WHERE).records["x"]
    assert [None if pd.isna(value) else value for value in values] == expected


def test_without_a_key_a_record_is_known_by_its_row() -> None:
    dataset = Dataset(name="small", target="y", columns={"y": Column("category", "target")})
    records = clean(pd.DataFrame({"y": ["a", "b"]}, dtype="str"), dataset, WHERE).records
    assert records["record_id"].tolist() == ["000000000", "000000001"]
    assert records["code"].tolist() == ["a", "b"]


def test_what_no_one_may_see_later_does_not_pass() -> None:
    dataset = small(
        x=Column("number"), c=Column("flag", "check"), i=Column("text", "ignore"), y=Column("text", "target")
    )
    raw = pd.DataFrame({"id": ["a"], "x": ["1"], "c": ["t"], "i": ["note"], "y": ["no"]}, dtype="str")
    assert list(clean(raw, dataset, WHERE).records) == ["record_id", "x", "i", "code"]
