"""A decision that was cut off at any moment is completed or discarded by the next call, and nothing is in between."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay.errors import AssayError
from assay.registry import publishing
from assay.registry.decisions import LOG, parsed
from assay.registry.publishing import NewTag, Pending, interrupted, publish, recover, registry
from registry_repository import git, run

STEPS = 40  # more than publish has
TAGS = ["model@v1.0.0", "model#prod#1"]
FACTS = {
    **dict.fromkeys(("who", "action", "version", "stage", "model", "reason"), "x"),
    "commit": "0" * 40,
    "time": "2026-01-01T00:00:00+00:00",
    "tags": TAGS,
}


class KilledError(BaseException):
    """Stands for kill -9: nothing in the code catches it."""


def pending(root: Path) -> Pending:
    commit = git(root, "rev-parse", "main")
    return Pending(
        json.dumps(FACTS), "Promote\n\nwhy\n", [NewTag(name, commit, "Promote\n") for name in TAGS], 1_800_000_000
    )


def killed_at(monkeypatch: pytest.MonkeyPatch, step: int, *, after: bool) -> None:
    """End the process, as it were, just before or after the n-th call of something that writes or runs git."""
    calls = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step and not after:
                raise KilledError
            result = real(*arguments, **named)
            if calls == step:
                raise KilledError
            return result

        return call

    for name in ("git", "write_text", "write_bytes"):
        monkeypatch.setattr(publishing, name, counted(getattr(publishing, name)))


def made(root: Path) -> tuple[int, list[str]]:
    """The number of decisions in the log of the branch, and the tags."""
    log = publishing.content(root, "HEAD", str(LOG)) or b""
    return len(parsed(log).decisions), git(root, "tag", "--list").split()


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_cut_off_anywhere_it_is_completed_or_discarded(
    repo: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    (repo / "staged.txt").write_text("mine")
    git(repo, "add", "staged.txt")
    (repo / "source.py").write_text("edited")
    start, status = git(repo, "rev-parse", "HEAD"), git(repo, "status", "--porcelain")
    outcomes = []
    for step in range(1, STEPS):
        whole = False
        with monkeypatch.context() as patch:
            killed_at(patch, step, after=after)
            try:
                with registry(repo) as journal:
                    publish(repo, journal, pending(repo))
                whole = True
            except KilledError:
                pass
        with registry(repo) as journal:
            said = recover(repo, journal)
        decisions, tags = made(repo)
        assert (decisions, tags) in [(0, []), (1, sorted(TAGS))], f"step {step}"
        assert not interrupted(repo)
        assert git(repo, "status", "--porcelain") == status, f"step {step}"
        assert (repo / LOG).exists() == bool(decisions)
        outcomes.append((bool(decisions), whole, [line.split()[0] for line in said]))
        if whole:
            break
        git(repo, "update-ref", "HEAD", start)
        git(repo, "reset", "--quiet", "--", str(LOG))
        (repo / LOG).unlink(missing_ok=True)
        for tag in tags:
            git(repo, "tag", "--delete", tag)
    assert outcomes[-1] == (True, True, [])
    assert {words[0] for _, _, words in outcomes if words} == {"discarded", "completed"}
    done = [decided for decided, _, _ in outcomes]
    assert done == sorted(done)  # from the commit on, never discarded


def test_a_log_that_was_put_back_meanwhile_gets_its_line_again(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_settle_work_tree", lambda _: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError), registry(repo) as journal:
            publish(repo, journal, pending(repo))
    (repo / "source.py").write_text("edited")
    git(repo, "commit", "--quiet", "--all", "--message", "Takes the line out, unseen")
    assert made(repo) == (0, [])
    with registry(repo) as journal:
        assert recover(repo, journal) == ["completed what was begun: Promote"]
    assert made(repo) == (1, sorted(TAGS))


def test_what_the_user_changed_meanwhile_stays(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_settle_work_tree", lambda _: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError), registry(repo) as journal:
            publish(repo, journal, pending(repo))
    (repo / LOG).parent.mkdir()
    (repo / LOG).write_text("mine")
    with registry(repo) as journal:
        recover(repo, journal)
    assert (repo / LOG).read_text() == "mine"
    assert made(repo) == (1, sorted(TAGS))


def test_a_lock_that_a_killed_git_left_is_put_away(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_make_tag", lambda *_: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError), registry(repo) as journal:
            publish(repo, journal, pending(repo))
    for name in ("refs/tags/model@v1.0.0.lock", "index.lock"):
        (repo / ".git" / name).touch()
    with registry(repo) as journal:
        said = recover(repo, journal)
    assert [line.split()[0] for line in said] == ["put", "put", "completed"]
    assert made(repo) == (1, sorted(TAGS))


def test_a_branch_that_moved_meanwhile_refuses_and_leaves_nothing(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = publishing._with_commit

    def overtaken(root: Path, one: Pending) -> Pending:
        found = real(root, one)
        git(root, "commit", "--quiet", "--allow-empty", "--message", "In between")
        return found

    monkeypatch.setattr(publishing, "_with_commit", overtaken)
    with pytest.raises(AssayError, match="update-ref failed"), registry(repo) as journal:
        publish(repo, journal, pending(repo))
    assert not interrupted(repo)
    assert made(repo) == (0, [])


def test_a_tag_of_that_name_elsewhere_is_not_replaced(repo: Path) -> None:
    git(repo, "tag", "-a", TAGS[0], "better", "-m", "theirs")
    with pytest.raises(AssayError, match="already exists"), registry(repo) as journal:
        publish(repo, journal, pending(repo))
    assert git(repo, "rev-parse", f"{TAGS[0]}^{{commit}}") == git(repo, "rev-parse", "better")


def test_tags_are_dated_as_told(repo: Path) -> None:
    with registry(repo) as journal:
        publish(repo, journal, replace(pending(repo), time=2_000_000_000))
    assert git(repo, "for-each-ref", "--format=%(taggerdate:unix)", "refs/tags").split() == ["2000000000"] * 2


def test_in_a_second_work_tree_the_same_registry_is_held(repo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(repo, "worktree", "add", "--quiet", str(other), "better")
    with registry(other), pytest.raises(AssayError, match="another promote"), registry(repo):
        pass
    with registry(other) as journal:
        publish(other, journal, pending(other))
    assert run("git", "status", "--porcelain", folder=other) == ""
    assert (other / LOG).exists()
    assert not (repo / LOG).exists()
