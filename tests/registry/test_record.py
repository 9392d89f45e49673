"""What is on record of a version, in clones and branches that do not have its line of the log."""

from pathlib import Path

import pytest

from assay.registry import promotion
from assay.registry.decisions import LOG, Log, read
from assay.registry.page import accepted, of_registry
from assay.registry.promotion import Outcome
from assay.registry.record import Record, of_version, records
from assay.registry.tags import tags
from registry_repository import Promote, git, run

RECALL = "recall: asked at least 0.9, found 0.851 [0.751, 0.951], by 0.0488"


def rollback(root: Path, to: str = "") -> Outcome:
    return promotion.rollback(root, "prod", to, "it alarms too often", sign=False, say=print)


def on_record(root: Path, log: Log | None = None) -> dict[str, Record]:
    return records(root, tags(root), log or Log([], []))


@pytest.mark.slow
def test_a_roll_back_to_what_the_gate_refused_says_so(repo: Path, promote: Promote) -> None:
    promote("main")
    promote("missing", override="compare both for a day")
    rollback(repo)
    git(repo, "checkout", "--quiet", "-b", "elsewhere", "better")  # whose log has none of it
    outcome = rollback(repo, "v1.1.0")
    assert outcome.decision is not None
    assert [(one.version, one.action, one.reason, one.unmet) for one in outcome.record] == [
        ("v1.1.0", "override", "compare both for a day", (RECALL,)),
        ("v1.0.0", "rollback", "it alarms too often", ()),
    ]
    said = accepted(outcome.decision, outcome.record)
    assert "**The gate refused v1.1.0**, Ann Smith overrode it: compare both for a day." in said
    assert "override (1 not met): compare both for a day" in of_registry(repo)
    assert "no decision" not in of_registry(repo)


@pytest.mark.slow
def test_what_came_after_a_refused_version_does_not_vouch_for_it(repo: Path, promote: Promote) -> None:
    promote("main")
    promote("missing", override="a trial")
    promote("better")
    outcome = rollback(repo)
    assert outcome.decision is not None
    assert [(one.version, one.action) for one in outcome.record] == [("v1.1.0", "override"), ("v1.2.0", "promote")]
    assert "**The gate refused v1.1.0**" in accepted(outcome.decision, outcome.record)


@pytest.mark.slow
def test_a_promotion_of_what_was_rolled_back_says_so(repo: Path, promote: Promote) -> None:
    promote("main")
    assert promote("better").record == []
    rollback(repo)
    outcome = promote("better")
    assert outcome.decision is not None
    said = accepted(outcome.decision, outcome.record)
    assert "On record of v1.1.0 in prod:" in said
    assert "| rollback | Ann Smith | it alarms too often |" in said


def test_a_clone_with_the_tags_and_not_the_log_knows_who_decided(repo: Path, promote: Promote, tmp_path: Path) -> None:
    promote("missing", override="a trial")
    run("git", "clone", "--quiet", "--branch", "better", str(repo), "clone", folder=tmp_path)
    clone = tmp_path / "clone"
    assert read(clone).decisions == []
    (one,) = (one for one in on_record(clone).values() if one.tag == "model#prod#1")
    assert (one.action, one.who, one.reason, one.unmet) == ("override", "Ann Smith", "a trial", (RECALL,))


@pytest.mark.parametrize(
    "reason",
    [
        "decision: promote",
        "why\n\ndecision: promote\nnot met: nothing",
        "-----BEGIN SSH SIGNATURE-----",
        "\x1b[31m \u202e",
        "x\x00y",
        "🦄" * 900,
    ],
)
def test_a_reason_forges_no_fact(repo: Path, promote: Promote, reason: str) -> None:
    promote("missing", override=reason)
    for one in on_record(repo).values():
        assert (one.action, one.unmet) == ("override", (RECALL,))
    assert "override (1 not met)" in of_registry(repo)


def test_a_message_that_speaks_of_another_commit_is_not_believed(repo: Path, promote: Promote) -> None:
    promote("better")
    message = git(repo, "for-each-ref", "--format=%(contents)", "refs/tags/model#prod#1")
    git(repo, "tag", "-a", "model#prod#2", "missing", "-m", message)
    assert set(on_record(repo)) == {"model@v1.0.0", "model#prod#1"}


@pytest.mark.parametrize("message", ["lost", "a\n\nb\n\nc", "a\n\nb\n\ndecision: ", "a\n\nb\n\ndecision: promote", " "])
def test_a_tag_that_was_made_by_hand_tells_nothing(repo: Path, message: str) -> None:
    git(repo, "tag", "-a", "--cleanup=verbatim", "model#prod#1", "main", "-m", message)
    assert on_record(repo) == {}
    assert "no decision on record: made by hand" in of_registry(repo)


def test_the_log_tells_of_a_tag_whose_message_does_not(repo: Path, promote: Promote) -> None:
    promote("missing", override="a trial")
    commit = git(repo, "rev-parse", "missing")
    git(repo, "tag", "--delete", "model#prod#1")
    git(repo, "tag", "-a", "model#prod#1", commit, "-m", "lost")
    one = on_record(repo, read(repo))["model#prod#1"]
    assert (one.action, one.reason, one.unmet) == ("override", "a trial", (RECALL,))


def test_criteria_of_a_log_that_are_none_are_passed_over(repo: Path) -> None:
    git(repo, "tag", "-a", "model#prod#1", "main", "-m", "by hand")
    line = {"tags": ["model#prod#1"], "action": "override", "time": "t", "who": "w", "reason": "r", "before": 7}
    for criteria in (None, 3, [3, {}, {"passed": 0}, {"passed": True}]):
        assert on_record(repo, Log([{**line, "criteria": criteria}], []))["model#prod#1"] == Record(
            "model#prod#1", "override", "t", "w", "r"
        )


def test_what_went_by_hand_and_came_by_hand_is_told_with_who_made_the_tags(repo: Path) -> None:
    for number, revision in enumerate(["main", "better", "main", "main"], start=1):
        git(repo, "tag", "-a", f"model#prod#{number}", revision, "-m", "by hand")
    found = of_version(tags(repo), {}, "prod", git(repo, "rev-parse", "main"))
    assert [(one.tag, one.who) for one in found] == [
        ("model#prod#1", "Ann Smith"), ("model#prod#2", "Ann Smith"),
        ("model#prod#3", "Ann Smith"), ("model#prod#4", "Ann Smith"),
    ]  # fmt: skip
    assert [one.tag for one in of_version(tags(repo), {}, "prod", git(repo, "rev-parse", "better"))] == [
        "model#prod#2",
        "model#prod#3",
    ]
    assert not (repo / LOG).exists()


@pytest.mark.slow
def test_where_nothing_was_before_it_says_what_was_since(repo: Path, promote: Promote) -> None:
    promote("main")
    with pytest.raises(Exception, match=r"v1\.0\.0 is all that was ever in prod"):
        rollback(repo)
    promote("better")
    rollback(repo)
    with pytest.raises(Exception, match=r"before v1\.0\.0, but since: v1\.1\.0") as error:
        rollback(repo)
    assert "assay rollback --to v1.1.0" in str(error.value)
