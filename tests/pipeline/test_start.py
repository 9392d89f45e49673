"""A repository of one's own: a new clone of it runs, reports on a pull request, and takes over a later Assay."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline_copy import CHEAP, Copy, copy_of_the_tree, edit, reconfigured

pytestmark = pytest.mark.slow
IDENTITY = {f"GIT_{who}_{what}": "t@x.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
OTHER = re.compile("thyroid|covid|diseased|overt|hypo(?!the)|clinician|TSH", re.IGNORECASE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return copy_of_the_tree(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def mine(home: Copy, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A repository of a shop's orders, whose line has run, with a remote."""
    folder = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"price": rng.lognormal(3, 1, 900).round(2), "items": rng.integers(1, 9, 900)})
    chance = 1 / (1 + np.exp(4 - table["items"] / 2))
    table["returned"] = np.where(rng.random(900) < chance, "yes", "no")
    table.to_csv(folder / "shop.csv", index=False)
    given = ["--table", str(folder / "shop.csv"), "--target", "returned", "--remote", str(folder / "remote")]
    home.environment |= IDENTITY
    home.run("assay", "start", str(folder / "repo"), *given)
    made = reconfigured(Copy(folder / "repo", IDENTITY), [one for one in CHEAP if "config.yaml" in one[0]])
    made.run("dvc", "push")
    return made


def test_nothing_of_another_dataset_is_in_what_is_its_own(mine: Copy) -> None:
    own = ["conf", "reports", "annotations", "README.md", "tests", "params.yaml"]
    files = mine.run("git", "ls-files", *own).stdout.split()
    assert "reports/report.html" in files
    assert [name for name in files if OTHER.search((mine.path / name).read_text(errors="replace"))] == []
    assert mine.git_status() == ""


def test_a_new_clone_has_all_and_passes_its_tests(mine: Copy, tmp_path: Path) -> None:
    mine.run("git", "clone", "--quiet", str(mine.path), str(tmp_path / "clone"))
    clone = Copy(tmp_path / "clone", IDENTITY)
    clone.run("python", "-m", "pytest", "-q", "tests")  # as CI does, which has no data
    clone.run("dvc", "pull")
    assert clone.repro() == []
    clone.run("python", "-m", "pytest", "-q", "tests")
    assert clone.git_status() == ""


def test_a_pull_request_has_its_report(mine: Copy, tmp_path: Path) -> None:
    """The author has not pushed the data of the branch: CI brings the table, and runs the line."""
    branch = mine.fork(tmp_path / "branch", **IDENTITY)
    branch.run("git", "switch", "--quiet", "--create", "other")
    reconfigured(branch, [("conf/model/logistic.yaml", "C: 1.0", "C: 0.1")])
    branch.run("git", "clone", "--quiet", str(branch.path), str(tmp_path / "runner"))
    ci = Copy(tmp_path / "runner", IDENTITY)
    said = ci.run("assay", "pr-report", "origin/main", "--no-fresh").stdout
    assert re.search(r"`dvc repro` \| ran collect, .*the remote could not give it", said)
    assert "average precision" in said.lower()
    assert not OTHER.search(said + (ci.path / ".assay/pr-report/compare.html").read_text())


def test_a_later_assay_is_taken_over(home: Copy, mine: Copy, tmp_path: Path) -> None:
    copy = mine.fork(tmp_path / "copy", **IDENTITY)
    edit(home, "src/assay/datasets/__init__.py", "It is optional: a module", "It is optional, a module")
    home.commit("A later version")
    copy.run("assay", "update", str(home.path))
    assert copy.git_status().split() == ["M", "src/assay/datasets/__init__.py", "M", "upstream.json"]
    copy.run("assay", "params", "--check")
    copy.repro()
    copy.commit("Take over a later Assay")
    copy.run("python", "-m", "pytest", "-q", "tests")


def test_a_table_with_personal_columns_is_given_to_nobody(home: Copy, tmp_path: Path) -> None:
    names = [f"Ann {number}" for number in range(60)]
    table = pd.DataFrame({"patient_name": names, "age": range(60), "ill": ["yes", "no", "no"] * 20})
    table.to_csv(tmp_path / "ward.csv", index=False)
    given = ["--table", str(tmp_path / "ward.csv"), "--target", "ill", "--remote", str(tmp_path / "remote")]
    said = home.run("assay", "start", str(tmp_path / "repo"), *given).stdout
    assert "not kept by DVC" in said
    assert not [path for path in (tmp_path / "remote").rglob("*") if path.is_file()]
    assert home.run("git", "-C", str(tmp_path / "repo"), "grep", "-l", "Ann 7", fails=True).stdout == ""
