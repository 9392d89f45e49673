"""Decisions that others have are not rewritten."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.labels.decision import HEADER, as_line
from assay.labels.history import require_growth
from assay.paths import ANNOTATIONS
from decisions import decision
from pipeline_copy import IDENTITY, Copy
from samples import ROOT

LEDGER = ANNOTATIONS / "decisions.csv"
FIRST, SECOND, THIRD = (as_line(decision(annotator=name)) for name in ("ann", "ben", "cal"))
START = f"{HEADER}\n{FIRST}{SECOND}"


@pytest.fixture
def repo(tmp_path: Path) -> Copy:
    """A repository with two decisions on main, and a branch checked out."""
    copy = Copy(tmp_path)
    copy.run("git", "init", "--quiet", "--initial-branch=main")
    (tmp_path / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    commit(copy, START)
    copy.run("git", "checkout", "--quiet", "-b", "branch")
    return copy


def commit(copy: Copy, ledger: str) -> None:
    (copy.path / LEDGER).parent.mkdir(exist_ok=True)
    (copy.path / LEDGER).write_text(ledger)
    copy.run("git", "add", "--all")
    copy.run("git", *IDENTITY, "commit", "--quiet", "--message", "Decide")


def test_decisions_may_be_added_and_ones_own_be_corrected_before_they_are_shared(repo: Copy) -> None:
    require_growth(repo.path)
    for added in (FIRST, THIRD, ""):
        commit(repo, START + added) if added else (repo.path / LEDGER).write_text(START)
        require_growth(repo.path)


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda text: text.replace(",F,ben", ",A,ben"), "line 3 was '840801013,F,ben"),
        (lambda text: text.replace(SECOND, ""), "line 3 was '840801013,F,ben"),
        (lambda text: THIRD.join([text[: len(HEADER) + 1], text[len(HEADER) + 1 :]]), "line 2 was '840801013,F,ann"),
        (lambda text: text[:-1], "line 4 was '' and is ''"),
        (lambda text: "", "line 1 was 'record_id"),
    ],
    ids=["changed", "removed", "put before", "end cut off", "emptied"],
)
def test_rewriting_is_refused_and_named(repo: Copy, edit: Callable[[str], str], named: str) -> None:
    (repo.path / LEDGER).write_text(edit(START))
    with pytest.raises(AssayError, match="only ever added") as refused:
        require_growth(repo.path)
    assert named in str(refused.value)
    assert "git checkout" in str(refused.value)


def test_the_ledger_of_another_dataset_is_held_to_the_same(repo: Copy) -> None:
    repo.run("git", "checkout", "--quiet", "main")
    other = repo.path / ANNOTATIONS / "covid/decisions.csv"
    other.parent.mkdir()
    other.write_text(START)
    commit(repo, START)
    require_growth(repo.path)
    other.unlink()
    with pytest.raises(AssayError, match=r"line 1 (.*\n)*.*covid/decisions.csv"):
        require_growth(repo.path)


def test_the_ledger_may_be_new(repo: Copy) -> None:
    repo.run("git", "checkout", "--quiet", "main")
    repo.run("git", "rm", "--quiet", str(LEDGER))
    repo.run("git", *IDENTITY, "commit", "--quiet", "--message", "Start without")
    commit(repo, START)
    repo.run("git", "checkout", "--quiet", "-b", "other")
    repo.run("git", "branch", "--quiet", "--force", "main", "HEAD~1")
    require_growth(repo.path)


def both_decide(repo: Copy) -> None:
    """A third decision on the branch, another one on main."""
    commit(repo, START + THIRD)
    repo.run("git", "checkout", "--quiet", "main")
    commit(repo, START + FIRST)
    repo.run("git", "checkout", "--quiet", "branch")


def test_lines_of_two_branches_are_both_kept_by_a_rebase(repo: Copy) -> None:
    both_decide(repo)
    repo.run("git", *IDENTITY, "rebase", "--quiet", "main")
    assert (repo.path / LEDGER).read_text() == START + FIRST + THIRD
    require_growth(repo.path)


def test_a_merge_that_puts_the_own_lines_first_is_refused_with_the_way_out(repo: Copy) -> None:
    both_decide(repo)
    repo.run("git", *IDENTITY, "merge", "--quiet", "--no-edit", "main")
    with pytest.raises(AssayError, match=r"assay merge main.*assay settle"):
        require_growth(repo.path)


def test_a_clone_knows_main_by_its_origin(repo: Copy, tmp_path_factory: pytest.TempPathFactory) -> None:
    clone = Copy(tmp_path_factory.mktemp("clone") / "clone")
    repo.run("git", "clone", "--quiet", str(repo.path), str(clone.path))
    require_growth(clone.path)
    (clone.path / LEDGER).write_text(HEADER + "\n" + SECOND)
    with pytest.raises(AssayError, match="only ever added"):
        require_growth(clone.path)


def test_a_branch_that_nobody_has_is_named(repo: Copy) -> None:
    with pytest.raises(AssayError, match="no branch trunk"):
        require_growth(repo.path, "trunk")
