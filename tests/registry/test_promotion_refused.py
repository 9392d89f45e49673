"""What is refused before any gate: a revision that is no commit, a clone in which a decision would be lost."""

from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.registry.decisions import LOG
from registry_repository import Promote, git, run

REVISIONS = [
    "nowhere",
    "v9.9.9",
    "",
    " ",
    "workspace",
    "-x",
    "--help",
    "HEAD~99",
    "HEAD^{tree}",
    "HEAD:models",
    "a..b",
    "\x1b[31m",
    "@{0",
    "🦄",
]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_that_is_no_commit_is_refused(repo: Path, promote: Promote, revision: str) -> None:
    before = git(repo, "for-each-ref")
    with pytest.raises(AssayError):
        promote(revision)
    assert git(repo, "for-each-ref") == before


def conflict(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "better")
    run("git", "merge", "worse", folder=repo, fails=True)


def own_line(repo: Path) -> None:
    (repo / LOG).parent.mkdir()
    (repo / LOG).write_text("mine\n")


def nobody(repo: Path) -> None:
    git(repo, "config", "--unset", "user.name")


def shallow(repo: Path) -> None:
    (repo / ".git/shallow").write_text(git(repo, "rev-parse", "HEAD"))


STATES = {
    "a merge in progress": (conflict, "a merge is in progress"),
    "a log with changes": (own_line, "changes of yours"),
    "no user": (nobody, "does not know who you are"),
    "a detached HEAD": (lambda repo: git(repo, "checkout", "--quiet", "--detach"), "HEAD is on no branch"),
    "a shallow clone": (shallow, "a shallow clone"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_clone_in_which_a_decision_would_be_lost_is_refused(repo: Path, promote: Promote, state: str) -> None:
    make, message = STATES[state]
    make(repo)
    before = git(repo, "for-each-ref"), git(repo, "status", "--porcelain")
    with pytest.raises(AssayError, match=message):
        promote("main")
    assert (git(repo, "for-each-ref"), git(repo, "status", "--porcelain")) == before
