"""What a killed experiment leaves in git: found, and mended where no person may want it so."""

import pytest

from assay.doctor import leftovers
from assay.doctor.attic import Attic
from assay.doctor.clone import Clone
from doctor_harm import killed_experiment
from pipeline_copy import IDENTITY, Copy


@pytest.mark.parametrize(
    ("commands", "note"),
    [
        (["checkout --detach"], "git switch main"),
        (["checkout --detach", "commit --allow-empty --message more"], ""),
        (["checkout -b other", "commit --allow-empty --message more", "checkout --detach main"], ""),
        (["checkout -b other"], ""),
        (["tag v1", "checkout v1"], "git switch main"),
        (["checkout -b other", "commit --allow-empty --message more", "rebase main --exec false --keep-base"], ""),
    ],
    ids=["detached", "with a commit", "from another branch", "on a branch", "at a tag", "in a rebase"],
)
def test_head_on_no_branch_is_a_note_where_a_person_may_want_it_so(clone: Copy, commands: list[str], note: str) -> None:
    *before, last = commands
    for command in before:
        clone.run("git", *IDENTITY, *command.split())
    clone.run("git", *IDENTITY, *last.split(), fails="false" in last)
    [*found] = leftovers.experiment(Clone(clone.path))
    assert [(one.todo[: len(note)], one.advice, one.mend) for one in found] == ([(note, True, None)] if note else [])


def test_an_experiment_that_was_killed_leaves_the_next_commit_to_the_branch(clone: Copy) -> None:
    killed_experiment(clone)
    (clone.path / "source.csv").write_text("id,x\n1,3\n")
    clone.run("git", "add", "source.csv")
    for fault in list(leftovers.experiment(Clone(clone.path))):
        assert fault.mend
        fault.mend(Attic(clone.path))
    clone.run("git", *IDENTITY, "commit", "--quiet", "--message", "changed")
    assert clone.run("git", "log", "-1", "--format=%s", "main").stdout == "changed\n"
    assert clone.run("git", "for-each-ref", "refs/exps/exec").stdout == ""


@pytest.mark.parametrize("where", ["clone", "other tree"])
def test_an_experiment_that_runs_is_left_alone(clone: Copy, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    clone.run("git", "worktree", "add", "--quiet", "-b", "other", "../other tree")
    killed_experiment(clone)
    assert list(leftovers.experiment(Clone(clone.path)))
    monkeypatch.setattr(leftovers, "at_work", lambda root: ["DVC (process 7)"] * (root.name == where))
    assert list(leftovers.experiment(Clone(clone.path))) == []
