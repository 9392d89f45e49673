""".ci/retrain: what it does after each answer of the monitor, with real git and stand-ins for assay and dvc."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline_copy import ENVIRONMENT, IDENTITY
from samples import ROOT

# Notes each call; ends as it is told; what `assay retrain` makes is a branch.
STAND_IN = """#!/usr/bin/env bash
echo "$(basename "$0") $*" >>"$CALLS"
case "$(basename "$0") $1" in
  "assay monitor") echo said; exit "$MONITOR" ;;
  "assay retrain")
    echo "{\\"experiment\\": $EXPERIMENT}"
    git update-ref "refs/heads/$(sed 's/.*--branch \\([^ ]*\\).*/\\1/' <<<"$*")" HEAD
    exit "$RETRAIN" ;;
esac
"""


@dataclass(frozen=True)
class Script:
    """A clone with the script, and what it is given."""

    clone: Path

    def run(self, **told: str) -> tuple[int, list[str]]:
        """Its exit code, and what it called, without the options."""
        calls = self.clone.parent / "calls"
        calls.write_text("")
        given = {"MONITOR": "20", "RETRAIN": "0", "EXPERIMENT": '"retrain-1"', "BATCH": "new.csv", "CALLS": str(calls)}
        path = f"{self.clone.parent / 'bin'}{os.pathsep}{ENVIRONMENT['PATH']}"
        environment = {**ENVIRONMENT, "PATH": path, "PYTHONPATH": str(ROOT / "src"), **given, **told}
        done = subprocess.run(["bash", ".ci/retrain"], cwd=self.clone, env=environment, capture_output=True, text=True)
        return done.returncode, calls.read_text().splitlines()

    def proposed(self) -> list[str]:
        """The branches of the origin besides main."""
        return git(self.clone.parent / "origin", "branch", "--list", "retrain-*", "--format=%(refname:short)").split()


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *IDENTITY, *words], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def script(tmp_path: Path) -> Script:
    clone = tmp_path / "clone"
    (clone / ".ci").mkdir(parents=True)
    (clone / "models").mkdir()
    shutil.copy(ROOT / ".ci/retrain", clone / ".ci")
    (clone / "new.csv").write_text("a,target\n1,-\n")
    (clone / "labels.csv").write_text("a,target\n1,A\n")
    git(tmp_path, "init", "--quiet", "--bare", "origin")
    git(clone, "init", "--quiet")
    git(clone, "add", ".ci")
    git(clone, "commit", "--quiet", "--message", "Start")
    git(clone, "remote", "add", "origin", str(tmp_path / "origin"))
    for name in ("assay", "dvc"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(STAND_IN)
        (tmp_path / "bin" / name).chmod(0o755)
    return Script(clone)


PROPOSED = ["assay monitor", "assay retrain", "dvc push"]


@pytest.mark.parametrize(
    ("told", "code", "called"),
    [
        ({"MONITOR": "0"}, 0, PROPOSED[:1]),
        ({"MONITOR": "10"}, 10, PROPOSED[:1]),
        ({"MONITOR": "20"}, 0, PROPOSED),
        ({"MONITOR": "1"}, 1, PROPOSED[:1]),
        ({"MONITOR": "137", "WHEN": "always"}, 137, PROPOSED[:1]),
        ({"MONITOR": "0", "WHEN": "always"}, 0, PROPOSED),
        ({"MONITOR": "10", "WHEN": "always"}, 0, PROPOSED),
        ({"MONITOR": "10", "WHEN": ""}, 10, PROPOSED[:1]),
        ({"RETRAIN": "3"}, 3, PROPOSED[:2]),
        ({"RETRAIN": "1"}, 1, PROPOSED[:2]),
        ({"EXPERIMENT": "null"}, 0, PROPOSED[:2]),
        ({"BATCH": "none.csv"}, 1, []),
        ({"LABELS": "none.csv"}, 1, []),
        ({"TABLES": "labs=none.csv"}, 1, []),
        ({"TABLES": "labs.csv"}, 1, []),
        ({"TABLES": "../../x=labels.csv"}, 1, []),
    ],
)
def test_it_retrains_if_the_monitor_says_so(script: Script, told: dict[str, str], code: int, called: list[str]) -> None:
    found, calls = script.run(**told)
    assert (found, [" ".join(one.split()[:2]) for one in calls]) == (code, called)
    assert len(script.proposed()) == (called == PROPOSED)


def test_a_batch_is_proposed_once_and_with_other_labels_again(script: Script) -> None:
    assert script.run()[0] == 0
    assert script.run() == (0, [])
    assert script.run(LABELS="labels.csv")[0] == 0
    assert script.run(LABELS="labels.csv") == (0, [])
    assert len(script.proposed()) == 2


@pytest.mark.parametrize(("labels", "beside"), [("", ".assay/batch.csv"), ("labels.csv", ".assay/labels.csv")])
def test_both_commands_get_the_labels(script: Script, labels: str, beside: str) -> None:
    monitor, retrain, *_ = script.run(LABELS=labels)[1]
    assert f"--labels {beside} " in monitor
    assert ("--labels" in retrain) == bool(labels)


@pytest.mark.slow
def test_both_commands_get_the_tables(script: Script) -> None:
    monitor, retrain, *_ = script.run(TABLES="labs=labels.csv visits=new.csv")[1]
    given = "--table labs=.assay/table-labs.csv --table visits=.assay/table-visits.csv"
    assert given in monitor
    assert given in retrain
    assert (script.clone / ".assay/table-labs.csv").read_text() == "a,target\n1,A\n"
    assert script.run(TABLES="labs=labels.csv visits=new.csv") == (0, [])
    assert script.run(TABLES="labs=new.csv visits=new.csv")[0] == 0
    assert len(script.proposed()) == 2


def test_the_data_of_the_new_branch_are_pushed_and_no_file_is_changed(script: Script) -> None:
    assert script.run()[1][-1] == "dvc push --all-branches"
    assert git(script.clone, "status", "--porcelain", "--untracked-files=no") == ""


def test_what_the_monitor_said_is_kept(script: Script) -> None:
    script.run(MONITOR="10")
    assert (script.clone / ".assay/monitor.txt").read_text() == "said\n"


def test_without_a_model_it_brings_that_of_the_commit(script: Script) -> None:
    (script.clone / "models").rmdir()
    assert script.run(MONITOR="0")[1][0] == "dvc pull --quiet models"
