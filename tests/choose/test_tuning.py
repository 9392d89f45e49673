"""What a search finds on some blocks of records, and what it gives up."""

import numpy as np
import pandas as pd
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution

from assay.choose.blocks import parts_of
from assay.choose.candidates import Tuning
from assay.choose.tuning import Tuned, scored, tuned, with_values
from assay.modelling.records import Records
from assay.sweep.search_space import Dimension, Search
from assay.sweep.study import UNPRUNED
from modelling_samples import configured, labelled

RECORDS = labelled(160)
PARTS = parts_of(RECORDS, 4)
STRENGTH = Dimension(0.0001, 10.0, log=True)
LOGISTIC = configured("logistic")


def strength(trials: int, **more: object) -> Tuning:
    search = Search(trials=trials, space={"model.C": STRENGTH}, **more)  # type: ignore[arg-type]
    return Tuning(search, {"model.C": FloatDistribution(0.0001, 10, log=True)})


def test_the_first_trial_is_the_model_as_it_is() -> None:
    found = tuned(LOGISTIC, strength(1), RECORDS, PARTS)
    assert found.values == {"model.C": 1.0}
    assert found.model == LOGISTIC


@pytest.mark.parametrize(("own", "first"), [(100.0, 10.0), (1e-9, 0.0001), (None, 0.0001)])
def test_a_model_outside_of_the_space_begins_at_the_nearer_end(own: float | None, first: float) -> None:
    assert tuned({**LOGISTIC, "C": own}, strength(1), RECORDS, PARTS).values == {"model.C": first}


def test_a_choice_that_the_space_lacks_begins_at_its_first() -> None:
    key = "model.class_weight"
    tuning = Tuning(
        Search(1, {key: Dimension(choices=["balanced", None])}), {key: CategoricalDistribution(["balanced", None])}
    )
    assert tuned({**LOGISTIC, "class_weight": "other"}, tuning, RECORDS, PARTS).values == {key: "balanced"}
    assert tuned(LOGISTIC, tuning, RECORDS, PARTS).values == {key: None}


def test_more_trials_find_no_worse_on_the_records_of_the_search() -> None:
    from sklearn.metrics import average_precision_score

    few, many = (tuned(LOGISTIC, strength(trials), RECORDS, PARTS) for trials in (1, 8))
    known = [average_precision_score(RECORDS.y, one.scores) for one in (few, many)]
    assert known[1] >= known[0]


def test_what_it_found_is_rounded_and_only_its_keys_change() -> None:
    found = tuned(LOGISTIC, strength(4), RECORDS, PARTS)
    assert found.model == {**LOGISTIC, "C": found.values["model.C"]}
    assert f"{found.values['model.C']:.4g}" == f"{found.values['model.C']:g}"


def test_it_scores_the_records_that_it_was_given_and_no_other() -> None:
    found = tuned(LOGISTIC, strength(2), RECORDS, PARTS[1:])
    assert np.isnan(found.scores[PARTS[0]]).all()
    assert np.isfinite(found.scores[np.concatenate(PARTS[1:])]).all()


class Trial:
    """A trial that is to be given up after so many parts."""

    def __init__(self, after: int) -> None:
        self.after, self.reported = after, []

    def report(self, value: float, step: int) -> None:
        self.reported.append((step, value))

    def should_prune(self) -> bool:
        return len(self.reported) >= self.after


@pytest.mark.parametrize(("after", "parts", "given_up"), [(1, 1, True), (3, 3, True), (4, 4, False), (9, 4, False)])
def test_a_hopeless_trial_is_given_up_between_two_parts(after: int, parts: int, given_up: bool) -> None:
    trial = Trial(after)
    scores = scored(LOGISTIC, RECORDS, PARTS, trial)  # type: ignore[arg-type]
    assert (scores is None) is given_up
    assert [step for step, _ in trial.reported] == list(range(parts))


def test_trials_are_given_up_unless_the_search_says_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worse and worse trials: each after the first few is below the median."""
    fits: list[float] = []

    def learned(model: dict, records: Records, parts: object) -> object:
        fits.append(model["C"])
        return Guess(len(fits))

    monkeypatch.setattr("assay.choose.tuning.learned", learned)
    counts = {}
    for prune in (True, False):
        fits.clear()
        tuned(LOGISTIC, strength(UNPRUNED + 3, prune=prune), RECORDS, PARTS)
        counts[prune] = len(fits)
    assert counts[False] == (UNPRUNED + 3) * len(PARTS)
    assert counts[True] < counts[False]


class Guess:
    """A model that knows less the later it was made."""

    def __init__(self, made: int) -> None:
        self.made = made

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        noise = np.random.default_rng(self.made).random(len(X))
        share = min(1, self.made / 40)
        score = (1 - share) * RECORDS.y.loc[X.index].to_numpy() + share * noise
        return np.column_stack([1 - score, score])


def test_rescaled_scores_keep_their_order_and_have_the_scale_of_the_records() -> None:
    generator = np.random.default_rng(0)
    known = 0.02 * RECORDS.y.to_numpy() + 0.01 * generator.random(len(RECORDS.y))  # far too low
    found = Tuned({}, LOGISTIC, known).rescaled(known, RECORDS)
    assert found.mean() == pytest.approx(RECORDS.y.mean(), abs=0.01)
    assert (np.diff(found[np.argsort(known)]) >= 0).all()


def test_values_reach_their_keys_at_any_depth() -> None:
    model = {"a": 1, "b": {"c": 2, "d": {"e": 3}}}
    assert with_values(model, {"model.a": 4, "model.b.d.e": 5}) == {"a": 4, "b": {"c": 2, "d": {"e": 5}}}
    assert model == {"a": 1, "b": {"c": 2, "d": {"e": 3}}}
