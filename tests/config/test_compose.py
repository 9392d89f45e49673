"""From conf/ to params.yaml and back."""

import shutil
from pathlib import Path

import pytest
import yaml

from assay.config.compose import composed, difference
from assay.config.load import load, typed
from assay.errors import AssayError
from samples import ROOT


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_conf_composes_to_the_committed_params() -> None:
    assert composed() == (ROOT / "params.yaml").read_text()


NEEDS = {key: ["dataset=covid"] for key in ("split=group", "split=covid")}
TAKES = {"labels=thyroid": "overt", "split=thyroid": "temporal", "split=covid": "group"}  # a dataset's own choice


@pytest.mark.slow
@pytest.mark.parametrize("group", ["labels", "features", "model", "split", "criteria", "dataset"])
def test_every_choice_of_a_group_composes_and_loads(group: str, tmp_path: Path) -> None:
    for choice in sorted(path.stem for path in (ROOT / "conf" / group).glob("*.yaml")):
        wanted = f"{group}={choice}"
        (tmp_path / "params.yaml").write_text(composed([*NEEDS.get(wanted, []), wanted]))
        config = load(tmp_path / "params.yaml")
        part = getattr(config, group)
        assert part.name == TAKES.get(wanted, choice)


@pytest.mark.parametrize(
    ("dataset", "labels", "split"), [("thyroid", "overt", "temporal"), ("covid", "covid", "group")]
)
def test_a_dataset_brings_its_own_labels_and_split(dataset: str, labels: str, split: str) -> None:
    config = typed(yaml.safe_load(composed([f"dataset={dataset}"])))
    assert (config.labels.name, config.split.name) == (labels, split)
    other = typed(yaml.safe_load(composed([f"dataset={dataset}", f"labels={labels}", "split=random"])))
    assert (other.labels.name, other.split.name) == (labels, "random")


def test_a_policy_for_the_classes_of_another_dataset_is_refused() -> None:
    with pytest.raises(AssayError, match="names 'E', and the contract has no such class; it has: negative, positive"):
        composed(["dataset=covid", "labels=hypo"])


@pytest.mark.parametrize(
    ("overrides", "as_of", "within"),
    [
        (["dataset=thyroid"], "1987-02-01", 90),
        (["dataset=covid"], None, None),
        (["dataset=covid", "promotion@criteria.promotion=thyroid"], "1987-02-01", 90),
        (["dataset=new", "labels=covid", "split=random"], None, 90),
    ],
)
def test_data_must_be_fresh_today_unless_its_dataset_says_otherwise(
    overrides: list[str], as_of: str | None, within: int | None, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    covid = (tmp_path / "conf/dataset/covid.yaml").read_text()
    (tmp_path / "conf/dataset/new.yaml").write_text(covid.replace("name: covid", "name: new"))
    asked = typed(yaml.safe_load(composed(overrides, conf=tmp_path / "conf"))).criteria.promotion
    assert (asked.as_of, asked.fresh_within_days) == (as_of, within)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "conf").glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}={path.stem}"
)
def test_every_choice_opens_with_a_command_that_uses_it(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    group = path.parent.name
    command = {"sweep": "assay sweep", "choice": "assay choose"}.get(group, f"dvc exp run -S {group}")
    assert first.startswith(("# @package", f"# {command}"))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("model.num_leaves=abc", "model.num_leaves"),
        ("model.max_dept=3", "model.max_dept"),
        ("model=xgbost", "xgboost"),
        ("criteria.min_recall=1.7", r"^criteria.min_recall=1.7 must be from 0 to 0.9999"),
        ("labels.positive=[R]", "^labels: code R is both"),
        ("split.test_from=1985-01-01", "^split.test_from must come after"),
        ("seed=1", "seed"),
        ("model.num_leaves=[", "no viable alternative"),
    ],
)
def test_a_wrong_override_is_refused_in_words_of_its_own(override: str, said: str) -> None:
    with pytest.raises(AssayError, match=said) as caught:
        composed([override])
    assert "object_type" not in caught.value.what
    assert str(ROOT) not in caught.value.what


def test_the_difference_shows_the_lines_that_disagree(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("a: 1\nb: 3\n")
    shown = difference("a: 1\nb: 2\n", path)
    assert "-b: 2" in shown
    assert "+b: 3" in shown
    assert difference("a: 1\nb: 3\n", path) == ""


def test_the_personal_columns_are_gathered() -> None:
    dataset = typed(yaml.safe_load(composed(["dataset=covid"]))).dataset
    assert dataset.personal == ["fake_first_name", "fake_last_name"]
    assert dataset.columns["fake_first_name"].role == "personal"
