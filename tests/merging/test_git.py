"""What git is left with: conflicts told apart, states told apart, nothing touched that people wrote."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.merging import conflicts, state
from assay.merging.forecast import ahead
from assay.merging.merge import merge
from assay.merging.rebase import rebase
from pipeline_copy import IDENTITY, Copy

GRAPH = "stages: {one: {cmd: one, deps: [src], outs: [{reports/m.json: {cache: false}}]}}\n"
START = {
    "dvc.yaml": GRAPH,
    "dvc.lock": "lock 0\n",
    "params.yaml": "a: 0\n",
    "reports/m.json": "0\n",
    "reports/notes.md": "0\n",
    "src/code.py": "0\n",
    "conf/c.yaml": "a: 0\n",
    "README.md": "0\n",
}
MADE = ("dvc.lock", "params.yaml", "reports/m.json")


@pytest.fixture
def repo(tmp_path: Path) -> Copy:
    """A repository with one commit on main."""
    copy = Copy(tmp_path)
    copy.run("git", "init", "--quiet", "--initial-branch=main")
    for key, value in {"user.name": "Test", "user.email": "test@example.org"}.items():
        copy.run("git", "config", key, value)
    commit(copy, **START)
    return copy


def commit(copy: Copy, **files: str) -> None:
    for name, text in files.items():
        (copy.path / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.path / name).write_text(text)
    copy.commit("Change")


def branches(copy: Copy, ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Two branches, of which `ours` is checked out."""
    copy.run("git", "checkout", "--quiet", "-b", "theirs")
    commit(copy, **theirs)
    copy.run("git", "checkout", "--quiet", "-b", "ours", "main")
    commit(copy, **ours)


def test_generated_files_take_one_side_and_the_others_are_for_people(repo: Copy) -> None:
    names = [*MADE, "reports/notes.md", "conf/c.yaml"]
    branches(repo, dict.fromkeys(names, "ours\n"), dict.fromkeys(names, "theirs\n"))
    repo.run("git", *IDENTITY, "merge", "theirs", fails=True)
    made = conflicts.generated(repo.path, ["HEAD", "theirs"])
    assert conflicts.resolve(repo.path, made) == ["conf/c.yaml", "reports/notes.md"]
    assert set(conflicts.unmerged(repo.path)) == {"conf/c.yaml", "reports/notes.md"}
    assert {(repo.path / name).read_text() for name in MADE} == {"ours\n"}
    assert "<<<<<<<" in (repo.path / "reports/notes.md").read_text()


def test_a_generated_file_that_one_side_deleted_is_resolved_too(repo: Copy) -> None:
    branches(repo, {"reports/m.json": "ours\n"}, {"README.md": "1\n"})
    repo.run("git", "checkout", "--quiet", "theirs")
    (repo.path / "reports/m.json").unlink()
    repo.commit("Delete")
    repo.run("git", "merge", "ours", fails=True)
    assert conflicts.resolve(repo.path, conflicts.generated(repo.path, ["HEAD", "ours"])) == []
    assert conflicts.unmerged(repo.path) == {}


@pytest.mark.parametrize(
    ("name", "staged"),
    [("src/code.py", "edited\n"), ("src/new.py", "unknown\n"), ("conf/new.yaml", "unknown\n"), ("notes.txt", "")],
)
def test_what_runs_must_be_what_is_committed(repo: Copy, name: str, staged: str) -> None:
    (repo.path / name).write_text("other\n")
    if not staged:  # the line does not read it
        conflicts.require_staged(repo.path, MADE)
        return
    with pytest.raises(AssayError, match=r"differ from what would be|unknown to git") as refused:
        conflicts.require_staged(repo.path, MADE)
    assert name in str(refused.value)
    repo.run("git", "add", name)
    conflicts.require_staged(repo.path, MADE)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (("merge", "theirs"), "assay merge --continue"),
        (("rebase", "theirs"), "assay rebase --continue"),
        (("cherry-pick", "theirs"), "assay settle"),
    ],
)
def test_what_is_in_progress_is_named_with_the_way_on(repo: Copy, start: tuple[str, ...], said: str) -> None:
    branches(repo, {"src/code.py": "ours\n"}, {"src/code.py": "theirs\n"})
    state.require_nothing_in_progress(repo.path)
    repo.run("git", *start, fails=True)
    with pytest.raises(AssayError, match=said):
        state.require_nothing_in_progress(repo.path)
    assert state.uncommitted(repo.path) is (start[0] == "rebase")
    assert bool(state.picking(repo.path)) is (start[0] == "cherry-pick")


@pytest.mark.parametrize(("pid", "free"), [(2**22 + 1, True), (os.getpid(), False)], ids=["killed", "living"])
def test_a_workspace_that_dvc_holds_is_refused(repo: Copy, pid: int, free: bool) -> None:
    locks = repo.path / ".dvc/tmp"
    locks.mkdir(parents=True)
    (locks / "rwlock").write_text(f'{{"write": {{"models": {{"pid": {pid}, "cmd": "dvc repro"}}}}, "read": {{}}}}')
    if free:
        with state.workspace(repo.path):
            pass
        return
    with pytest.raises(AssayError, match="DVC is running here"), state.workspace(repo.path):
        pass


def test_two_merges_are_not_settled_at_once(repo: Copy) -> None:
    with (
        state.workspace(repo.path),
        pytest.raises(AssayError, match="another merge is being settled"),
        state.workspace(repo.path),
    ):
        pass


@pytest.mark.parametrize(
    ("ours", "theirs", "people"),
    [
        ({"conf/c.yaml": "a: 1\n"}, {"README.md": "1\n"}, None),
        ({"README.md": "1\n"}, {"src/code.py": "1\n"}, None),
        ({"conf/c.yaml": "a: 1\n", "dvc.lock": "1\n"}, {"src/code.py": "1\n", "dvc.lock": "2\n"}, []),
        ({"conf/c.yaml": "a: 1\n", "dvc.lock": "1\n"}, {"conf/c.yaml": "a: 2\n", "dvc.lock": "2\n"}, ["conf/c.yaml"]),
    ],
    ids=["they changed words", "we changed words", "nothing for people", "one for people"],
)
def test_what_a_merge_will_ask_is_known_beforehand(
    repo: Copy, ours: dict[str, str], theirs: dict[str, str], people: list[str] | None
) -> None:
    branches(repo, ours, theirs)
    found = ahead(repo.path, "theirs")
    assert (found and (found.target, found.commits, found.people)) == (
        None if people is None else ("theirs", 1, people)
    )
    assert repo.git_status() == ""


@pytest.mark.parametrize(
    ("begin", "why"),
    [
        (lambda root: merge(root, ["other"]), "a merge would mix them with the other branch's"),
        (lambda root: rebase(root, "other"), "a rebase takes commits alone"),
    ],
    ids=["merge", "rebase"],
)
def test_what_is_not_committed_stops_it_for_a_reason_of_its_own(
    begin: Callable[[Path], bool], why: str, repo: Copy
) -> None:
    (repo.path / "README.md").write_text("1\n")
    with pytest.raises(AssayError) as caught:
        begin(repo.path)
    assert caught.value.what == f"1 file(s) differ from the last commit, and {why}"
    assert caught.value.where == "README.md"
