"""`assay experiments` on the real line: states and figures are those of DVC, of the comparison and of the reports."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.dvc_internals.locks import LOCK, holding
from assay.errors import AssayError
from assay.overview.intervals import with_intervals
from assay.overview.overview import overview
from assay.tracking.runs import runs
from assay.tracking.server import DATABASE, Exported, export
from pipeline_copy import Copy, edit
from samples import ROOT

PATIENCE = 300  # seconds for what takes ten
WRONG = "dataset.source.sha256=" + "0" * 64


def rows(copy: Copy) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(copy.run("assay", "experiments", "--json").stdout)}


def until(copy: Copy, holds: Callable[[dict], bool]) -> dict[str, dict[str, Any]]:
    """The rows as soon as something is true of them."""
    end = time.monotonic() + PATIENCE
    while not holds(found := rows(copy)):
        assert time.monotonic() < end, {name: row["state"] for name, row in found.items()}
        time.sleep(1)
    return found


def start(copy: Copy) -> None:
    """Start the queue; its worker keeps what `dvc queue start` writes to, so that a pipe would not end before it."""
    copy.run("sh", "-c", "dvc queue start > worker.log 2>&1 && rm worker.log")


def queue(copy: Copy, name: str, override: str, *stages: str) -> None:
    copy.run("dvc", "exp", "run", "--queue", "--name", name, "-S", override, *stages)


@pytest.mark.slow
def test_a_queue_is_shown_as_it_is_and_its_figures_are_those_of_dvc(cheap: Copy) -> None:
    queue(cheap, "half", "model.C=0.5")
    queue(cheap, "wrong", WRONG)
    found = rows(cheap)
    assert {name: found[name]["state"] for name in ("half", "wrong")} == {"half": "queued", "wrong": "queued"}
    assert found["half"]["changed"] == ["model.C=0.5"]
    assert found["half"]["out_of_fold"]["values"] == {}
    start(cheap)
    found = until(
        cheap, lambda all_rows: all(all_rows[one]["state"] not in ("queued", "running") for one in ("half", "wrong"))
    )
    assert (found["half"]["state"], found["wrong"]["state"]) == ("done", "failed")
    assert "the file is not the declared one" in found["wrong"]["note"]
    assert found["half"]["seconds"] > 0
    (base,) = [one for one in json.loads(cheap.run("dvc", "exp", "show", "--json").stdout) if one["rev"] != "workspace"]
    by_dvc = {one["name"]: one["revs"][0] for one in base["experiments"]}
    metrics = {path.split("/")[-1]: one["data"] for path, one in by_dvc["half"]["data"]["metrics"].items()}
    assert found["half"]["commit"] == by_dvc["half"]["rev"]
    assert found["half"]["out_of_fold"]["values"] == metrics["out_of_fold.json"]
    assert found["half"]["test"]["values"] == metrics["metrics.json"]
    low, high = found["half"]["out_of_fold"]["intervals"]["average_precision"]
    assert low < metrics["out_of_fold.json"]["average_precision"] < high
    compared = json.loads(cheap.run("assay", "compare", "main", "half", "--json").stdout)
    assert compared["params"] == found["half"]["changes"]
    assert compared["metrics"]["recall"]["head"] == found["half"]["test"]["values"]["recall"]
    assert compared["metrics"]["recall"]["base"] == found["main"]["test"]["values"]["recall"]
    intervals = json.loads((cheap.path / "reports/intervals.json").read_text())
    intervals.pop("methods", None)  # of those that a bootstrap cannot tell
    assert {name: found["main"]["test"]["intervals"][name] for name in intervals} == intervals


@pytest.mark.slow
def test_a_run_that_was_killed_is_not_said_to_run(cheap: Copy) -> None:
    edit(cheap, "dvc.yaml", "stages:\n", f"stages:\n  wait: {{cmd: sleep {PATIENCE}, params: [model.C]}}\n")
    cheap.commit("Wait")
    queue(cheap, "half", "model.C=0.5", "wait")
    start(cheap)
    notes = cheap.path / ".dvc/tmp/exps"
    until(cheap, lambda found: found["half"]["state"] == "running" and bool(list(notes.glob("run/*/*.json"))))
    for note in (*notes.glob("celery/*.json"), *notes.glob("run/*/*.json")):
        os.kill(json.loads(note.read_text())["pid"], signal.SIGKILL)
    assert until(cheap, lambda found: found["half"]["state"] != "running")["half"]["state"] == "stopped"
    assert "its process has ended" in cheap.run("assay", "experiments").stdout


def test_the_table_waits_for_no_lock(cheap_line: Copy, cheap: Copy) -> None:
    free = cheap.run("assay", "experiments").stdout
    with holding(cheap.path / LOCK, AssayError("held")):
        assert cheap.run("assay", "experiments").stdout == free
    assert "workspace" in free
    assert cheap.git_status() == ""


def test_results_of_other_parameters_are_called_stale(cheap: Copy) -> None:
    text = (cheap.path / "params.yaml").read_text()
    (cheap.path / "params.yaml").write_text(text.replace("min_recall: 0.9", "min_recall: 0.8"))
    workspace = rows(cheap)["workspace"]
    assert workspace["state"] == "stale"
    assert workspace["changed"] == ["criteria.min_recall=0.8"]
    assert "min_recall" in workspace["note"]


@pytest.mark.slow
def test_mlflow_shows_the_same_figures(cheap: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = pytest.importorskip("mlflow", reason="MLflow is an extra: make extras")
    monkeypatch.chdir(cheap.path)
    (main,) = runs(with_intervals([row for row in overview() if row.name == "main"], ["recall"]))
    assert export([main], "runs", "assay") == Exported(new=1)
    client = mlflow.tracking.MlflowClient(f"sqlite:///{cheap.path / 'runs' / DATABASE}")
    (run,) = client.search_runs([client.get_experiment_by_name("assay").experiment_id])
    reports = {
        name: json.loads(Path(f"reports/{name}.json").read_text()) for name in ("out_of_fold", "metrics", "intervals")
    }
    assert {name: run.data.metrics[name] for name in reports["out_of_fold"]} == reports["out_of_fold"]
    assert {name: run.data.metrics[f"test.{name}"] for name in reports["metrics"]} == reports["metrics"]
    assert run.data.metrics["test.recall_low"] == reports["intervals"]["recall"][0]
    assert run.data.metrics["recall_low"] < run.data.metrics["recall"] < run.data.metrics["recall_high"]
    assert run.data.tags["assay.md5.models"] == cheap.hashes()["models"]


@pytest.mark.slow
@pytest.mark.parametrize("folder", [".", "docs"])
def test_the_notebook_runs(cheap_line: Copy, folder: str) -> None:
    cells = json.loads((ROOT / "docs/experiments.ipynb").read_text())["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    # What a kernel does: the cells one after the other in one namespace, showing what the last line of each is worth.
    program = f"import ast; space = {{}}\nfor source in {sources!r}:\n" + (
        "    *body, last = ast.parse(source).body\n"
        "    exec(compile(ast.Module(body, []), 'cell', 'exec'), space)\n"
        "    print(eval(compile(ast.Expression(last.value), 'cell', 'eval'), space))\n"
    )
    said = cheap_line.run("sh", "-c", 'cd "$0" && exec python -c "$1"', folder, program).stdout
    shown = json.loads((cheap_line.path / "reports/out_of_fold.json").read_text())
    assert f"{shown['average_precision']:.6f}" in said
    assert "model.C" in said


@pytest.mark.slow
def test_tables_that_are_nowhere_are_named_with_the_way_to_get_them(cheap_line: Copy, tmp_path: Path) -> None:
    bare = Copy(tmp_path / "bare")
    cheap_line.run("git", "clone", "--quiet", str(cheap_line.path), str(bare.path))
    said = bare.run(
        "python", "-c", "import assay; r = assay.load('main'); print(len(r.parameters)); r.predictions", fails=True
    )
    assert int(said.stdout) > 100, "parameters are in git"
    assert "data/predictions" in said.stderr
    assert "dvc remote add" in said.stderr


def test_a_wrong_column_is_refused(cheap_line: Copy) -> None:
    said = cheap_line.run("assay", "experiments", "--columns", "recal", fails=True).stderr
    assert "did you mean recall?" in said
    assert "Traceback" not in said
