"""Promote and roll back in a real repository, seen by git, GTO and DVC."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from assay.dvc_internals.locks import holding
from assay.errors import AssayError
from assay.files import files_md5
from assay.registry import promotion, publishing
from assay.registry.decisions import LOG, read
from assay.registry.page import of_registry
from assay.registry.tags import tags
from assay.registry.version import champion
from registry_repository import Promote, budget, git, model_of, ran, run

WHY = "the new one alarms too often"


def rollback(root: Path, to: str = "", stage: str = "prod", reason: str = WHY) -> str:
    outcome = promotion.rollback(root, stage, to, reason, sign=False, say=print)
    assert outcome.decision is not None
    return outcome.decision.version


def in_stage(root: Path, stage: str = "prod") -> str:
    found = champion(root, stage)
    return found.version if found else ""


def gto(root: Path, *words: str) -> Any:
    return json.loads(run(str(Path(sys.executable).with_name("gto")), *words, "--json", folder=root))


def test_a_promoted_model_is_registered_assigned_and_on_record(repo: Path, promote: Promote) -> None:
    model, commit = model_of(repo, "main"), git(repo, "rev-parse", "main")
    (repo / "staged.txt").write_text("mine")
    git(repo, "add", "staged.txt")
    (repo / "source.py").write_text("edited")
    before = git(repo, "status", "--porcelain")
    outcome = promote()
    assert not outcome.refused
    found = champion(repo, "prod")
    assert found is not None
    assert (found.tag, found.version, found.commit, found.n, found.md5) == (
        "model#prod#1", "v1.0.0", commit, 1, model,
    )  # fmt: skip
    (line,) = read(repo).decisions
    assert (line["who"], line["action"], line["version"], line["commit"], line["model"], line["before"]) == (
        "Ann Smith", "promote", "v1.0.0", commit, model, "",
    )  # fmt: skip
    assert all(one["passed"] and one["asked"] and one["found"] for one in line["criteria"])
    assert git(repo, "show", "--format=%s", "--name-only", "HEAD").split("\n") == [
        "Promote model v1.0.0 in prod", "", str(LOG),
    ]  # fmt: skip
    assert git(repo, "status", "--porcelain") == before
    assert git(repo, "cat-file", "-t", "model@v1.0.0") == "tag"


@pytest.mark.slow
def test_gto_and_dvc_see_what_was_promoted_and_rolled_back(repo: Path, promote: Promote, tmp_path: Path) -> None:
    promote("main")
    promote("better", bump="major")
    promote("main", stage="staging")
    rollback(repo)
    promote("better")
    shown = gto(repo, "show")["model"]
    assert (shown["version"], shown["stage"]["prod"], shown["stage"]["staging"]) == ("v2.0.0", "v2.0.0", "v1.0.0")
    history = [(one["event"], one["version"], one["stage"], one["ref"]) for one in reversed(gto(repo, "history"))]
    assert [one for one in history if one[0] == "assignment"] == [
        ("assignment", "v1.0.0", "prod", "model#prod#1"),
        ("assignment", "v2.0.0", "prod", "model#prod#2"),
        ("assignment", "v1.0.0", "staging", "model#staging#3"),
        ("assignment", "v1.0.0", "prod", "model#prod#4"),
        ("assignment", "v2.0.0", "prod", "model#prod#5"),
    ]
    for number, (words, revision) in enumerate([(["--stage", "prod"], "better"), (["--rev", "v1.0.0"], "main")]):
        out = tmp_path / str(number)
        run("dvc", "artifacts", "get", ".", "model", *words, "--out", str(out), folder=repo)
        assert json.loads((out / "bundle.json").read_text())["noise"] == {"better": 0.05, "main": 0.6}[revision]


def test_a_refusal_changes_nothing(promoted: Path, promote: Promote) -> None:
    before = git(promoted, "for-each-ref"), git(promoted, "status", "--porcelain")
    outcome = promote("worse")
    assert outcome.refused
    assert [one.name for one in outcome.criteria if not one.passed] == ["champion"]
    assert (git(promoted, "for-each-ref"), git(promoted, "status", "--porcelain")) == before


def test_an_override_is_on_record_with_what_it_overrode(repo: Path, promote: Promote) -> None:
    outcome = promote("missing", override="a trial\nof a day \x1b[31m")
    assert not outcome.refused
    line = read(repo).decisions[-1]
    assert (line["action"], line["overrode"]) == ("override", ["recall"])
    assert line["reason"] == "a trial of a day \x1b[31m"
    assert b"\x1b" not in (repo / LOG).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("order", [{}, {"override": "they all want it"}, {"bump": "major", "override": "really"}])
def test_a_model_of_another_dataset_comes_into_no_stage_that_others_use(
    promoted: Path, promote: Promote, order: dict[str, str]
) -> None:
    before = git(promoted, "for-each-ref")
    with pytest.raises(AssayError, match=r"v1\.0\.0 in prod is of the dataset thyroid, this one of other") as error:
        promote("other", **order)
    assert "--stage other" in error.value.todo
    assert git(promoted, "for-each-ref") == before
    promote("other", stage="other")
    table = of_registry(promoted)
    assert "| prod | v1.0.0 | thyroid, labels overt |" in table
    assert "| other | v1.2.0 | other, labels overt |" in table


@pytest.mark.parametrize("params", ["dataset: 3", "dataset: {name: [thyroid]}", "- x", "{", "\xff", None])
def test_a_model_of_nobody_knows_which_dataset_comes_into_no_stage_either(
    promoted: Path, promote: Promote, params: str | None
) -> None:
    path = promoted / "params.yaml"
    path.unlink() if params is None else path.write_bytes(params.encode("latin-1"))
    git(promoted, "commit", "--quiet", "--all", "--message", "By hand")
    with pytest.raises(AssayError, match="this one of unknown"):
        promote("HEAD", override="in any case")


def test_an_override_that_overrides_nothing_is_a_promotion(repo: Path, promote: Promote) -> None:
    promote(override="in any case")
    assert (read(repo).decisions[-1]["action"], read(repo).decisions[-1]["overrode"]) == ("promote", [])


def test_the_same_model_is_not_promoted_twice(repo: Path, promote: Promote) -> None:
    promote()
    before = git(repo, "for-each-ref")
    assert promote().standing == "v1.0.0"  # HEAD is the commit of the decision, which is not what is promoted
    assert git(repo, "for-each-ref") == before


def test_one_commit_has_one_version_in_all_stages(repo: Path, promote: Promote) -> None:
    promote(stage="staging")
    promote(stage="prod")
    assert [tag.name for tag in tags(repo).versions] == ["model@v1.0.0"]
    assert in_stage(repo) == in_stage(repo, "staging") == "v1.0.0"


def test_a_roll_back_assigns_the_version_before_again(repo: Path, promote: Promote) -> None:
    first = git(repo, "rev-parse", "main")
    promote("main")
    promote("better")
    assert in_stage(repo) == "v1.1.0"
    assert rollback(repo) == "v1.0.0"
    found = champion(repo, "prod")
    assert found is not None
    assert (found.tag, found.commit) == ("model#prod#3", first)
    line = read(repo).decisions[-1]
    assert (line["action"], line["version"], line["before"], line["reason"], line["tags"]) == (
        "rollback", "v1.0.0", "v1.1.0", WHY, ["model#prod#3"],
    )  # fmt: skip
    with pytest.raises(AssayError, match="nothing was in prod before"):
        rollback(repo)
    assert rollback(repo, to="1.1.0") == "v1.1.0"


def test_a_commit_without_a_version_is_rolled_back_to_as_it_is(repo: Path, promote: Promote) -> None:
    git(repo, "tag", "-a", "model#prod#1", "main", "-m", "by hand")
    commit = git(repo, "rev-parse", "main")
    promote("better")
    assert rollback(repo) == commit[:10]
    assert read(repo).damaged == []
    assert read(repo).decisions[-1]["tags"] == ["model#prod#3"]
    assert git(repo, "tag", "--list").split() == ["model#prod#1", "model#prod#2", "model#prod#3", "model@v1.0.0"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("v9.9.9", "no version v9.9.9"),
        ("v1.0.0", "is in prod already"),
        ("v1.1.0", "v1.1.0 was never in prod"),
        ("--x", "no version"),
    ],
)
def test_a_roll_back_goes_only_to_what_was_in_the_stage(promoted: Path, to: str, message: str) -> None:
    with pytest.raises(AssayError, match=message):
        rollback(promoted, to)


@pytest.mark.slow
def test_a_model_that_is_nowhere_is_not_put_in_a_stage(repo: Path, promote: Promote) -> None:
    promote("main")
    promote("better")
    before = git(repo, "for-each-ref")
    cache, folder = repo / ".dvc/cache/files/md5", repo / ".assay/versions" / model_of(repo, "main")[:-4]
    for md5 in [f"{folder.name}.dir", *files_md5(folder).values()]:
        (cache / md5[:2] / md5[2:]).unlink()
    for folder in (repo / ".assay/versions").iterdir():
        folder.rename(folder.with_name(f"{folder.name}-away"))
    with pytest.raises(AssayError, match="not to be had"):
        rollback(repo)
    assert git(repo, "for-each-ref") == before


def test_a_decision_needs_a_reason(repo: Path) -> None:
    with pytest.raises(AssayError, match="a reason is needed"):
        rollback(repo, reason=" \n ")
    with pytest.raises(AssayError, match="a reason of 2001 characters"):
        rollback(repo, reason="x" * 2001)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["v1.1.0", "1.1.0", "model@v1.1.0"])
def test_a_version_is_promoted_by_the_name_that_the_registry_shows(promoted: Path, promote: Promote, name: str) -> None:
    budget(promoted, model=model_of(promoted, "better"))
    outcome = promote(name)
    assert outcome.decision is not None
    assert (outcome.decision.version, outcome.decision.commit) == ("v1.1.0", git(promoted, "rev-parse", "better"))


def test_a_name_of_two_commits_is_not_guessed(promoted: Path, promote: Promote) -> None:
    git(promoted, "tag", "v1.0.0", "main~2")  # before the commits of the two decisions
    assert promote("v1.0.0").standing == "v1.0.0"
    git(promoted, "tag", "--force", "v1.0.0", "worse")
    with pytest.raises(AssayError, match="both a version of the model"):
        promote("v1.0.0")


def test_a_clone_without_the_tags_is_told_to_fetch_them(repo: Path, promote: Promote) -> None:
    promote("main")
    git(repo, "tag", "--delete", "model#prod#1")
    with pytest.raises(AssayError, match="git fetch --tags"):
        promote("better")
    with pytest.raises(AssayError, match="git fetch --tags"):
        rollback(repo)


def test_tags_that_look_like_ours_hinder_nothing(repo: Path, promote: Promote) -> None:
    for name in ("model@v0.0.0-rc", f"model#prod#{'9' * 20}", "model@v7.0.0", "model#prod#4"):
        git(repo, "tag", name, "worse")  # not annotated
    git(repo, "tag", "-a", "model#prod#6", "main^{tree}", "-m", "a tree")
    promote("main")
    found = champion(repo, "prod")
    assert found is not None
    assert (found.tag, found.version) == ("model#prod#7", "v7.1.0")


def test_a_damaged_log_is_continued(repo: Path, promote: Promote) -> None:
    (repo / LOG).parent.mkdir()
    (repo / LOG).write_bytes(b'<<<<<<< HEAD\n{"time": 3}\n\xff\xfe\n[1]\n{"cut": ')
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--message", "Damaged")
    promote("main")
    assert (read(repo).damaged, len(read(repo).decisions)) == ([1, 2, 3, 4, 5], 1)


@pytest.mark.slow
def test_two_branches_that_decided_keep_both_lines(repo: Path, promote: Promote) -> None:
    promote("main", stage="staging")
    for branch in ("one", "two"):
        git(repo, "checkout", "--quiet", "-b", branch, "main")
        promote("better", stage=branch)
    git(repo, "merge", "--quiet", "--no-edit", "one")
    assert sorted(one["stage"] for one in read(repo).decisions) == ["one", "staging", "two"]


def test_two_at_once_are_not_mixed(repo: Path, promote: Promote) -> None:
    (repo / ".git/assay-registry").mkdir()
    with holding(repo / ".git/assay-registry/held", AssayError("")), pytest.raises(AssayError, match="another promote"):
        promote("main")


def test_the_next_call_completes_what_was_killed(
    repo: Path, promote: Promote, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_settle_work_tree", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            promote("main")
    assert in_stage(repo) == ""
    assert promote("main").standing == "v1.0.0"
    assert said == ["completed what was begun: Promote model v1.0.0 in prod"]


@pytest.mark.slow
def test_a_later_run_of_the_same_branch_is_the_next_version(repo: Path, promote: Promote) -> None:
    promote("main")
    ran(repo, noise=0.04)
    budget(repo)
    promote("HEAD", bump="patch")
    assert in_stage(repo) == "v1.0.1"
