"""What is written of a decision, and `assay choose --check` in each of its states."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from assay.choose import judging
from assay.choose.candidates import candidates, read_choice
from assay.choose.check import check
from assay.choose.folder import folder_of, write
from assay.choose.judging import judged
from assay.errors import AssayError

SEARCH = {"trials": 2, "overrides": ["model=logistic"], "space": {"model.C": {"low": 0.02, "high": 0.05}}}
GROUPS = [
    {"name": "linear", "sets": [["model=logistic"]]},
    {"name": "tuned", "searches": ["strength"]},
]
DECISION = "choices/thyroid-overt-mine/decision.json"


@pytest.fixture
def line(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small line with a choice of a hopeless incumbent, a logistic regression and a tuned one."""
    monkeypatch.setattr(judging, "git", lambda *_: "0" * 40)
    monkeypatch.setattr(judging, "RESAMPLES", 50)
    edit("conf/config.yaml", "- model: xgboost", "- model: majority")
    edit("conf/config.yaml", "folds: 5", "folds: 3")
    Path("conf/choice/mine.yaml").write_text(yaml.safe_dump({"choice": {"groups": GROUPS}}))
    Path("conf/sweep/strength.yaml").write_text(yaml.safe_dump({"search": SEARCH}))
    return small


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def decide(jobs: int = 1) -> dict[str, str]:
    """Decide, and write it; the files of the decision."""
    choice = read_choice("mine")
    found = candidates(choice)
    folder = folder_of("mine", found[0])
    write(judged(Path(), "mine", choice, found, jobs), folder)
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture
def decided(line: Path) -> dict:
    """What decision.json says after a decision."""
    return json.loads(decide()["decision.json"])


def only_the_search() -> None:
    edit("conf/choice/mine.yaml", yaml.safe_dump([GROUPS[0]]), "")


def test_a_decision_says_what_it_was_made_on_and_proposes_a_change(decided: dict) -> None:
    assert (decided["chosen"], decided["proposal"]) == ("model=logistic", ["model=logistic"])
    assert decided["configuration"]["model"]["name"] == "logistic"
    assert decided["against_the_incumbent"] == "better"
    assert [one["name"] for one in decided["candidates"]] == ["incumbent", "model=logistic", "strength"]
    assert sorted(decided["files"]) == [
        "conf/choice/mine.yaml",
        "conf/sweep/strength.yaml",
        "data/cleaned/records.parquet",
        "data/split/train.parquet",
        "data/split/validation.parquet",
    ]
    assert set(decided["decided_on"]) == {"code", "folds", "libraries", "positives", "records", "seeds"}
    assert "optuna" in decided["decided_on"]["libraries"]


@pytest.mark.slow
def test_the_same_decision_has_the_same_bytes(line: Path) -> None:
    once = decide()
    assert decide() == once  # from what is kept
    shutil.rmtree(".assay/choose")
    Path("data/split/test.parquet").write_bytes(b"garbage")
    assert decide(jobs=2) == once
    assert sorted(once) == ["README.md", "candidates.svg", "decision.json"]


def test_before_a_decision_there_is_nothing_to_check(line: Path) -> None:
    with pytest.raises(AssayError, match="nothing was decided yet") as caught:
        check("mine")
    assert caught.value.todo == "assay choose mine"


def test_a_decision_that_is_not_followed_says_what_to_type(decided: dict) -> None:
    with pytest.raises(AssayError, match="than were chosen: model=logistic") as caught:
        check("mine")
    assert caught.value.todo == "assay params model=logistic; assay params --keep"


def test_a_decision_that_is_followed_holds(decided: dict) -> None:
    edit("conf/config.yaml", "- model: majority", "- model: logistic")
    assert "model=logistic, decided on these data, and in use" in check("mine")


@pytest.mark.slow
def test_an_incumbent_that_stayed_holds_until_conf_changes(line: Path) -> None:
    edit("conf/config.yaml", "- model: majority", "- model: logistic")
    assert json.loads(decide()["decision.json"])["proposal"] == []
    assert "incumbent, decided on these data, and in use" in check("mine")
    edit("conf/config.yaml", "- model: logistic", "- model: majority")
    with pytest.raises(AssayError, match="than were chosen: incumbent") as caught:
        check("mine")
    assert "decide again: assay choose mine" in caught.value.todo


@pytest.mark.slow
def test_a_tuned_candidate_is_proposed_with_its_values_and_holds_with_those_alone(line: Path) -> None:
    Path("conf/choice/mine.yaml").write_text(yaml.safe_dump({"choice": {"groups": GROUPS[1:]}}))
    decided = json.loads(decide()["decision.json"])
    first, second = decided["proposal"]
    assert (decided["chosen"], first) == ("strength", "model=logistic")
    key, _, value = second.partition("=")
    assert (key, 0.02 <= float(value) <= 0.05) == ("model.C", True)
    assert decided["configuration"]["model"]["C"] == float(value)
    edit("conf/config.yaml", "- model: majority", "- model: logistic")
    with pytest.raises(AssayError, match="than were chosen: strength"):
        check("mine")
    edit("conf/model/logistic.yaml", "C: 1.0", f"C: {value}")
    assert "strength, decided on these data, and in use" in check("mine")


def appended(path: str, text: str = "\n") -> Callable[[], object]:
    return lambda: Path(path).write_text(Path(path).read_text() + text)


OTHERWISE = {
    "the choice": (appended("conf/choice/mine.yaml"), "conf/choice/mine.yaml"),
    "the search": (lambda: edit("conf/sweep/strength.yaml", "trials: 2", "trials: 3"), "conf/sweep/strength.yaml"),
    "the data": (lambda: Path("data/split/train.parquet").write_bytes(b""), "data/split/train.parquet"),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_a_decision_on_another_state_does_not_hold(case: str, decided: dict) -> None:
    change, named = OTHERWISE[case]
    change()
    with pytest.raises(AssayError, match="decided on another state of them") as caught:
        check("mine")
    assert (caught.value.where, caught.value.todo) == (named, "assay choose mine")


def test_without_data_it_says_what_to_run(decided: dict) -> None:
    Path("data/split/train.parquet").unlink()
    with pytest.raises(AssayError, match="missing") as caught:
        check("mine")
    assert "dvc repro" in caught.value.todo


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<<<<<<< HEAD", "not a decision"),
        ("[]", "not a decision"),
        ("3", "not a decision"),
        ("{}", "chosen={}: field required"),
        ('{"chosen": ["x"]}', "not a decision"),
    ],
)
def test_a_file_that_is_no_decision_is_refused(content: str, said: str, line: Path) -> None:
    Path(DECISION).parent.mkdir(parents=True)
    Path(DECISION).write_text(content)
    with pytest.raises(AssayError, match=said) as caught:
        check("mine")
    assert (caught.value.where, caught.value.todo) == (DECISION, "assay choose mine")
