"""Features are functions of one record, and of nothing that says what it is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.config.dataset import Column, Dataset
from assay.config.schema import Features
from assay.errors import AssayError
from assay.preparation.features import MOST_CATEGORIES, OTHER, categorised, features, vocabularies
from assay.preparation.reconcile import clean
from samples import LABS, THYROID, raw_record, raw_table

TREATMENTS = ("on_thyroxine", "on_antithyroid_meds", "thyroid_surgery", "I131_treatment")


def records_of(raw: pd.DataFrame) -> pd.DataFrame:
    return clean(raw, THYROID, "").records


def seen(records: pd.DataFrame, *, derived: bool = True, drop: tuple[str, ...] = ()) -> pd.DataFrame:
    return features(records, THYROID, Features("any", derived, list(drop)))


result = st.one_of(st.just(""), st.floats(0.02, 9.9).map(lambda value: f"{value:.3f}"))  # possible for each result


@st.composite
def records(draw: st.DrawFn) -> pd.DataFrame:
    rows = [
        raw_record(f"8408{day:02}001", **{lab: draw(result) for lab in LABS}, sex=draw(st.sampled_from(["F", "M", ""])))
        for day in range(1, draw(st.integers(2, 5)))
    ]
    return records_of(raw_table(*rows))


@settings(max_examples=20)
@given(records(), st.data())
def test_the_features_of_any_slice_are_the_slice_of_the_features(table: pd.DataFrame, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, unique=True))
    pd.testing.assert_frame_equal(seen(table.iloc[rows]), seen(table).iloc[rows])


@settings(max_examples=20)
@given(records())
def test_no_feature_is_infinite(table: pd.DataFrame) -> None:
    assert not np.isinf(seen(table).select_dtypes("number")).any(axis=None)


def test_nothing_that_says_what_the_record_is_becomes_a_feature(raw: pd.DataFrame) -> None:
    table = seen(records_of(raw))
    assert not {"record_id", "date", "code", "label", *TREATMENTS} & set(table.columns)


def test_values_by_hand() -> None:
    record = raw_record("840801013", TSH="10", T3="2", TT4="100", T4U="0.8", FTI="50", sick="t", goitre="t")
    row = seen(records_of(raw_table(record))).iloc[0]
    assert row["log_TSH"] == pytest.approx(np.log(10), abs=1e-6)
    assert row["log_TSH_minus_log_FTI"] == pytest.approx(np.log(10 / 50), abs=1e-6)
    assert row["log_TSH_plus_log_FTI"] == pytest.approx(np.log(10 * 50), abs=1e-6)
    assert row["log_T3_per_TT4"] == pytest.approx(np.log(2 / 100), abs=1e-6)
    assert row["log_T3_per_FTI"] == pytest.approx(np.log(2 / 50), abs=1e-6)
    assert row["FTI_residual"] == pytest.approx(np.log(50 / (100 / 0.8)), abs=1e-6)
    assert (row["n_labs"], row["n_flags"]) == (5, 2)


def test_a_result_below_the_detection_limit_counts_as_the_limit() -> None:
    table = seen(records_of(raw_table(raw_record("840801013", TSH="0"))))
    assert table["log_TSH"].iloc[0] == pytest.approx(np.log(0.005), abs=1e-6)


def test_measured_features_alone(raw: pd.DataFrame) -> None:
    table = seen(records_of(raw), derived=False)
    assert [name for name in table if name.startswith(("log_", "n_"))] == []
    assert set(LABS) <= set(table.columns)


def test_a_feature_can_be_left_out_by_name(raw: pd.DataFrame) -> None:
    assert "TSH" not in seen(records_of(raw), drop=("TSH",))
    with pytest.raises(AssayError, match="no feature tsh"):
        seen(records_of(raw), drop=("tsh",))


def test_only_features_known_in_time_are_seen() -> None:
    columns = {
        "late": Column("number", available=False),
        "leak": Column("number", "leak"),
        "day": Column("date"),
        "flag": Column("flag", nullable=True),
        "y": Column("text", "target"),
    }
    table = pd.DataFrame(
        {
            "late": [1.0],
            "leak": [1.0],
            "day": pd.to_datetime(["1970-01-03"]).astype("datetime64[s]"),
            "flag": pd.array([None], dtype="boolean"),
        }
    )
    found = features(table, Dataset(name="small", target="y", columns=columns), Features("any", True, []))
    assert list(found) == ["day", "flag"]
    assert found["day"].tolist() == [2.0]
    assert found["flag"].dtype == "float64"


@pytest.mark.parametrize(("many", "unseen"), [(False, None), (True, OTHER)])
def test_categories_are_learned_from_train(many: bool, unseen: str | None) -> None:
    kept = [f"v{number:03}" for number in range(MOST_CATEGORIES)]
    train = pd.DataFrame({"ward": [*kept, *kept, *(["w"] if many else [])]})
    vocabulary = vocabularies(train)
    found = categorised(pd.DataFrame({"ward": ["v000", "new", None]}), vocabulary)["ward"]
    assert [None if pd.isna(value) else value for value in found] == ["v000", unseen, None]
    assert list(found.cat.categories) == [*kept, *([OTHER] if many else [])]


def test_a_feature_without_a_value_in_train_has_a_category_all_the_same() -> None:
    train = pd.DataFrame({"ward": pd.array([None, None], dtype="str")})
    found = categorised(pd.DataFrame({"ward": ["new", None]}), vocabularies(train))["ward"]
    assert list(found.cat.categories) == [OTHER]
    assert found.cat.codes.tolist() == [0, -1]
