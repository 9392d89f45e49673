"""An experiment that somebody keeps is no damage; a params.yaml that was edited or is out of date is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.doctor import configuration
from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.examine import chosen, examined
from pipeline_copy import Copy


def edit(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def kept(clone: Copy, depth: int = 3) -> None:
    """What `dvc exp apply` leaves: params.yaml and dvc.lock of a run, and conf/ as it was."""
    for name in ("params.yaml", "dvc.lock"):
        edit(clone.path / name, "num_leaves: 31", f"num_leaves: {depth}")


def committed(clone: Copy) -> None:
    kept(clone)
    clone.commit("Keep it")


def edited(clone: Copy) -> None:
    edit(clone.path / "params.yaml", "num_leaves: 31", "num_leaves: 3")


def edited_too(clone: Copy) -> None:
    kept(clone)
    edit(clone.path / "params.yaml", "reg_lambda: 0.0", "reg_lambda: 7.0")


def conf_edited(clone: Copy) -> None:
    edit(clone.path / "conf/model/lightgbm.yaml", "num_leaves: 31", "num_leaves: 3")


def conf_committed(clone: Copy) -> None:
    conf_edited(clone)
    clone.commit("Edit conf/")


def conf_grown(clone: Copy) -> None:
    """A key that params.yaml never had, as with code that knows more."""
    edit(clone.path / "params.yaml", "  num_leaves: 31\n", "")
    clone.commit("As it was before")


def look(clone: Copy) -> list[Fault]:
    return list(configuration.agreeing(Clone(clone.path)))


@pytest.mark.parametrize(
    ("harm", "advice", "mended", "said"),
    [
        (kept, True, False, r"\(model.num_leaves: 3\): assay params --keep, and commit. To drop it: assay back"),
        (committed, True, False, r"\(model.num_leaves: 3\): assay params --keep.* drop it: assay params, then dvc"),
        (edited_too, False, False, "model.num_leaves: 3, model.reg_lambda: 7.0"),
        (edited, False, True, "assay params takes conf/"),
        (conf_edited, False, True, "assay params takes conf/"),
        (conf_committed, False, True, "assay params takes conf/"),
        (conf_grown, False, True, "assay params takes conf/"),
    ],
)
def test_what_params_and_conf_say_differently(
    clone: Copy, harm: Callable[[Copy], None], advice: bool, mended: bool, said: str
) -> None:
    harm(clone)
    before = (clone.path / "params.yaml").read_bytes()
    (finding,) = look(clone)
    assert finding.advice == advice
    assert re.search(said, finding.todo), finding.todo
    checks = [one for one in chosen(False, []) if one.code == "params"]
    list(examined(Clone(clone.path), checks, Attic(clone.path)))
    assert ((clone.path / "params.yaml").read_bytes() != before) == mended


@pytest.mark.slow
def test_the_way_to_keep_it_that_is_said_keeps_it(clone: Copy) -> None:
    kept(clone)
    before = (clone.path / "params.yaml").read_bytes()
    clone.run("assay", "params", "--keep")
    clone.run("assay", "params")
    assert (clone.path / "params.yaml").read_bytes() == before
    assert look(clone) == []


@pytest.mark.slow
def test_another_choice_is_kept_too(clone: Copy) -> None:
    graph = clone.path / "dvc.yaml"
    edit(graph, "    - model.num_leaves\n", "    - model\n")
    clone.run("assay", "params", "model=logistic", "training.folds=7")
    clone.repro()
    before = (clone.path / "params.yaml").read_bytes()
    (finding,) = look(clone)
    assert "assay params --keep" in finding.todo
    clone.run("assay", "params", "--keep")
    clone.run("assay", "params")
    assert (clone.path / "params.yaml").read_bytes() == before
    assert look(clone) == []


def test_params_check_refuses_and_says_the_same(clone: Copy) -> None:
    kept(clone)
    (finding,) = look(clone)
    said = clone.run("assay", "params", "--check", fails=True).stderr
    assert f"to do: {finding.todo}" in said
    assert "+  num_leaves: 3" in said


@pytest.mark.parametrize("staged", [False, True])
def test_a_file_of_conf_that_is_gone_comes_back_by_what_is_said(clone: Copy, staged: bool) -> None:
    path = clone.path / "conf/model/lightgbm.yaml"
    clone.run(*(["git", "rm", "--quiet"] if staged else ["rm"]), str(path))
    (finding,) = look(clone)
    clone.run("sh", "-c", finding.todo)
    assert clone.git_status() == ""
    assert look(clone) == []


def test_a_file_of_conf_that_is_wrong_is_not_restored(clone: Copy) -> None:
    (clone.path / "conf/model/lightgbm.yaml").write_text("num_leaves: [\n")
    check = next(one for one in chosen(False, []) if one.code == "params")
    (result,) = examined(Clone(clone.path), [check], None)
    assert "correct the file in conf/" in result.left[0].todo


def test_a_merge_in_progress_is_to_be_settled_first(clone: Copy, capsys: pytest.CaptureFixture) -> None:
    from assay.doctor.report import print_report

    (clone.path / ".git/MERGE_HEAD").write_text(clone.run("git", "rev-parse", "HEAD").stdout)
    edited(clone)
    (finding,) = look(clone)
    assert finding.todo.startswith("assay settle (a merge is in progress: docs/teams.md); else assay params")
    assert not print_report(Clone(clone.path), [Check("params", "", configuration.agreeing)], None)
    assert capsys.readouterr().out.splitlines()[-1].startswith("to do: assay settle (a merge is in progress")
    (clone.path / ".git/MERGE_HEAD").unlink()
    assert not look(clone)[0].todo.startswith("assay settle")
