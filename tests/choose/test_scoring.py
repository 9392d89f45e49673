"""Scores of all candidates: in processes, kept, and not scored again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from optuna.distributions import FloatDistribution

from assay.choose.blocks import parts_of
from assay.choose.candidates import Candidate, Tuning
from assay.choose.scoring import Store, Task, computed, out_of_fold, tasks
from assay.config.load import typed
from assay.errors import AssayError
from assay.modelling import training
from assay.sweep.search_space import Dimension, Search
from modelling_samples import configured, labelled
from samples import plain

FOLDS, RECORDS, BASIS = 3, labelled(120), {"code": "abc"}


def candidate(name: str, tuning: Tuning | None = None, **model: object) -> Candidate:
    return Candidate(name, 1, (), typed({**plain(), "model": {**configured("logistic"), **model}}), tuning)


ONE, OTHER = candidate("one"), candidate("other", C=0.1)
TREES = Candidate("trees", 1, (), typed({**plain(), "model": configured("lightgbm", subsample=0.5)}))
FOUND = [ONE, OTHER, TREES]
SEARCH = Search(trials=2, space={"model.C": Dimension(0.1, 1.0)})
TUNED = candidate("tuned", Tuning(SEARCH, {"model.C": FloatDistribution(0.1, 1.0)}))


def scored(found: list[Candidate], folder: Path, jobs: int = 1) -> dict[str, list[np.ndarray]]:
    listed = tasks(found, 2, FOLDS)
    done = list(computed(listed, {one.name: RECORDS for one in found}, Store(folder), BASIS, FOLDS, jobs))
    assert len(done) == len(listed)
    return out_of_fold(done, RECORDS, FOLDS)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_scores_are_those_of_train_with_any_number_of_processes(jobs: int, tmp_path: Path) -> None:
    found = scored(FOUND, tmp_path, jobs)
    assert {name: len(runs) for name, runs in found.items()} == {"one": 1, "other": 1, "trees": 2}
    for one in FOUND:
        for run, model in zip(found[one.name], one.seeded(2), strict=True):
            np.testing.assert_array_equal(run, training.out_of_fold(model, RECORDS, FOLDS)[0])


def test_what_is_kept_is_not_scored_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = scored(FOUND, tmp_path)
    kept = sorted(tmp_path.iterdir())
    kept[0].unlink()
    kept[1].write_bytes(kept[1].read_bytes()[:-1])  # half of it was on the disk when the machine went down
    kept[2].write_bytes(b"")
    fresh: list[str] = []
    scores = Task.scores
    monkeypatch.setattr(Task, "scores", lambda task, *more: fresh.append(task.candidate.name) or scores(task, *more))
    again = scored(FOUND, tmp_path)
    assert len(fresh) == 3
    assert sorted(tmp_path.iterdir()) == kept
    for name, runs in before.items():
        np.testing.assert_array_equal(runs, again[name])


def test_searches_come_first() -> None:
    assert [task.candidate.name for task in tasks([ONE, TUNED], 2, 2)] == ["tuned", "tuned", "one", "one"]


def test_a_key_changes_with_everything_that_the_scores_depend_on() -> None:
    task = Task(TUNED, TUNED.model, 0, 0)
    config = TUNED.config
    others = [
        replace(task, block=1),
        replace(task, model={**task.model, "C": 2.0}),
        replace(task, candidate=ONE),
        replace(task, candidate=candidate("tuned", Tuning(replace(SEARCH, trials=3), TUNED.tuning.space))),  # type: ignore[union-attr]
        *(
            replace(task, candidate=replace(TUNED, config=replace(config, **changed)))
            for changed in (
                {"features": replace(config.features, drop=["age"])},
                {"dataset": replace(config.dataset, rule=None)},
            )
        ),
    ]
    keys = [one.key(BASIS) for one in (task, *others)] + [task.key({"code": "def"})]
    assert len(set(keys)) == len(keys)
    assert replace(task, candidate=replace(TUNED, name="renamed", group=3)).key(BASIS) == task.key(BASIS)


FAULTS = {
    "a parameter": ({"solver": "nonsense"}, "LogisticRegression must be"),
    "weights": ({"name": "neighbours", "_target_": "sklearn.neighbors.KNeighborsClassifier"}, "no sample weights"),
}


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("case", FAULTS)
def test_one_that_cannot_be_fitted_is_named(case: str, jobs: int, tmp_path: Path) -> None:
    changes, said = FAULTS[case]
    model = {**configured("logistic"), "name": "mine", **changes}
    if case == "weights":
        model = {key: model[key] for key in ("name", "threshold", "_target_")}
    odd = Candidate("odd", 1, (), typed({**plain(), "model": model}))
    records = replace(RECORDS, weight=np.ones(len(RECORDS.y)))
    listed = tasks([ONE, odd], 1, FOLDS)
    with pytest.raises(AssayError, match=f"odd(.|\n)*{said}") as caught:
        list(computed(listed, {"one": records, "odd": records}, Store(tmp_path), BASIS, FOLDS, jobs))
    assert caught.value.todo


def test_scores_come_back_to_their_records() -> None:
    parts = parts_of(RECORDS, FOLDS)
    done = [(Task(ONE, ONE.model, 0, block), np.full(len(part), float(block))) for block, part in enumerate(parts)]
    ((run,),) = out_of_fold(done[::-1], RECORDS, FOLDS).values()
    for block, part in enumerate(parts):
        assert set(run[part]) == {block}
