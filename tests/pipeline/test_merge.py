"""Two branches meet: people decide, the line makes the rest, and every commit is of an actual run."""

from pathlib import Path

import pytest

from assay.files import md5
from branches import begin, people, run_afresh, run_branches, switch
from pipeline_copy import Copy, edit

pytestmark = pytest.mark.slow
PARAMETER = "conf/model/logistic.yaml"


@pytest.fixture(scope="module")
def branched(cheap_line: Copy, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A parameter, another feature set, a label decision; another value and decision, not run. Not to be changed."""
    folder = tmp_path_factory.mktemp("branched") / "branched"
    copy = run_branches(cheap_line, folder, "strength", "no-tbg", "ben")
    for name in ("stronger", "ann"):
        begin(copy, name)
        switch(copy, "main")
    return copy


@pytest.fixture
def repo(branched: Copy, tmp_path: Path) -> Copy:
    """A copy of it, on the branch strength."""
    copy = branched.fork(tmp_path / "repo", **branched.environment)
    switch(copy, "strength")
    return copy


def tree(copy: Copy) -> str:
    return copy.run("git", "rev-parse", "HEAD^{tree}").stdout


def state(copy: Copy) -> tuple[str, ...]:
    """Everything that a merge could change: commit, index, files, data."""
    said = [copy.run("git", *words).stdout for words in (["rev-parse", "HEAD"], ["ls-files", "--stage"], ["status"])]
    return (*said, *(md5(copy.path / name) for name in ("data", "models", "reports", "conf", "src", "dvc.lock")))


def test_a_parameter_and_a_feature_become_one_true_commit_also_after_plain_git(repo: Copy, tmp_path: Path) -> None:
    other = repo.fork(tmp_path / "other", **repo.environment)
    shown = repo.run("assay", "merge", "no-tbg").stdout
    assert "### the merge against strength" in shown
    assert "### the merge against no-tbg" in shown
    message = repo.run("git", "log", "-1", "--format=%B").stdout
    assert "\n5 stage(s) ran (train, audit, evaluate, cards, review), 6 had their results already.\n" in message
    assert message.count("\nAgainst ") == 2
    assert len(repo.run("git", "rev-list", "--parents", "-1", "HEAD").stdout.split()) == 3
    assert repo.git_status() == ""
    assert run_afresh(repo, tmp_path / "fresh") == ""

    # Plain git, without a word on what is generated, and the way out of it.
    (other.path / ".git/info").mkdir(exist_ok=True)
    (other.path / ".git/info/attributes").write_text("* !merge\nannotations/**/decisions.csv merge=union\n")
    assert len(other.run("git", "merge", "no-tbg", fails=True).stdout.splitlines()) > 20
    other.run("assay", "settle")
    assert tree(other) == tree(repo)
    assert other.git_status() == ""


def test_what_people_must_decide_is_named_alone_and_can_be_taken_back_or_decided(repo: Copy) -> None:
    before = state(repo)
    refused = repo.run("assay", "merge", "stronger", fails=True).stderr
    assert people(refused) == [PARAMETER]
    assert "assay merge --continue" in refused
    assert repo.git_status() == f"UU {PARAMETER}\n"
    repo.run("assay", "merge", "--abort")
    assert state(repo) == before

    repo.run("assay", "rebase", "stronger", fails=True)
    repo.run("assay", "rebase", "--abort")
    assert state(repo) == before

    repo.run("assay", "merge", "stronger", fails=True)
    repo.run("git", "checkout", "--ours", PARAMETER)
    repo.run("git", "add", PARAMETER)
    repo.run("assay", "merge", "--continue")
    assert tree(repo) == repo.run("git", "rev-parse", "strength^{tree}").stdout
    assert "0 stage(s) ran" in repo.run("git", "log", "-1", "--format=%B").stdout


def test_decisions_of_main_come_first_and_each_commit_of_a_rebase_is_true(repo: Copy) -> None:
    repo.run("git", "branch", "--quiet", "--force", "main", "ben")
    ledger = repo.path / "annotations/decisions.csv"
    switch(repo, "ann")
    repo.run("git", "merge", "--no-edit", "--strategy-option=ours", "main")
    assert ledger.read_text().index(",ann,") < ledger.read_text().index(",ben,")
    repo.run("assay", "labels", "check", fails=True)
    assert "are not of a run" in repo.run("assay", "settle", "--check", fails=True).stderr
    repo.run("assay", "settle")
    repo.run("assay", "labels", "check")
    assert ledger.read_text().index(",ben,") < ledger.read_text().index(",ann,")
    merged = tree(repo)

    repo.run("git", "reset", "--quiet", "--hard", "HEAD^")
    edit(repo, "README.md", "# Assay", "# Assay!")
    repo.commit("Words")
    repo.run("assay", "rebase", "main")
    assert repo.run("git", "log", "--format=%s", "main..").stdout == "Words\nann\n"
    assert repo.run("git", "rev-parse", "HEAD^^{tree}").stdout == merged
    repo.run("assay", "settle", "--check")


def test_a_decision_that_stands_in_params_yaml_alone_is_not_lost(repo: Copy) -> None:
    switch(repo, "main")
    repo.run("git", "checkout", "--quiet", "-b", "applied")
    repo.run("assay", "params", "review.suspects=7")
    repo.run("dvc", "repro", "--quiet")
    repo.commit("Kept an experiment")
    refused = repo.run("assay", "merge", "no-tbg", fails=True).stderr
    assert "review.suspects: 7 (conf/: 60)" in refused
    edit(repo, "conf/config.yaml", "suspects: 60", "suspects: 7")
    assert "differ from what would be committed" in repo.run("assay", "merge", "--continue", fails=True).stderr
    repo.run("git", "add", "conf")
    repo.run("assay", "merge", "--continue")
    repo.run("assay", "settle", "--check")
    assert repo.git_status() == ""
