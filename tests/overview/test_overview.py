"""Every revision of a repository as a row, as git, DVC's notes and the logs of sweeps have it."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assay.overview.overview import overview
from assay.overview.rows import DAMAGED, STALE, STOPPED, Row
from assay.sweep.log import DONE, FAILED, PRUNED, RUNNING, Entry, SweepLog
from hostile_yaml import BOMB, WITHIN_ITSELF
from many_experiments import repository


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with three experiments."""
    monkeypatch.chdir(repository(tmp_path / "repo", 3))
    return Path()


def git(*arguments: str) -> str:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    return subprocess.run(["git", *who, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def by_name() -> dict[str, Row]:
    return {row.name: row for row in overview()}


def test_the_rows_are_workspace_then_base_then_its_experiments_from_the_newest(repo: Path) -> None:
    rows = overview()
    assert [(row.name, row.kind, row.state) for row in rows[1:]] == [
        ("main", "branch", DONE),
        ("try-0002", "experiment", DONE),
        ("try-0001", "experiment", DONE),
        ("try-0000", "experiment", DONE),
    ]
    assert rows[0].kind == "workspace"
    assert rows[2].time == datetime.fromtimestamp(4, UTC)
    assert {row.group for row in rows} == {git("rev-parse", "main")}


def test_a_row_has_its_parameters_its_figures_and_what_it_changes(repo: Path) -> None:
    row = by_name()["try-0001"]
    assert row.changed == ("model.learning_rate=0.0002", "model.num_leaves=3")
    assert row.changes is not None
    assert row.changes["model.num_leaves"] == (31, 3)
    assert row.params["model.num_leaves"] == 3
    assert row.figures.values["average_precision"] == 0.90001
    test = json.loads(Path("reports/metrics.json").read_text())
    assert row.test.values == test
    assert row.test.intervals["recall"] == tuple(json.loads(Path("reports/intervals.json").read_text())["recall"])
    assert "true_positives" in test, "counts of the test fold are beside its metrics"
    assert "true_positives" not in row.figures.values


def test_branches_and_tags_are_rows_and_are_compared_with_head(repo: Path) -> None:
    git("checkout", "--quiet", "-b", "smaller")
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("num_leaves: 31", "num_leaves: 5"))
    git("commit", "--quiet", "--all", "--message", "Grow smaller trees")
    git("tag", "--annotate", "model@v1.0.0", "--message", "first")
    git("checkout", "--quiet", "main")
    rows = by_name()
    assert rows["smaller"].changed == rows["model@v1.0.0"].changed == ("model.num_leaves=5",)
    assert rows["smaller"].note == "Grow smaller trees"
    assert rows["model@v1.0.0"].sha == rows["smaller"].sha
    assert [row.group for row in overview()][:2] == [git("rev-parse", "main")] * 2, "the group of HEAD comes first"


def test_a_commit_with_experiments_and_no_name_is_a_row(repo: Path) -> None:
    base = git("rev-parse", "main")
    git("commit", "--quiet", "--allow-empty", "--message", "Go on")
    assert by_name()[base[:7]].kind == "commit"
    git("update-ref", "refs/exps/apply/ORIG_HEAD", base)  # as `dvc exp apply` does
    assert by_name()[base[:7]].kind == "commit"


@pytest.mark.parametrize(
    ("state", "alive", "shown"),
    [(RUNNING, True, RUNNING), (RUNNING, False, STOPPED), (FAILED, False, FAILED), (PRUNED, False, PRUNED)],
)
def test_the_experiments_of_a_sweep_have_the_state_that_is_true(
    repo: Path, monkeypatch: pytest.MonkeyPatch, state: str, alive: bool, shown: str
) -> None:
    monkeypatch.setattr("assay.overview.local.holder", lambda lock: 1 if alive else None)
    base = git("rev-parse", "main")
    SweepLog(Path(".assay/sweeps/depth.jsonl")).write(
        Entry("depth-4", state, ["model.max_depth=4"], base, seconds=3.5, error="no room", log="a.log")
    )
    row = by_name()["depth-4"]
    assert (row.state, row.changed, row.seconds, row.note, row.log) == (
        shown,
        ("model.max_depth=4",),
        3.5,
        "no room",
        "a.log",
    )


def test_an_experiment_that_git_has_is_done_whatever_a_log_says(repo: Path) -> None:
    log = SweepLog(Path(".assay/sweeps/depth.jsonl"))
    log.write(Entry("try-0001", RUNNING, [], git("rev-parse", "main")))
    assert [row.state for row in overview() if row.name == "try-0001"] == [DONE]
    log.write(Entry("try-0001", DONE, [], git("rev-parse", "main"), seconds=12.5))
    assert by_name()["try-0001"].seconds == 12.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "content", "named"),
    [
        ("params.yaml", b"a: [", "params.yaml"),
        ("params.yaml", b"\xff", "params.yaml"),
        ("params.yaml", b"a: " + b"{a: " * 3000 + b"1" + b"}" * 3000 + b"\n", "params.yaml"),
        ("params.yaml", b"".join(b"  " * n + b"a:\n" for n in range(1200)), "params.yaml"),
        ("params.yaml", WITHIN_ITSELF.encode(), "params.yaml"),
        ("params.yaml", BOMB.encode(), "params.yaml"),
        ("reports/out_of_fold.json", b"{", "out_of_fold.json"),
        ("reports/metrics.json", b"[1]", "metrics.json"),
        ("reports/metrics.json", b"[" * 100_000, "metrics.json"),
    ],
)
def test_a_damaged_file_of_a_revision_is_named_and_the_rest_is_shown(
    repo: Path, path: str, content: bytes, named: str
) -> None:
    git("checkout", "--quiet", "-b", "damaged")
    Path(path).write_bytes(content)
    git("commit", "--quiet", "--all", "--message", "Damage it")
    git("checkout", "--quiet", "main")
    rows = by_name()
    assert named in rows["damaged"].note
    assert rows["damaged"].state == DAMAGED
    assert rows["try-0001"].changed
    assert rows["try-0001"].state == DONE


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"recall": 0.5, "note": "x", "flag": true, "list": [1]}', {"recall": 0.5}),
        ('{"recall": null}', {"recall": None}),
        (f'{{"recall": 1{"0" * 400}, "precision": 0.5}}', {"precision": 0.5}),
        ('{"\\ud800": 1}', {"\\ud800": 1}),
    ],
)
def test_only_numbers_are_figures_and_null_is_undefined(repo: Path, text: str, kept: dict) -> None:
    Path("reports/out_of_fold.json").write_text(text)
    found = overview()[0].figures.values
    assert {name: None if value != value else value for name, value in found.items()} == kept


def test_a_repository_without_a_commit_has_a_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repo: Path
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    (new / "dvc.yaml").write_bytes(Path("dvc.yaml").read_bytes())
    monkeypatch.chdir(new)
    git("init", "--quiet")
    assert [row.kind for row in overview()] == ["workspace"]


@pytest.mark.parametrize(
    ("path", "content", "note"),
    [
        ("params.yaml", None, "params.yaml: "),
        ("params.yaml", "- 1\n", "params.yaml: not a mapping"),
        ("dvc.yaml", "stages: [1", "dvc.yaml: not a graph of stages"),
        ("dvc.yaml", None, "dvc.yaml: "),
    ],
)
def test_a_file_of_the_workspace_that_is_lost_or_damaged_is_named_once(
    repo: Path, path: str, content: str | None, note: str
) -> None:
    Path(path).unlink()
    if content:
        Path(path).write_text(content)
    row = overview()[0]
    assert row.state == STALE
    assert row.note.startswith(note)
    assert row.note.count(path) == 1
    assert len(overview()) == 5


@pytest.mark.parametrize(
    ("words", "note"), [(("repro", "-f", "train"), "dvc repro -f train"), (("exp", "queue-worker"), None)]
)
def test_between_two_stages_a_repro_runs_until_its_process_ends(
    repo: Path, words: tuple[str, ...], note: str | None
) -> None:
    killed = Path(".dvc/tmp/exps/run/workspace/workspace.run")  # an experiment before
    killed.parent.mkdir(parents=True)
    killed.write_text(json.dumps({"status": 2, "baseline_rev": "1" * 40, "name": "killed"}))
    command = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # a process that has just begun has no words yet
        Path(".dvc/tmp/lock").write_text(f" {process.pid}\n")
        row = overview()[0]
        process.kill()
    assert (row.state, row.note) == (RUNNING, note) if note else row.state != RUNNING
    assert overview()[0].state != RUNNING


def test_nothing_is_written(repo: Path) -> None:
    before = sorted(Path().rglob("*"))
    overview()
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("text", [BOMB, WITHIN_ITSELF, "a: [", "- 1\n", ""])
def test_params_that_nobody_can_read_are_said_of_the_workspace(repo: Path, text: str) -> None:
    Path("params.yaml").write_text(text)
    row = overview()[0]
    assert (row.name, row.state) == ("workspace", STALE)
    assert row.note
