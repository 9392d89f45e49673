"""No record of a block is among those that its model, its search or its early stopping learned from."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from optuna.distributions import FloatDistribution

from assay.choose.blocks import least_folds, parts_of
from assay.choose.candidates import Tuning
from assay.choose.nested import block_scores
from assay.modelling.records import Records
from assay.modelling.training import out_of_fold
from assay.sweep.search_space import Dimension, Search
from assay.sweep.study import UNPRUNED
from modelling_samples import SAW, configured, labelled, numbered

FOLDS, RECORDS = 4, numbered(40)
LEVEL = Tuning(Search(trials=3, space={"model.level": Dimension(0.0, 1.0)}), {"model.level": FloatDistribution(0, 1)})
RECORDER = {
    "name": "recorder",
    "threshold": None,
    "_target_": "modelling_samples.Recorder",
    "level": 0.5,
}


def grouped() -> Records:
    """Records of ten groups, whole groups of which are in a block."""
    groups = pd.Series([f"g{number % 10}" for number in range(40)])
    return Records(RECORDS.X, RECORDS.y, groups)


@pytest.fixture(autouse=True)
def _seen(spies: None) -> None:
    SAW.clear()


def ages(positions: np.ndarray, records: Records = RECORDS) -> set[float]:
    return set(records.X["age"].iloc[positions])


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("tuning", [None, LEVEL], ids=["as it is", "tuned"])
@pytest.mark.parametrize("records", [RECORDS, grouped()], ids=["contiguous", "groups"])
@pytest.mark.parametrize("number", range(FOLDS))
def test_a_block_is_scored_once_and_before_that_nothing_sees_it(
    number: int, records: Records, tuning: Tuning | None, early_stopping: bool
) -> None:
    model = {**RECORDER, "early_stopping": early_stopping}
    scores = block_scores(model, tuning, records, FOLDS, number)
    block = ages(parts_of(records, FOLDS)[number], records)
    assert len(scores) == len(block)
    *before, last = SAW
    for one in SAW:
        assert not block & (one["learned"] | one["stopped"])
    assert not any(block & scored for one in before for scored in one["scored"])
    assert last["scored"] == [block]
    assert last["learned"] == ages(np.arange(len(records.y)), records) - block
    assert last["stopped"] == set()
    assert any(one["stopped"] for one in before) is early_stopping


@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_search_scores_what_no_model_of_it_learned_from(early_stopping: bool) -> None:
    block_scores({**RECORDER, "early_stopping": early_stopping}, LEVEL, RECORDS, FOLDS, 0)
    for one in SAW:
        assert not any((one["learned"] | one["stopped"]) & scored for scored in one["scored"])
        assert not one["learned"] & one["stopped"]


@pytest.mark.parametrize("name", ["logistic", "lightgbm", "ensemble"])
def test_the_scores_are_those_of_train(name: str) -> None:
    records, model = labelled(120), configured(name)
    by_block = [block_scores(model, None, records, FOLDS, number) for number in range(FOLDS)]
    expected, _ = out_of_fold(model, records, FOLDS)
    for part, scores in zip(parts_of(records, FOLDS), by_block, strict=True):
        np.testing.assert_array_equal(scores, expected[part])


@pytest.mark.parametrize(
    ("early_stopping", "tuning", "least"), [(False, None, 2), (True, None, 3), (False, LEVEL, 3), (True, LEVEL, 4)]
)
def test_with_as_many_folds_as_it_needs_each_block_gets_scores(
    early_stopping: bool, tuning: Tuning | None, least: int
) -> None:
    model = {**RECORDER, "early_stopping": early_stopping}
    assert least_folds(model, tuned=tuning is not None) == least
    by_block = [block_scores(model, tuning, RECORDS, least, number) for number in range(least)]
    assert sum(map(len, by_block)) == len(RECORDS.y)
    assert np.isfinite(np.concatenate(by_block)).all()


def space(**dimensions: Dimension) -> Tuning:
    search = Search(trials=UNPRUNED + 3, space={f"model.{key}": one for key, one in dimensions.items()})
    return Tuning(search, {f"model.{key}": FloatDistribution(one.low, one.high) for key, one in dimensions.items()})


def test_a_tuned_candidate_is_the_same_twice_and_its_scores_are_probabilities() -> None:
    tuning, model, records = space(C=Dimension(0.001, 1.0)), configured("logistic"), labelled(160)
    once, again = (block_scores(model, tuning, records, FOLDS, 1) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert ((once > 0) & (once < 1)).all()
    assert abs(once.mean() - records.y.mean()) < 0.1


def test_a_search_reaches_the_members_of_an_ensemble() -> None:
    from assay.choose.tuning import tuned

    model: dict[str, Any] = {**configured("ensemble"), "members": {"logistic": configured("logistic"), "x": RECORDER}}
    key = "model.members.logistic.C"
    tuning = Tuning(Search(trials=2, space={key: Dimension(0.01, 0.5)}), {key: FloatDistribution(0.01, 0.5)})
    records = labelled(80)
    found = tuned(model, tuning, records, parts_of(records, 3))
    assert list(found.values) == [key]
    assert found.model["members"]["logistic"]["C"] == found.values[key] <= 0.5
    assert found.model["members"]["x"] == RECORDER
    assert model["members"]["logistic"]["C"] == 1.0
