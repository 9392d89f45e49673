"""What the configuration of an ensemble may say: its members get folders of their own, and are models."""

from typing import Any

import pytest

from assay.config.load import typed
from assay.errors import AssayError
from modelling_samples import configured
from samples import plain

LOGISTIC = configured("logistic")


def config(**members: Any) -> dict[str, Any]:
    return {**plain(), "model": configured("ensemble", members=members)}


def test_members_are_read_as_the_models_that_they_are() -> None:
    model = typed(config(linear=LOGISTIC, trees=configured("lightgbm"))).model
    assert [type(one).__name__ for one in model.members.values()] == ["Logistic", "LightGBM"]


def test_a_model_without_a_schema_may_be_one() -> None:
    mine = {"name": "mine", "_target_": "sklearn.naive_bayes.GaussianNB"}
    assert typed(config(mine=mine)).model.members == {"mine": mine}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "model.members is no mapping of names to models"),
        ({"../../outside": LOGISTIC}, "'../../outside' is no name"),
        ({"/tmp/outside": LOGISTIC}, "'/tmp/outside' is no name"),
        ({"model.ubj": LOGISTIC}, "'model.ubj' is no name"),
        ({"a" * 61: LOGISTIC}, "is no name"),
        ({"inner": configured("ensemble")}, "model.members.inner is an ensemble itself"),
        ({"inner": {**configured("ensemble"), "name": "mine"}}, "model.members.inner is an ensemble itself"),
        ({"mine": {"_target_": "sklearn.naive_bayes.GaussianNB"}}, "model.members.mine.name is missing"),
        ({"mine": {"name": "mine"}}, "model.members.mine._target_ is missing"),
        ({"mine": {"name": "mine", "_target_": "os.system"}}, "model.members.mine._target_='os.system'"),
        ({"linear": {**LOGISTIC, "C": 0}}, "model.members.linear.C=0"),
        ({"linear": {**LOGISTIC, "D": 0}}, "D: unknown key"),
        ({"linear": 3}, "model.members.linear=3"),
        ({"rule": {**configured("rule"), "rule": None}}, "this dataset has no hand rule"),
    ],
)
def test_what_can_be_no_member_is_refused(members: dict, said: str) -> None:
    with pytest.raises(AssayError) as caught:
        typed(config(**members))
    assert said in caught.value.what
