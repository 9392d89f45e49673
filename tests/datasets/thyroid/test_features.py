"""Features are functions of one record, and of nothing that says what it is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.datasets.thyroid import clean, features
from assay.datasets.thyroid.columns import LABS, TREATMENTS
from samples import raw_record, raw_table

result = st.one_of(st.just(""), st.floats(0.005, 600).map(lambda value: f"{value:.3f}"))


@st.composite
def records(draw: st.DrawFn) -> pd.DataFrame:
    rows = [
        raw_record(f"8408{day:02}001", **{lab: draw(result) for lab in LABS}, sex=draw(st.sampled_from(["F", "M", ""])))
        for day in range(1, draw(st.integers(2, 5)))
    ]
    return clean(raw_table(*rows))[0]


@given(records(), st.data())
def test_the_features_of_any_slice_are_the_slice_of_the_features(table: pd.DataFrame, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, unique=True))
    pd.testing.assert_frame_equal(features(table.iloc[rows], derived=True), features(table, derived=True).iloc[rows])


@given(records())
def test_no_feature_is_infinite(table: pd.DataFrame) -> None:
    assert not np.isinf(features(table, derived=True).select_dtypes("number")).any(axis=None)


def test_nothing_that_says_what_the_record_is_becomes_a_feature(raw: pd.DataFrame) -> None:
    table = features(clean(raw)[0], derived=True)
    assert not {"record_id", "date", "code", "label", *TREATMENTS} & set(table.columns)


def test_values_by_hand() -> None:
    record = raw_record("840801013", TSH="10", T3="2", TT4="100", T4U="0.8", FTI="50", sick="t", goitre="t")
    row = features(clean(raw_table(record))[0], derived=True).iloc[0]
    assert row["log_TSH"] == pytest.approx(np.log(10), abs=1e-6)
    assert row["log_TSH_minus_log_FTI"] == pytest.approx(np.log(10 / 50), abs=1e-6)
    assert row["log_TSH_plus_log_FTI"] == pytest.approx(np.log(10 * 50), abs=1e-6)
    assert row["log_T3_per_TT4"] == pytest.approx(np.log(2 / 100), abs=1e-6)
    assert row["log_T3_per_FTI"] == pytest.approx(np.log(2 / 50), abs=1e-6)
    assert row["FTI_residual"] == pytest.approx(np.log(50 / (100 / 0.8)), abs=1e-6)
    assert (row["n_labs"], row["n_flags"]) == (5, 2)


def test_a_result_below_the_detection_limit_counts_as_the_limit() -> None:
    table = features(clean(raw_table(raw_record("840801013", TSH="0")))[0], derived=True)
    assert table["log_TSH"].iloc[0] == pytest.approx(np.log(0.005), abs=1e-6)


def test_measured_features_alone(raw: pd.DataFrame) -> None:
    table = features(clean(raw)[0], derived=False)
    assert [name for name in table if name.startswith(("log_", "n_"))] == []
    assert set(LABS) <= set(table.columns)
