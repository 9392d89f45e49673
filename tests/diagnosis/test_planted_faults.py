"""Every cause is found where it was planted, and none where none was."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from assay.diagnosis import amount, faults, features, labels, parameters, values
from assay.diagnosis.evidence import Evidence
from assay.diagnosis.finding import Finding, Verdict
from assay.labels.suspects import estimated_errors, ranked
from diagnosis_samples import evidence, table
from modelling_samples import configured

HOLDS, DOES_NOT = Verdict.HOLDS, Verdict.DOES_NOT


def judged_labels(found: Evidence) -> Finding:
    order = ranked(found.y, found.scores).tolist()
    return labels.examine(found, order, estimated_errors(found.y, found.scores))


EXAMINED: dict[str, Callable[[Evidence], Finding]] = {
    "features": lambda found: features.examine(found, 2, {}),
    "parameters": lambda found: parameters.examine(found, None, "Nothing was decided yet.", {}),
    "labels": judged_labels,
    "values": lambda found: values.examine(found, {}, 0),
    "faults": faults.examine,
    "amount": lambda found: amount.examine(found, repeats=2),
}


@pytest.fixture(scope="module", params=range(3))
def sound(request: pytest.FixtureRequest) -> Evidence:
    return evidence(*table(seed=request.param))


@pytest.mark.parametrize("cause", EXAMINED)
def test_a_table_without_faults_is_accused_of_none(cause: str, sound: Evidence) -> None:
    found = EXAMINED[cause](sound)
    assert found.verdict is not HOLDS
    if cause in ("features", "values", "faults"):
        assert found.verdict is DOES_NOT


def test_every_value_of_the_sound_table_adds_something(sound: Evidence) -> None:
    found = EXAMINED["features"](sound)
    assert {one["value"] for one in found.facts["importances"]} == {"a", "b", "c", "flag", "site"}
    assert found.measured.startswith("5 of 5 values add something; most: a ")


def noise(n: int, columns: int) -> pd.DataFrame:
    values = np.random.default_rng(1).normal(size=(n, columns))
    return pd.DataFrame(values, columns=[f"noise{number}" for number in range(columns)])


def test_a_useless_feature_is_named_and_harmless() -> None:
    X, y = table()
    found = EXAMINED["features"](evidence(X.join(noise(len(X), 1)), y))
    assert found.facts["weak"] == ["noise0"]
    assert found.verdict is DOES_NOT
    assert found.commands == []


@pytest.mark.slow
def test_useless_features_that_drown_the_others_hold_the_model_back() -> None:
    X, y = table(400)
    found = EXAMINED["features"](evidence(X.join(noise(len(X), 40)), y, dropped=["old"]))
    assert found.verdict is HOLDS
    assert found.gain is not None
    assert found.gain.low > 0
    assert {*found.facts["weak"]} >= {"noise0", "noise39"}
    assert not {"a", "b"} & {*found.facts["weak"]}
    assert found.commands[0].startswith("dvc exp run -S 'features.drop=[old,")


def test_features_that_tell_nothing_hold_the_model_back() -> None:
    X, y = table(900)
    found = EXAMINED["features"](evidence(noise(len(X), 5), y))
    assert (found.verdict, found.gain) == (HOLDS, None)
    assert found.measured == "No value adds anything that can be told from chance."


def test_features_that_only_another_model_uses_are_not_accused() -> None:
    X, y = table(900)
    blind, able = evidence(X, y, configured("majority")), evidence(X, y)
    found = features.examine(blind, 1, {"logistic": able.scores})
    assert found.verdict is DOES_NOT
    assert "logistic can use them" in found.measured
    missing = values.examine(evidence(X.assign(a=X["a"].mask(X.index < 300)), y, configured("majority")), {}, 0)
    assert missing.verdict is Verdict.UNDECIDED
    assert missing.measured.startswith("All positives are missed")


def test_a_table_too_small_to_say_what_carries_the_model_accuses_no_feature() -> None:
    X, y = table(70, seed=1)
    found = EXAMINED["features"](evidence(X[["c", "site"]], y))
    assert found.verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(("label", "share"), [(0, 0.6), (1, 0.25)])  # wrong negatives hide among many right ones
def test_turned_labels_are_suspected(label: int, share: float) -> None:
    X, y = table()
    turned = np.random.default_rng(2).choice(np.flatnonzero(y == label), 25, replace=False)
    wrong = y.copy()
    wrong.iloc[turned] = 1 - label
    found = evidence(X, wrong)
    finding = judged_labels(found)
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.gain is not None
    assert finding.gain.at_most
    assert finding.gain.low > 0.02
    assert finding.commands == ["assay review --annotator NAME"]
    listed = ranked(found.y, found.scores)[: finding.facts["suspects"]]
    assert len({*turned} & {*listed}) > share * len(listed)
    assert ("more than chance explains" in finding.measured) == (label == 0)


def test_a_feature_that_stopped_at_a_date_holds_the_model_back() -> None:
    X, y = table()
    found = EXAMINED["faults"](evidence(X.assign(a=X["a"].where(X.index < 1100, 0.0)), y))
    assert found.verdict is HOLDS
    assert "a (constant at the end)" in found.measured
    assert [one["feature"] for one in found.facts["shifted"]] == ["a"]


@pytest.mark.parametrize(
    ("more", "idle", "identical"),
    [
        ({"still": 1.0}, ["still"], []),
        ({"none": np.nan}, ["none"], []),
        ({"rare": [1.0] * 3 + [np.nan] * 1497}, ["rare"], []),
        ({"twice": "a"}, [], ["twice (a)"]),
    ],
)
def test_features_that_say_nothing_or_the_same_are_named(more: dict, idle: list[str], identical: list[str]) -> None:
    X, y = table()
    planted = X.assign(**{name: X[value] if value == "a" else value for name, value in more.items()})
    found = EXAMINED["faults"](evidence(planted, y))
    assert (found.facts["idle"], found.facts["identical"]) == (idle, identical)
    assert found.verdict is (Verdict.UNDECIDED if idle else DOES_NOT)


def test_values_that_are_missing_where_positives_are_missed_hold_the_model_back() -> None:
    X, y = table()
    gap = np.random.default_rng(3).random(len(X)) < 0.3
    found = EXAMINED["values"](evidence(X.assign(a=X["a"].mask(gap)), y))
    assert found.verdict is HOLDS
    assert "others: a missing." in found.measured
    first = found.facts["contrasts"][0]
    assert first["what"] == "a missing"
    assert first["p"] < 0.05
    assert first["missed"] > 0


def test_values_that_are_missing_where_positives_are_found_accuse_nothing() -> None:
    X, y = table()
    ill = np.flatnonzero(y == 1)[::3]
    found = EXAMINED["values"](evidence(X.assign(a=X["a"].mask(X.index.isin(ill))), y))
    assert found.verdict is DOES_NOT


def test_values_that_the_contract_finds_unlikely_are_held_against_the_missed() -> None:
    X, y = table()
    wrong = np.random.default_rng(4).random(len(X)) < 0.2
    planted = X.assign(a=X["a"].where(~wrong, -X["a"]))
    found = EXAMINED["values"](evidence(planted, y, noted={"a_plausible": wrong}))
    assert found.verdict is HOLDS
    assert found.facts["contrasts"][0]["what"] == "a_plausible"


def test_a_table_too_small_for_its_model_wants_records() -> None:
    X, y = table(500)
    found = EXAMINED["amount"](evidence(X, y, configured("lightgbm")))
    assert found.verdict is HOLDS
    assert found.commands == ["assay learning-curve"]
    assert found.measured.startswith("From 200 to 400 training records")


def test_a_model_that_was_never_tuned_is_beaten_by_the_yardstick() -> None:
    stump = configured("lightgbm", n_estimators=2, num_leaves=2)
    found = EXAMINED["parameters"](evidence(*table(700), stump))
    assert found.verdict is HOLDS
    assert found.commands == ["assay choose"]


def test_a_model_that_its_baseline_beats_is_held_back() -> None:
    X, y = table()
    weak = evidence(X[["b", "c", "flag"]], y)
    found = parameters.examine(
        weak, None, "Nothing was decided yet.", {"plain": evidence(X, y).scores, "none": np.arange(len(y)) / len(y)}
    )
    assert found.verdict is HOLDS
    assert "Of plain, none, LightGBM as its library sets it the best, plain, changes" in found.measured


def test_a_model_that_the_yardstick_does_not_beat_is_not_acquitted(sound: Evidence) -> None:
    found = EXAMINED["parameters"](sound)
    assert found.verdict is Verdict.NOT_MEASURED
    assert found.gain is None
    assert found.commands == ["assay choose"]
