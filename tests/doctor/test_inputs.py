"""Inputs of stages: what lies among them that nobody meant, what cannot be read, what another clone would lack."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.doctor import contents, inputs, versioned
from assay.doctor.attic import Attic
from assay.doctor.check import Fault
from assay.doctor.clone import Clone
from assay.doctor.examine import chosen, examined
from assay.doctor.report import print_report
from pipeline_copy import Copy

LITTER = (
    *("notes.txt~", ".decisions.csv.swp", ".decisions.csv.swo", "#decisions.csv#", "decisions.csv.orig", "a.bak"),
    *(".~lock.decisions.csv#", "~$decisions.xlsx", ".DS_Store", "._decisions.csv", ".nfs0001", "Thumbs.db"),
)


def looked(clone: Copy, *checks: Callable) -> list[Fault]:
    return [finding for check in checks for finding in check(Clone(clone.path))]


def test_what_editors_leave_is_no_input_and_nobody_is_told_to_add_it(
    clone: Copy, capsys: pytest.CaptureFixture
) -> None:
    for name in LITTER:
        (clone.path / "annotations" / name).write_text("x")
    (clone.path / "annotations/.#decisions.csv").symlink_to("u@h.1:9")
    (clone.path / "annotations/.ipynb_checkpoints").mkdir()
    (clone.path / "annotations/.ipynb_checkpoints/decisions.csv").write_text("x")
    assert clone.git_status() == ""
    assert "up to date" in clone.run("dvc", "status").stdout
    assert clone.repro() == []
    codes = ("inputs", "deleted", "untracked", "in-git", "workspace")
    assert print_report(Clone(clone.path), [one for one in chosen(False, []) if one.code in codes], None)
    assert capsys.readouterr().out.startswith("healthy: 5 checks")


def test_without_the_rules_it_is_named_as_what_it_is(clone: Copy) -> None:
    for name in (".dvcignore", ".gitignore"):
        (clone.path / name).write_text("/models\n")
    link = clone.path / "annotations/.#decisions.csv"
    link.symlink_to("u@h.1:9")
    (finding,) = looked(clone, inputs.readable, inputs.untracked)
    assert finding.where == "annotations/.#decisions.csv"
    assert "a link to u@h.1:9, where nothing is" in finding.what
    assert "git add" not in finding.todo
    assert not finding.advice


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.symlink_to("/no/such/place"), "where nothing is"),
        (lambda path: path.symlink_to(path), "where nothing is"),
        (os.mkfifo, "neither a file nor a folder"),
    ],
)
def test_what_dvc_stops_at(clone: Copy, make: Callable[[Path], None], said: str) -> None:
    make(clone.path / "annotations/a b.csv")
    (finding,) = looked(clone, inputs.readable, inputs.untracked)
    assert said in finding.what
    assert finding.todo.endswith("rm 'annotations/a b.csv'")


def test_what_git_ignores_and_dvc_counts(clone: Copy) -> None:
    """As by a person's own list of ignored files, which DVC does not know."""
    (clone.path / ".git/info/exclude").write_text("*.mine\n")
    (clone.path / "annotations/x.mine").write_text("x")
    assert clone.git_status() == ""
    assert "modified" in clone.run("dvc", "status").stdout
    (finding,) = looked(clone, inputs.readable, inputs.untracked)
    assert finding.where == "annotations/x.mine"
    assert "git ignores it" in finding.what
    clone.run("dvc", "add", "--quiet", "annotations/x.mine")
    clone.run("git", "add", ".")
    assert looked(clone, inputs.readable, inputs.untracked) == [], "DVC has it for every clone"


@pytest.mark.parametrize("name", ["source.csv", "annotations"])
@pytest.mark.parametrize("staged", [False, True])
def test_an_input_that_is_gone_comes_back_by_what_is_said(clone: Copy, name: str, staged: bool) -> None:
    clone.run(*(["git", "rm", "-r", "--quiet", name] if staged else ["rm", "-r", name]))
    (finding,) = looked(clone, inputs.readable)
    assert (finding.where, finding.advice) == (name, False)
    clone.run("sh", "-c", finding.todo)
    assert looked(clone, inputs.readable) == []
    assert clone.git_status() == ""


@pytest.mark.parametrize("count", [1, 6, 30])
def test_files_that_are_deleted_come_back_by_what_is_said(clone: Copy, count: int) -> None:
    edited = clone.path / "conf/config.yaml"
    for path in [path for path in sorted((clone.path / "conf").rglob("*.yaml")) if path != edited][:count]:
        path.unlink()
    edited.write_text("mine\n")
    (finding,) = looked(clone, inputs.deleted)
    assert finding.advice
    clone.run("sh", "-c", finding.todo.partition(";")[0])
    assert clone.git_status() == " M conf/config.yaml\n"
    assert edited.read_text() == "mine\n"


@pytest.mark.parametrize("count", [2, 6, 30])
def test_all_files_that_git_has_not_are_added_by_what_is_said(clone: Copy, count: int) -> None:
    for number in range(count):
        (clone.path / f"annotations/new {number:02}.csv").write_text("x\n")
    (finding,) = looked(clone, inputs.untracked)
    assert all(f"new {number:02}.csv" in finding.what for number in range(min(count, inputs.NAMED)))
    clone.run("sh", "-c", finding.todo.partition(";")[0])
    assert looked(clone, inputs.untracked) == []


@pytest.mark.parametrize("name", ["conf/model/new.yaml", "annotations/new.csv", "source2.csv", "src_of_mine.py"])
def test_inputs_that_git_has_not(clone: Copy, name: str) -> None:
    graph = clone.path / "dvc.yaml"
    graph.write_text(graph.read_text().replace("    - source.csv\n", "    - source.csv\n    - source2.csv\n"))
    (clone.path / name).write_text("x\n")
    found = list(inputs.untracked(Clone(clone.path)))
    assert [name in finding.what and finding.advice for finding in found] == (
        [] if name == "src_of_mine.py" else [True]
    )


def test_a_source_that_neither_git_nor_dvc_has(clone: Copy) -> None:
    (clone.path / "shop.csv").write_text("id\n")
    (clone.path / "conf/dataset/shop.yaml").write_text("source:\n  uri: shop.csv\n")
    assert "shop.csv" in [finding.where for finding in inputs.untracked(Clone(clone.path))]
    clone.run("dvc", "add", "--quiet", "shop.csv")
    clone.run("git", "add", ".")
    assert list(inputs.untracked(Clone(clone.path))) == []


@pytest.mark.parametrize("committed", [False, True])
def test_outputs_of_dvc_that_git_tracks(clone: Copy, committed: bool) -> None:
    clone.run("git", "add", "--force", "data", "models")
    if committed:
        clone.commit("By mistake")
    (finding,) = looked(clone, versioned.in_git)
    assert finding.what == "git tracks what DVC keeps: data/checked.json, data/raw.csv, models"
    assert "git rm -r --cached data/checked.json data/raw.csv models;" in finding.todo
    assert finding.mend
    finding.mend(Attic(clone.path))
    assert looked(clone, versioned.in_git) == []
    assert (clone.path / "models/model.txt").exists()
    assert finding.then.startswith("git commit") == committed
    assert clone.repro() == []


@pytest.mark.parametrize("name", ["reports/metrics.json", "reports/plots/roc.csv", "dvc.lock", "params.yaml"])
def test_one_mend_puts_index_and_workspace_right(clone: Copy, name: str) -> None:
    path = clone.path / name
    path.write_text(path.read_text() + "9")
    clone.run("git", "add", name)
    list(examined(Clone(clone.path), chosen(False, ["params"]), Attic(clone.path)))
    assert clone.git_status() == ""


@pytest.mark.parametrize("name", ["reports/metrics.json", "reports/plots/roc.csv", "data/raw.csv", "models/model.txt"])
@pytest.mark.parametrize("gone", [False, True])
def test_a_file_comes_back_by_what_is_said(clone: Copy, name: str, gone: bool) -> None:
    """Reports from git, data and models from the cache."""
    path = clone.path / name
    before = path.read_bytes()
    path.unlink()
    if not gone:
        path.write_text("x")
    (finding,) = looked(clone, contents.missing if gone else contents.workspace)
    clone.run("sh", "-c", finding.todo.partition(", or")[0])
    assert path.read_bytes() == before
