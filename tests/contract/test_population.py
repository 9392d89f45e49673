"""Who is screened, and by which groups results are reported."""

import pytest

from assay.contract.population import exclusions, slices
from assay.contract.rules import Condition
from assay.errors import AssayError
from assay.preparation.reconcile import clean
from samples import LABS, THYROID, raw_record, raw_table

NO_LABS = dict.fromkeys(LABS, "")


def of(function, **values: str):
    """What `function` says of one thyroid record."""
    return function(clean(raw_table(raw_record("840801013", **values)), THYROID, "").records, THYROID).iloc[0]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, ""),
        ({"TSH": ""}, ""),
        ({"on_thyroxine": "t"}, "treated: on_thyroxine"),
        ({"on_antithyroid_meds": "t"}, "treated: on_antithyroid_meds"),
        ({"thyroid_surgery": "t"}, "treated: thyroid_surgery"),
        ({"I131_treatment": "t"}, "treated: I131_treatment"),
        ({"I131_treatment": "t", "on_thyroxine": "t"}, "treated: on_thyroxine"),
        ({"query_on_thyroxine": "t"}, ""),
        (NO_LABS, "no laboratory result"),
        ({**NO_LABS, "on_thyroxine": "t"}, "treated: on_thyroxine"),
    ],
)
def test_why_a_record_is_outside_the_population(values: dict[str, str], reason: str) -> None:
    assert of(exclusions, **values) == reason


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("39", "under 40"),
        ("40", "40 to 59"),
        ("59", "40 to 59"),
        ("60", "60 to 74"),
        ("75", "75 and over"),
        ("455", "unknown"),
    ],
)
def test_age_bands(age: str, band: str) -> None:
    assert of(slices, age=age)["age"] == band


def test_a_missing_sex_is_a_group_of_its_own() -> None:
    assert of(slices, sex="")["sex"] == "unknown"
    assert of(slices, sex="M")["sex"] == "M"


def test_an_expression_that_cannot_be_evaluated_is_named() -> None:
    with pytest.raises(AssayError, match=r"dataset\.rules\.old"):
        Condition("agee > 50", {"age": "number"}, "dataset.rules.old.where")
    with pytest.raises(AssayError, match="no condition"):
        Condition("1 + 1", {"age": "number"}, "dataset.rules.sum.where")
