"""Every repair of the thyroid records, and nothing but them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.datasets.thyroid import clean
from assay.datasets.thyroid.columns import FLAGS, LABS, MEASURED, RAW, RAW_ID
from assay.errors import AssayError
from assay.labels.policy import any_letter, decide
from samples import raw_record, raw_table

IDS = ("840801013", "850801014", "860801015")


def cleaned(*records: dict[str, str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """The cleaned records by id, and how often each rule found something."""
    table, changes = clean(raw_table(*records))
    return table.set_index("record_id"), {change.rule: change.count for change in changes}


def test_types_and_dates(raw: pd.DataFrame) -> None:
    records, _ = clean(raw)
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
    assert found["impossible_age"] == (not kept)


@pytest.mark.parametrize("lab", LABS)
def test_extreme_results_stay(lab: str) -> None:
    records, _ = cleaned(raw_record(IDS[0], **{lab: "881"}))
    assert records.loc[IDS[0], lab] == 881


NO_LABS = dict.fromkeys(LABS, "")


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
        clean(raw)
    assert "line 3" in str(caught.value)


def test_a_repeated_identifier_is_refused(raw: pd.DataFrame) -> None:
    raw.loc[2, RAW_ID] = raw.loc[0, RAW_ID]
    with pytest.raises(AssayError, match="line 2, line 4"):
        clean(raw)


def test_the_order_of_the_raw_rows_is_no_part_of_the_result(raw: pd.DataFrame) -> None:
    raw = raw_table(*raw.to_dict("records"), raw_record("870101001", TSH="2.5"))
    pd.testing.assert_frame_equal(clean(raw)[0], clean(raw.iloc[::-1].reset_index(drop=True))[0])


def labels(records: pd.DataFrame) -> "pd.Series[bool]":
    return any_letter(decide(records.set_index("record_id")["code"]), list("ABCDEFH"))


@given(
    row=st.integers(0, 2),
    column=st.sampled_from(RAW),
    value=st.sampled_from(
        ["", "t", "f", "M", "0", "455", "-1", "1e400", "nan", "A", "A|K", "-", "Z", "840801013", "\u0661"]
    )
    | st.text(max_size=9),
)
def test_one_corrupt_cell_is_refused_by_name_or_leaves_everything_else_alone(row: int, column: str, value: str) -> None:
    raw = raw_table(*(raw_record(i, TSH=tsh) for i, tsh in zip(IDS, ("1.5", "2.5", "3.5"), strict=True)))
    before, _ = clean(raw)
    raw.loc[row, column] = value
    try:
        after, _ = clean(raw)
    except AssayError as error:
        assert column in str(error) or f"{column}_measured" in str(error)
        return
    others = [i for i in IDS if i != IDS[row]]
    by_id = [table.set_index("record_id") for table in (before, after)]
    pd.testing.assert_frame_equal(by_id[0].loc[others], by_id[1].loc[others])
    if column not in ("target", RAW_ID):
        pd.testing.assert_series_equal(labels(before), labels(after))
