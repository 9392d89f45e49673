"""What a revision is as a run of MLflow."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assay.overview.rows import BRANCH, DAMAGED, EXPERIMENT, QUEUED, TAG, WORKSPACE, Figures, Row
from assay.sweep.log import DONE
from assay.tracking.runs import LONGEST_NAME, LONGEST_PARAM, Run, runs
from hostile import TEXTS

TAKEN = re.compile(r"[/\w.\- :]{1,250}")  # mlflow.utils.validation
FIGURES = Figures({"recall": 0.5, "brier": float("nan")}, {"recall": (0.25, 0.75)})


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)


def row(name: str = "try", sha: str = "1" * 40, **more: object) -> Row:
    given = {"kind": EXPERIMENT, "state": DONE, "figures": FIGURES, "test": Figures({"recall": 0.25})}
    return Row(name, sha=sha, **{**given, **more})  # type: ignore[arg-type]


def test_metrics_have_their_intervals_and_those_of_the_test_fold_names_of_their_own() -> None:
    (run,) = runs([row()])
    assert run.metrics == {"recall": 0.5, "recall_low": 0.25, "recall_high": 0.75, "test.recall": 0.25}


def test_a_commit_is_one_run_under_all_its_names() -> None:
    (run,) = runs([row("main", kind=BRANCH), row("v1", kind=TAG)])
    assert run.name == "main"
    assert run.tags["assay.names"] == "main, v1"
    assert run.tags["assay.commit"] == run.tags["mlflow.source.git.commit"] == "1" * 40


@pytest.mark.parametrize(
    "other",
    [row(state=QUEUED), row(state=DAMAGED), row(kind=WORKSPACE, sha=""), row(figures=Figures())],
    ids=["queued", "damaged", "here", "empty"],
)
def test_what_is_not_done_or_damaged_is_no_run(other: Row) -> None:
    assert runs([other]) == []


def test_time_is_that_of_the_commit_less_what_it_took() -> None:
    (run,) = runs([row(time=datetime(1970, 1, 1, 0, 1, tzinfo=UTC), seconds=12.5)])
    assert (run.start, run.end) == (47_500, 60_000)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_names_become_names_that_mlflow_takes(name: str) -> None:
    hostile = TEXTS[name]
    (run,) = runs([row(hostile, params={hostile: hostile, f"{hostile}!": "x"}, changed=(hostile,))])
    for key in (*run.params, *run.tags, *run.metrics):
        assert TAKEN.fullmatch(key)
    assert len(run.params) == 2
    for text in (run.name, *run.params.values(), *run.tags.values()):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", text)


def test_long_names_and_values_are_cut_and_stay_apart() -> None:
    (run,) = runs([row(params={"k" * 300 + "a": "v" * 9000, "k" * 300 + "b": None, "c": [1, True]})])
    assert all(len(key) <= LONGEST_NAME for key in run.params)
    assert sorted(map(len, run.params.values())) == [4, 8, LONGEST_PARAM]
    assert run.params["c"] == "[1,true]"


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (b"stages:\n  a:\n    outs:\n    - path: data/x y\n      md5: abc\n", {"assay.md5.data/x y": "abc"}),
        (b"stages: [", {}),
        (b"stages:\n  a: 1\n", {}),
        (None, {}),
    ],
)
def test_outputs_are_known_by_their_hash(text: bytes | None, tags: dict[str, str]) -> None:
    assert Run("a", "1", 0, 0, {}, {}, {}, text).outputs == tags
