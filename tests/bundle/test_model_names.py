"""A model's library takes features of any name, and scores as if they were called otherwise."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bundle.contributions import BASELINE, contributions, without
from assay.bundle.folder import describe, load_model, save_model
from assay.bundle.model_names import model_names
from assay.bundle.scoring import log_odds, score
from assay.modelling.fitting import fitted
from assay.modelling.training import with_rounds
from modelling_samples import MODELS, configured, labelled, require_library

NAMES = ["age [years]", "TSH < 4.5", 'say "x", {y}: z', "a b", "a_b", "line\nend", "größe"]
PLAIN = labelled()
ODD = replace(PLAIN, X=PLAIN.X.set_axis(NAMES, axis="columns"))
READ_BY_NAME = {"rule"}  # a hand rule knows its features by their own names


@given(st.lists(st.text(max_size=6), unique=True, max_size=8))
def test_names_stay_apart_and_plain_ones_as_they_are(names: list[str]) -> None:
    found = model_names(names)
    assert len({name.replace(" ", "_") for name in found}) == len(names)
    assert model_names(found) == found
    assert not any(set(name) & set('[]<,:"{}\n\r\0') for name in found)


@pytest.mark.parametrize("name", ["log_TSH_plus_log_FTI", "x.y", "body mass (kg)", "größe", "T3/T4", "-"])
def test_a_plain_name_is_not_changed(name: str) -> None:
    assert model_names([name]) == [name]


@pytest.mark.parametrize("name", [one for one in MODELS if one not in READ_BY_NAME])
def test_a_model_scores_as_if_its_features_had_plain_names(name: str, tmp_path: Path) -> None:
    require_library(name)
    model = configured(name, **({"early_stopping_rounds": None} if name == "xgboost" else {}))
    plain, odd = (fitted(model, records) for records in (PLAIN, ODD))
    np.testing.assert_array_equal(score(odd, ODD.X), score(plain, PLAIN.X))
    np.testing.assert_array_equal(log_odds(odd, ODD.X), log_odds(plain, PLAIN.X))
    save_model(odd, tmp_path)
    describe(tmp_path)
    np.testing.assert_array_equal(score(load_model(tmp_path), ODD.X), score(plain, PLAIN.X))
    if not without(odd):
        found = contributions(odd, ODD.X)
        assert list(found) == [*NAMES, BASELINE]
        np.testing.assert_array_equal(found, contributions(plain, PLAIN.X))


@pytest.mark.parametrize("name", ["xgboost", "hist_gbm"])
def test_early_stopping_takes_such_names_too(name: str) -> None:
    half = len(PLAIN.y) // 2
    rows = np.arange(half), np.arange(half, 2 * half)
    found = [with_rounds(configured(name), *(records.rows(one) for one in rows)) for records in (PLAIN, ODD)]
    assert found[0][:2] == found[1][:2]
