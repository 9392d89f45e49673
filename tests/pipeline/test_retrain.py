"""`assay retrain` where the source ends with September 1986: from a batch to a model, and to another clone."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from once import made_once
from pipeline_copy import Copy
from retraining_repository import make, months

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Not to be changed: fork it."""
    return Copy(made_once(tmp_path_factory, "retraining", make), {"OMP_NUM_THREADS": "1"})


@pytest.fixture
def copy(start: Copy, tmp_path: Path) -> Copy:
    made = start.fork(tmp_path / "copy", **start.environment)
    for key, value in (("user.name", "Ann"), ("user.email", "ann@example.org")):
        made.run("git", "config", key, value)
    return made


def retrained(copy: Copy, batch: Path, *options: str) -> dict[str, Any]:
    """What a call says; one that finds the new model worse has exit code 3."""
    process = copy.start("assay", "retrain", "--data", str(batch), "--json", *options)
    out, err = process.communicate()
    assert process.returncode == (3 if '"verdict": "worse"' in out else 0), err
    return json.loads(out)


def test_two_batches_one_after_the_other_and_a_clone_that_has_all_of_it(copy: Copy, tmp_path: Path) -> None:
    october, november, *_ = months(tmp_path)
    before = copy.hashes()

    found = retrained(copy, october)
    assert (found["state"], copy.git_status(), copy.hashes()) == ("made", "", before)
    assert found["folds"]["test"]["to"] == "1986-10-31"
    assert found["champion"]["until"] == "1986-09-30"
    assert 0 < found["comparison"]["positives"] < found["comparison"]["records"] < found["folds"]["test"]["records"]
    assert retrained(copy, october) | {"state": "made"} == found | {"state": "made"}

    copy.run("dvc", "exp", "apply", found["experiment"])
    copy.commit("October")
    assert "up to date" in copy.run("dvc", "status", "dvc.yaml").stdout
    assert copy.run("assay", "params", "--check")
    assert retrained(copy, october)["state"] == "part of it"
    assert copy.git_status() == ""

    later = retrained(copy, november, "--branch", "november")
    assert later["champion"]["until"] == "1986-10-31"
    assert later["folds"]["test"]["from"] > found["folds"]["test"]["from"]
    assert copy.run("git", "rev-parse", "november").stdout.strip() == later["commit"]
    listed = json.loads(copy.run("git", "show", "november:reports/sampling.json").stdout)["files"]
    assert [one["first_row"] for one in listed] == [0, listed[0]["rows"], listed[0]["rows"] + listed[1]["rows"]]
    assert (
        "a branch november already"
        in copy.run("assay", "retrain", "--data", str(months(tmp_path)[2]), "--branch", "november", fails=True).stderr
    )

    copy.run("dvc", "remote", "add", "--local", "--default", "storage", str(tmp_path / "storage"))
    copy.run("dvc", "push")
    copy.run("git", "clone", "--quiet", str(copy.path), str(tmp_path / "clone"))
    clone = Copy(tmp_path / "clone", copy.environment)
    shutil.copy(copy.path / ".dvc/config.local", clone.path / ".dvc/config.local")
    clone.run("dvc", "pull")
    assert (clone.path / found["batch"]["path"]).read_bytes() == october.read_bytes()
    clone.run("dvc", "repro", "--force", "split")
    assert clone.git_status() == ""
    verified = clone.run("assay", "verify")
    assert "identical" in verified.stdout


def test_a_batch_that_is_refused_leaves_nothing(copy: Copy, tmp_path: Path) -> None:
    october = months(tmp_path)[0]
    october.write_text(october.read_text().replace("TSH,", "tsh,", 1))
    said = copy.run("assay", "retrain", "--data", str(october), fails=True).stderr
    assert "missing column TSH; unknown column tsh" in said
    assert (copy.git_status(), copy.run("dvc", "exp", "list").stdout.strip()) == ("", "")
    assert [path.name for path in (copy.path / ".assay/retraining").iterdir()] == ["lock"]


def test_it_starts_from_what_is_committed(copy: Copy, tmp_path: Path) -> None:
    with (copy.path / "params.yaml").open("a") as file:
        file.write("# mine\n")
    said = copy.run("assay", "retrain", "--data", str(months(tmp_path)[0]), fails=True).stderr
    assert "1 file(s) differ from the last commit, and a retraining starts from the commit" in said


def test_two_at_once(copy: Copy, tmp_path: Path) -> None:
    october = months(tmp_path)[0]
    first = copy.start("assay", "retrain", "--data", str(october), "--json")
    while not (copy.path / ".assay/retraining/running.json").exists():
        assert first.poll() is None
    second = copy.start("assay", "retrain", "--data", str(october))
    said = second.communicate()[1]
    assert (second.returncode, "another retraining is at work: process" in said) == (4, True)
    out, err = first.communicate()
    assert json.loads(out or err)["state"] == "made"
