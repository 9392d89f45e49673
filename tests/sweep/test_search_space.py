"""What a search may try, checked before it tries anything."""

from pathlib import Path

import pytest
import yaml
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from assay.errors import AssayError
from assay.sweep.search_space import Search, distributions, read_search
from samples import ROOT

SPACE = {"model.num_leaves": {"low": 2, "high": 8}, "model.learning_rate": {"low": 0.01, "high": 0.3, "log": True}}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration, with room for a sweep of one's own."""
    (tmp_path / "conf").mkdir()
    for path in (ROOT / "conf").iterdir():
        (tmp_path / "conf" / path.name).symlink_to(path)
    (tmp_path / "conf/sweep").unlink()
    (tmp_path / "conf/sweep").mkdir()
    (tmp_path / "src").symlink_to(ROOT / "src")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def search(folder: Path, **content: object) -> Search:
    (folder / "conf/sweep/mine.yaml").write_text(yaml.safe_dump({"search": {"trials": 3, "space": SPACE, **content}}))
    return read_search("mine")


@pytest.mark.slow
def test_numbers_are_whole_where_the_configuration_says_so(repository: Path) -> None:
    space = {**SPACE, "model.subsample": {"choices": [0.6, 1.0]}}
    found = distributions(search(repository, space=space))
    assert found == {
        "model.num_leaves": IntDistribution(2, 8),
        "model.learning_rate": FloatDistribution(0.01, 0.3, log=True),
        "model.subsample": CategoricalDistribution([0.6, 1.0]),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "dimension", "said"),
    [
        ("model.max_dept", {"low": 2, "high": 8}, "max_dept"),
        ("model.num_leaves", {"low": 0, "high": 8}, "model.num_leaves=0"),
        ("model.num_leaves", {"low": 2, "high": 131073}, "model.num_leaves=131073"),
        ("model", {"choices": ["xgboost", "xgbost"]}, "xgbost"),
    ],
)
def test_every_end_is_composed_before_the_first_trial(repository: Path, key: str, dimension: dict, said: str) -> None:
    with pytest.raises(AssayError, match=said):
        distributions(search(repository, space={key: dimension}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"trials": 0}, "trials=0"),
        ({"trials": "many"}, "many"),
        ({"seed": -1}, "seed=-1"),
        ({"space": {}}, "space is empty"),
        ({"spcae": {}}, "spcae"),
        ({"space": {"a": {"low": 3, "high": 2}}}, "low=3 is not below high=2"),
        ({"space": {"a": {"low": 0, "high": 2, "log": True}}}, "log needs low above 0"),
        ({"space": {"a": {"low": 1}}}, "must be numbers"),
        ({"space": {"a": {"low": 1, "high": 2, "choices": [1]}}}, "either low and high"),
        ({"space": {"a": {"choices": []}}}, "choices"),
    ],
)
def test_what_is_no_search_is_refused_and_named(repository: Path, content: dict, said: str) -> None:
    with pytest.raises(AssayError, match=said) as caught:
        search(repository, **content)
    assert "conf/sweep/mine.yaml" in str(caught.value)


def test_a_proposed_fraction_is_rounded_and_stays_within_its_ends(repository: Path) -> None:
    rate = search(repository).space["model.learning_rate"]
    assert [rate.value(proposed) for proposed in (0.123456789, 0.0100000001, 0.29999999)] == [0.1235, 0.01, 0.3]
