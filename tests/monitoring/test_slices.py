"""The groups of records by the slices of the contract, and what a bundle may say of them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.monitoring.slices import NEW, Group, Slices, named, slices

EDGES: dict[str, list[int]] = {"age": [40, 60], "sex": [], "sick": []}
ONE = {"counts": [1, 2, 0], "positives": [0, 1, 0]}
STATED = {
    "sex": {"unknown": ONE, "F": ONE, "M": ONE},
    "age": {"60 and over": ONE, "under 40": ONE},
    "sick": {"False": ONE, "True": ONE},
}
KNOWN = slices(STATED, EDGES, bins=3)


def names(places: np.ndarray) -> list[str]:
    return [KNOWN.groups[place].name for place in places]


def test_bands_come_in_their_order_and_each_column_has_a_group_for_what_is_new() -> None:
    assert [str(one) for one in KNOWN.groups[:3]] == ["age under 40", "age 60 and over", f"age {NEW}"]
    assert [one.column for one in KNOWN.groups if one.name == NEW] == ["age", "sex", "sick"]
    assert KNOWN.counts[KNOWN.of("sex")["F"]].tolist() == [1, 2, 0]
    assert KNOWN.counts[KNOWN.of("sex")[NEW]].sum() == 0


@pytest.mark.parametrize(
    "features",
    [
        {"age": np.array([39.9, 60, 50, np.nan]), "sex": np.array(["F", "M", "X", None], "object")},
        {"age": [39.9, 60, 50, None], "sex": ["F", "M", "X", None]},
        pd.DataFrame({"age": [39.9, 60, 50, np.nan], "sex": pd.Categorical(["F", "M", "X", None])}),
    ],
    ids=["of a file", "of a log", "of a table"],
)
def test_a_record_is_in_the_same_group_wherever_it_comes_from(features: Any) -> None:
    found = KNOWN.place(features)
    assert names(found["sex"]) == ["F", "M", NEW, "unknown"]
    assert names(found["age"]) == ["under 40", "60 and over", NEW, NEW]  # no age of the training was missing
    assert "sick" not in found


def test_truth_values_are_groups() -> None:
    assert names(KNOWN.place({"sick": [True, False]})["sick"]) == ["True", "False"]


def test_rare_values_are_in_the_group_that_the_training_made_of_them() -> None:
    known = slices({"source": {"a": ONE, "(other)": ONE}}, {"source": []}, bins=3)
    assert [known.groups[place].name for place in known.place({"source": ["a", "b"]})["source"]] == ["a", "(other)"]


def test_counts_of_parts_add_up_and_each_record_is_in_one_group_of_each_column() -> None:
    generator = np.random.default_rng(0)
    sex, bins, months = generator.choice(["F", "M", "X"], 500), generator.integers(0, 3, 500), np.arange(500) % 4
    whole = KNOWN.counted({"sex": sex}, months, bins, 4)
    parts = [KNOWN.counted({"sex": sex[one]}, months[one], bins[one], 4) for one in (slice(0, 99), slice(99, None))]
    assert (whole == sum(parts)).all()
    assert whole.sum() == 500
    assert whole[2, KNOWN.of("sex")["M"], 1] == ((sex == "M") & (bins == 1) & (months == 2)).sum()


def test_no_records_have_no_groups() -> None:
    assert KNOWN.counted({"sex": [], "age": []}, np.empty(0, int), np.empty(0, int), 0).shape[0] == 0


def test_records_without_features_are_in_no_group() -> None:
    found = KNOWN.of_records({"sex": ["F"]}, np.array([1]), 3)[named("sex")]
    assert found.tolist() == [-1, KNOWN.of("sex")["F"], -1]


@pytest.mark.parametrize(
    "stated",
    [
        {"weight": {"a": ONE}},
        {"sex": {"F": {"counts": [1, 2], "positives": [0, 1]}}},
        {"sex": {"F": {"counts": [1, 2, 0], "positives": [2, 1, 0]}}},
        {"sex": {"F": {"counts": [1, None, 0], "positives": [0, 1, 0]}}},
        {"sex": {"F": {"counts": ["a", 2, 0], "positives": [0, 1, 0]}}},
        {"sex": ["F"]},
        [],
        "sex",
    ],
    ids=str,
)
def test_what_train_does_not_write_is_refused(stated: Any) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        slices(stated, EDGES, bins=3)


def test_a_contract_without_slices_has_no_groups() -> None:
    none = slices({}, {}, bins=3)
    assert isinstance(none, Slices)
    assert none.groups == ()
    assert none.counts.shape == (0, 3)


def test_a_group_reads_as_words() -> None:
    assert str(Group("referral_source", "SVI")) == "referral source SVI"


def test_records_without_the_column_are_in_no_group() -> None:
    assert (KNOWN.of_records({}, np.array([0]), 2) == -1).all().all()
    assert len(slices({}, {}, bins=3).of_records({"sex": ["F"]}, np.array([0]), 2)) == 2
