"""The candidates of a choice, and every file that is none."""

from pathlib import Path

import pytest
import yaml

from assay.choose.candidates import INCUMBENT, Candidate, Choice, candidates, read_choice, reseeded
from assay.errors import AssayError
from modelling_samples import configured
from samples import ROOT

LINEAR = {"name": "linear", "sets": [["model=logistic", "features=clinical,measured"]]}
SEARCH = {"trials": 2, "overrides": ["model=logistic"], "space": {"model.C": {"low": 0.1, "high": 10, "log": True}}}


def choice(*groups: object, **more: object) -> Choice:
    """The choice of a file with these groups."""
    Path("conf/choice/mine.yaml").write_text(yaml.safe_dump({"choice": {"groups": list(groups), **more}}))
    return read_choice("mine")


def search(**changes: object) -> str:
    """The name of a search in conf/sweep/."""
    Path("conf/sweep/strength.yaml").write_text(yaml.safe_dump({"search": {**SEARCH, **changes}}))
    return "strength"


def found(*groups: object) -> list[Candidate]:
    return candidates(choice(*groups))


@pytest.mark.slow
def test_the_incumbent_is_first_and_lists_are_every_combination(repository: Path) -> None:
    trees = {"name": "trees", "sets": [["model=lightgbm"]]}
    assert [(one.name, one.group, one.config.model.name, one.config.features.name) for one in found(LINEAR, trees)] == [
        (INCUMBENT, 0, "xgboost", "clinical"),
        ("model=logistic features=clinical", 1, "logistic", "clinical"),
        ("model=logistic features=measured", 1, "logistic", "measured"),
        ("model=lightgbm", 2, "lightgbm", "clinical"),
    ]


@pytest.mark.slow
def test_what_composes_to_the_same_is_there_once(repository: Path) -> None:
    twice = {"name": "twice", "sets": [["model=xgboost"], ["model=logistic"], ["model=logistic", "model.C=1"]]}
    assert [one.name for one in found(twice)] == [INCUMBENT, "model=logistic"]


@pytest.mark.slow
def test_a_search_is_a_candidate_with_its_space(repository: Path) -> None:
    _, one, other = found({"name": "both", "sets": [["model=logistic"]], "searches": [search()]})
    assert (one.tuning, other.name, other.overrides) == (None, "strength", ("model=logistic",))
    assert other.tuning is not None
    assert list(other.tuning.space) == ["model.C"]


@pytest.mark.slow
def test_a_candidate_is_scored_with_each_seed_if_a_seed_plays_a_part(repository: Path) -> None:
    sets = [["model=logistic"], ["model=lightgbm"], ["model=ensemble"]]
    seeded = {one.name: list(one.seeded(3)) for one in found({"name": "all", "sets": sets, "searches": [search()]})}
    assert {name: len(models) for name, models in seeded.items()} == {
        INCUMBENT: 3,
        "model=logistic": 1,
        "model=lightgbm": 3,
        "model=ensemble": 3,
        "strength": 1,
    }
    assert [one["random_state"] for one in seeded["model=lightgbm"]] == [0, 1, 2]
    assert seeded["model=ensemble"][2]["members"]["lightgbm"]["random_state"] == 2


def test_the_first_seed_is_the_configuration_as_it_is(repository: Path) -> None:
    for one in found({"name": "all", "sets": [["model=lightgbm"], ["model=ensemble"]]}):
        assert next(one.seeded(3)) == one.model


def test_a_seed_reaches_every_member_that_has_one() -> None:
    model = configured("ensemble")
    model["members"]["logistic"] = configured("logistic")
    changed = reseeded(model, 7)
    assert {name: one.get("random_state") for name, one in changed["members"].items()} == {
        "lightgbm": 7,
        "xgboost_fine": 7,
        "logistic": None,
    }
    assert model == {**configured("ensemble"), "members": model["members"]}
    assert model["members"]["lightgbm"]["random_state"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"name": "g", "sets": [["model=logistc"]]}, "logistic"),
        ({"name": "g", "sets": [["model=logistic", "model.D=1"]]}, "D"),
        ({"name": "g", "sets": [["model.max_depth=0"]]}, "model.max_depth=0"),
        ({"name": "g", "sets": [["model=glob(*)"]]}, "not overrides"),
        ({"name": "g", "sets": [["model.max_depth=["]]}, "not overrides"),
        ({"name": "g", "sets": [["dataset=covid"]]}, "changes dataset"),
        ({"name": "g", "sets": [["labels=hypo"]]}, "changes labels"),
        ({"name": "g", "sets": [["split=random"]]}, "changes split"),
        ({"name": "g", "sets": [["debug=fast"]]}, "changes training"),
        ({"name": "g", "sets": [["+baselines.rule.rule=assay.datasets.thyroid.other"]]}, "baselines"),
        ({"name": "g", "searches": ["nothing"]}, "no sweep 'nothing'"),
        ({"name": "g", "searches": ["depth"]}, "does not have `search` alone"),
        ({"name": "g", "searches": ["../sweep/search"]}, "is no name"),
    ],
)
def test_a_candidate_that_is_none_is_named_before_anything_is_scored(repository: Path, group: dict, said: str) -> None:
    with pytest.raises(AssayError, match=said.replace("(", r"\(")) as caught:
        found(group)
    assert caught.value.todo


@pytest.mark.parametrize("key", ["features.derived", "model", "training.folds"])
def test_a_search_may_look_for_parameters_of_the_model_only(repository: Path, key: str) -> None:
    name = search(space={key: {"choices": [True, False]}})
    with pytest.raises(AssayError, match=f"looks for {key}"):
        found({"name": "g", "searches": [name]})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "folds", "enough"), [("logistic", 3, True), ("xgboost", 3, False), ("xgboost", 4, True)]
)
def test_what_chooses_on_a_block_needs_one_of_its_own(repository: Path, model: str, folds: int, enough: bool) -> None:
    menu = Path("conf/config.yaml")
    menu.write_text(menu.read_text().replace("folds: 5", f"folds: {folds}"))
    key = {"logistic": "model.C", "xgboost": "model.max_depth"}[model]
    group = {"name": "g", "searches": [search(overrides=[f"model={model}"], space={key: {"low": 1, "high": 3}})]}
    if enough:
        assert len(found(group)) == 2
    else:
        with pytest.raises(AssayError, match="strength needs 4 folds, and there are 3"):
            found(group)


@pytest.mark.slow
def test_no_other_candidate_may_be_called_the_incumbent(repository: Path) -> None:
    Path(f"conf/sweep/{search()}.yaml").rename(f"conf/sweep/{INCUMBENT}.yaml")
    with pytest.raises(AssayError, match=f"two candidates are called {INCUMBENT}"):
        found({"name": "g", "searches": [INCUMBENT]})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not have `choice` alone"),
        ("[1", "not YAML"),
        ("\udcff", "not YAML"),
        ("choice: 3", "not a choice"),
        ("sets: []", "does not have `choice` alone"),
        ("choice: {groups: []}\nother: 1", "does not have `choice` alone"),
        ("choice: {}", "groups"),
        ("choice: {groups: []}", "no groups"),
        ("choice: {groups: [{name: a}]}", "no sets and no searches: a"),
        ("choice: {groups: [{sets: [[model=logistic]]}]}", "missing: choice.groups.0.name"),
        ("choice: {groups: [{name: a, sets: [model=logistic]}]}", "sets"),
        ("choice: {groups: [{name: a, sets: [[model=logistic]], search: [search]}]}", "did you mean searches"),
        ("choice: {seeds: 0, groups: [{name: a, sets: [[model=logistic]]}]}", "seeds=0"),
        ("choice: {seed: 2, groups: [{name: a, sets: [[model=logistic]]}]}", "did you mean seeds"),
    ],
)
def test_what_is_no_choice_is_refused_with_its_file(repository: Path, text: str, said: str) -> None:
    Path("conf/choice/mine.yaml").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(AssayError, match=said) as caught:
        read_choice("mine")
    assert caught.value.where == "conf/choice/mine.yaml"
    assert "conf/choice/models.yaml" in caught.value.todo


@pytest.mark.parametrize("name", ["../choice/models", "/etc/passwd", "-j", "a..b", ""])
def test_a_name_is_no_path(repository: Path, name: str) -> None:
    with pytest.raises(AssayError, match="is no name"):
        read_choice(name)


def test_a_choice_that_is_not_there_names_those_that_are(repository: Path) -> None:
    with pytest.raises(AssayError, match="no choice 'model'") as caught:
        read_choice("model")
    assert "models" in caught.value.todo


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "conf/choice").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_choice_of_the_repository_has_candidates(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert len(candidates(read_choice(path.stem))) > 1
