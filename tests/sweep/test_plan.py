"""What a sweep will run."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.sweep.plan import SEARCH, expand, experiment_name, plan, read, read_sets
from assay.sweep.search_space import distributions, read_search
from samples import ROOT


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    ("overrides", "count"),
    [
        (["model.max_depth=3"], 1),
        (["model.max_depth=2,3,4"], 3),
        (["model.max_depth=choice(2,3)", "model.learning_rate=0.1,0.2"], 4),
        (["model.max_depth=range(2,6)"], 4),
    ],
)
def test_a_set_gives_every_combination_as_dvc_would_queue_them(overrides: list[str], count: int) -> None:
    assert len(expand(overrides)) == count


@pytest.mark.parametrize("overrides", [["model.max_depth=["], ["model=glob(*)"]])
def test_what_is_no_override_is_refused(overrides: list[str]) -> None:
    with pytest.raises(AssayError, match="not overrides"):
        expand(overrides)


def test_sets_may_differ_by_model() -> None:
    planned = plan("models", [["model=logistic", "model.C=0.1,1"], ["model=xgboost", "model.max_depth=3"]])
    assert [one.overrides for one in planned] == [
        ("model=logistic", "model.C=0.1"),
        ("model=logistic", "model.C=1"),
        ("model=xgboost", "model.max_depth=3"),
    ]
    assert "C: 0.1" in planned[0].params


def test_what_composes_to_the_same_runs_once() -> None:
    assert len(plan("twice", [["model.num_leaves=3,4"], ["model.num_leaves=3"]])) == 2


def test_one_wrong_combination_refuses_the_sweep_and_is_named() -> None:
    with pytest.raises(AssayError, match=r"model\.num_leaves") as caught:
        plan("bad", [["model.num_leaves=3,deep"]])
    assert "model.num_leaves=deep" in str(caught.value)
    assert "nothing has run" in str(caught.value)


def test_names_are_readable_fit_for_git_and_different_for_other_params() -> None:
    overrides = ["model=xgboost", "features.drop=[TSH,FTI]", "model.learning_rate=0.1"]
    name = experiment_name("deep", overrides, "one")
    assert name.startswith("deep-model-xgboost-drop-TSH-FTI-learning_rate-0.1-")
    assert name != experiment_name("deep", overrides, "other")
    assert len(experiment_name("deep", [f"model.p{n}={n}" for n in range(50)], "one")) < 70


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "conf/sweep").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_sweep_of_the_repository_can_be_planned(path: Path) -> None:
    if SEARCH in read(path.stem):
        assert len(distributions(read_search(path.stem))) > 1
    else:
        assert len(plan(path.stem, read_sets(path.stem))) > 1


def test_a_sweep_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(AssayError, match="depth, models"):
        read_sets("deepth")


@pytest.mark.parametrize(
    "text", ["", "sets: 3", "sets: [a, b]", "sets: [[]]", "[1", "other: 1", "sets: []\nsearch: {}"]
)
def test_a_file_that_is_no_sweep_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conf/sweep").mkdir(parents=True)
    (tmp_path / "conf/sweep/bad.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssayError, match=r"bad\.yaml"):
        read_sets("bad")
