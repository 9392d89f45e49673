"""The document of a pull request: what is checked, what is said, and where base's data come from."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from assay.errors import AssayError
from assay.lineage.graph import nodes
from assay.merging.forecast import Ahead
from assay.paths import ANNOTATIONS
from assay.presentation.markdown import Markdown
from assay.proof import pull_request
from assay.proof.pull_request import (
    FIGURES,
    ROWS_SHOWN,
    Proof,
    PullRequest,
    branching,
    comparison,
    decisions,
    difference,
    document,
)
from pipeline_copy import ENVIRONMENT, IDENTITY
from samples import ROOT

HOLDS = Proof("assay params --check", True, "as it is")
FAILS = Proof("assay verify", False, "20 of 21 outputs identical", Markdown("recall 0.9 to 0.8"))
TABLE = Markdown("| Param |\n|---|\n| model.num_leaves |")


def report(*checks: Proof, afresh: bool = True, params: Markdown = TABLE, metrics: Markdown = TABLE) -> PullRequest:
    return PullRequest(
        "main (0000000)", "1111111", list(checks), afresh, None, "no data\nto do: dvc push", params, metrics
    )


def test_a_commit_that_holds_is_said_to_be_reproduced_with_the_checks_folded() -> None:
    shown = document(report(HOLDS))
    assert shown.startswith("<!-- assay pr-report -->\n**Reproduced.** Run from raw records, without a cache, 1111111")
    assert "<details><summary>What was checked</summary>" in shown
    assert "CAUTION" not in shown


def test_a_commit_that_does_not_hold_opens_with_that_and_the_details() -> None:
    one = report(HOLDS, FAILS)
    shown = document(one)
    assert not one.holds
    assert "Reproduced." not in shown
    assert (
        shown.index("[!CAUTION]") < shown.index("**✗** | `assay verify` | 20 of 21") < shown.index("recall 0.9 to 0.8")
    )


def test_without_a_run_nothing_is_said_to_be_proved() -> None:
    shown = document(report(HOLDS, afresh=False))
    assert "**Consistent, not proved.**" in shown
    assert "Reproduced" not in shown


def test_without_a_comparison_the_reason_stands_there_and_the_rest_too() -> None:
    shown = document(report(HOLDS))
    assert "### 1111111 against main (0000000): not compared\n\n    no data\n    to do: dvc push" in shown
    assert shown.count("| model.num_leaves |") == 2


def test_what_did_not_change_is_said_in_words() -> None:
    shown = document(report(HOLDS, params=Markdown(), metrics=Markdown()))
    assert "**Params.** No change." in shown
    assert "`dvc metrics diff`: no change" in shown


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([], "No file needs a person."),
        (
            ["conf/a.yaml", "x`y"],
            "A person must decide on `conf/a.yaml`, <code>x\\`y</code>; the rest is made by the line.",
        ),
        (None, "Which files need a person, git 2.38 or newer says."),
    ],
)
def test_a_target_that_has_gone_on_is_said_with_what_to_type(people: list[str] | None, said: str) -> None:
    shown = document(replace(report(HOLDS), ahead=Ahead("origin/main", 2, people)))
    assert "**origin/main has gone on** by 2 commits" in shown
    assert said in shown
    assert "`git fetch origin`, `assay merge origin/main` (or `assay rebase origin/main`), `git push`" in shown
    assert "has gone on" not in document(report(HOLDS))


def test_a_message_from_outside_does_not_break_out_of_its_cell() -> None:
    shown = document(report(Proof("dvc repro", False, "a | b\n# not a heading")))
    assert "| `dvc repro` | a \\| b # not a heading |" in shown


@pytest.mark.parametrize(
    ("kind", "changes", "shown"),
    [
        ("params", {}, []),
        (
            "params",
            {"params.yaml": {"b": {"old": [1, "x|y"], "new": None}, "a": {"new": True}}},
            [
                "| Path | Param | 0000000 | workspace |",
                "| params.yaml | a | – | True |",
                r"| params.yaml | b | \[1, 'x\|y'\] | – |",
            ],
        ),
        (
            "metrics",
            {"reports/metrics.json": {"recall": {"old": 0.8850575, "new": 1.0, "diff": 0.1149425}}},
            [
                "| Path | Metric | 0000000 | workspace | Change |",
                "| reports/metrics.json | recall | 0.88506 | 1.0 | 0.11494 |",
            ],
        ),
    ],
)
def test_what_dvc_finds_is_a_table_sorted_and_escaped(
    kind: str, changes: dict, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    says(json.dumps(changes), monkeypatch)
    assert [row for row in difference(kind, "0000000").splitlines() if row.startswith("| ")] == shown


def test_a_long_table_of_dvc_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    says(json.dumps({"params.yaml": {f"{n:02}": {"old": 1, "new": 2} for n in range(70)}}), monkeypatch)
    lines = difference("params", "0000000").splitlines()
    assert len(lines) == 2 + ROWS_SHOWN + 2
    assert lines[-3:] == ["| params.yaml | 59 | 1 | 2 |", "", "10 more: `dvc params diff 0000000`"]


def says(stdout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command say this."""
    monkeypatch.setattr(pull_request.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, stdout, ""))


def lacking(what: str) -> SimpleNamespace:
    """A side whose data are nowhere."""

    def require() -> None:
        raise AssayError(what, where="main (0000000)", todo="name a remote that has it")

    return SimpleNamespace(name="main (0000000)", sha="0" * 40, require=require)


def test_data_of_base_that_cannot_be_had_or_made_are_named_with_the_way_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(*_: object) -> None:
        raise AssayError("the run failed: no such source")

    monkeypatch.setattr(pull_request, "cache_folder", lambda root: tmp_path)
    monkeypatch.setattr(pull_request, "clone", lambda *_: None)
    monkeypatch.setattr(pull_request, "repro", fails)
    page, why = comparison(tmp_path, lacking("data/cleaned is not to be had"), lacking("never asked"))  # type: ignore[arg-type]
    assert page is None
    for said in (
        "data/cleaned is not to be had",
        "nor can it be made: the run failed: no such source",
        "main (0000000)",
    ):
        assert said in why
    assert "to do: name a remote that has it" in why


@pytest.fixture
def history(tmp_path: Path) -> dict[str, str]:
    """A repository whose branch `work` left main at "left"; main went on."""

    def git(*arguments: str) -> str:
        command = ["git", *IDENTITY, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    git("commit", "--quiet", "--allow-empty", "--message", "Start")
    left = git("rev-parse", "HEAD")
    git("branch", "work")
    git("commit", "--quiet", "--allow-empty", "--message", "Main goes on")
    git("update-ref", "refs/remotes/upstream/main", "HEAD")
    git("checkout", "--quiet", "work")
    git("commit", "--quiet", "--allow-empty", "--message", "Work")
    return {"root": str(tmp_path), "left": left}


@pytest.mark.parametrize(("asked", "name"), [(None, "main"), ("main", "main"), ("upstream/main", "upstream/main")])
def test_base_is_where_the_branch_left_the_other_one(history: dict[str, str], asked: str | None, name: str) -> None:
    assert branching(Path(history["root"]), asked) == (name, history["left"])


def test_a_decision_on_a_label_that_base_has_must_stay(history: dict[str, str]) -> None:
    root = Path(history["root"])
    ledger = root / ANNOTATIONS / "decisions.csv"
    ledger.parent.mkdir()
    ledger.write_text("record_id,decision\n1,F\n")
    for arguments in (("add", "--all"), (*IDENTITY, "commit", "--quiet", "--message", "Decide")):
        subprocess.run(["git", *arguments], cwd=root, env=ENVIRONMENT, check=True)
    assert decisions(root, "HEAD", "main").holds
    ledger.write_text("record_id,decision\n1,A\n")
    check = decisions(root, "HEAD", "main")
    assert not check.holds
    assert "line 2 was '1,F'" in check.found


def test_a_target_that_is_none_is_refused(history: dict[str, str]) -> None:
    with pytest.raises(AssayError, match="no commit in common with mian"):
        branching(Path(history["root"]), "mian")


def test_every_file_of_figures_is_one_that_the_line_or_the_replay_makes() -> None:
    made = {
        out
        for name in ("dvc.yaml", "replay/dvc.yaml")
        for node in nodes((ROOT / name).read_text())
        for out in node.outs
    }
    assert set(FIGURES) <= made
