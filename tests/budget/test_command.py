"""What the processes measured becomes reports/budget.json."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from assay.budget import child, command, host, processes
from assay.budget.measure import Figure
from assay.cli.commands import app
from assay.config.dataset import Dataset
from assay.config.schema import FIGURES
from assay.errors import AssayError
from assay.files import md5, read_json
from assay.lineage.costs import Cost, Costs
from assay.paths import BUDGET, MODEL
from assay.records.reading import read


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / MODEL).mkdir()
    (tmp_path / MODEL / "a").write_bytes(bytes(250_000))
    return tmp_path / MODEL


def cost(stage: str, cpu: float | None = 2.0) -> Costs:
    return Costs(stage, Cost(0, 3.0, 5_000_000, 1, 1, cpu=cpu), None)


def test_the_file_has_the_names_that_the_gate_reads(model: Path) -> None:
    found = {"load_seconds": Figure(2.0, 1.0, 3.0), "bare_p50_ms": Figure(1.0, 1.0, 1.0)}
    once = command.sizes() | command.training({"train": cost("train")})
    command.write(command.budget(found, once, host.machine(), {}))
    content = read_json(BUDGET)
    assert {"model", "time", "machine", "figures", "ratios"} <= set(content)
    assert content["model"] == md5(MODEL)
    assert content["figures"] == {
        "bundle_mb": 0.25,
        "load_seconds": 2.0,
        "train_seconds": 3.0,
        "train_memory_mb": 5.0,
    }
    assert set(content["figures"]) <= set(FIGURES)
    assert content["beside"] == {"bare_p50_ms": 1.0, "retrain_seconds": 3.0, "retrain_cpu_seconds": 2.0}
    assert content["spread"]["load_seconds"] == [1.0, 3.0]
    last = command.last()
    assert last is not None
    assert vars(last) == content


def test_a_ratio_is_of_one_process() -> None:
    run = {"single_p50_ms": 6.0, "bare_p50_ms": 2.0, "load_seconds": 3.0}
    assert command.with_ratios(run) == {**run, "single_p50_over_model_alone": 3.0}


@pytest.mark.parametrize(
    ("stages", "names"),
    [
        ({"clean": None, "train": None}, []),
        ({"clean": None, "train": cost("train")}, ["train_seconds", "train_memory_mb"]),
        (
            {"clean": cost("clean", None), "train": cost("train")},
            ["train_seconds", "train_memory_mb", "retrain_seconds"],
        ),
    ],
)
def test_a_retraining_counts_only_if_every_stage_is_noted(stages: dict, names: list[str]) -> None:
    assert list(command.training(stages)) == names


def test_nothing_measured_is_none_and_another_file_is_refused(model: Path) -> None:
    assert command.last() is None
    BUDGET.parent.mkdir()
    BUDGET.write_text('{"speed": 1}')
    with pytest.raises(AssayError, match="no budget"):
        command.last()


def test_few_records_are_taken_again_in_an_order_of_chance(model: Path) -> None:
    Path("data/raw").mkdir(parents=True)
    pd.DataFrame({"a": [f"{one}" for one in range(7)], "b": [""] * 7}).to_csv("data/raw/records.csv", index=False)
    for name in ("one.parquet", "two.parquet"):
        command.draw(Path(name), Dataset())
    table = read(Path("one.parquet"))
    assert len(table) == child.LARGE
    assert sorted(table["a"].iloc[:7]) == [str(one) for one in range(7)] != table["a"].iloc[:7].tolist()
    assert set(table["b"]) == {""}
    assert Path("one.parquet").read_bytes() == Path("two.parquet").read_bytes()


def test_an_error_comes_out_of_the_process_as_it_is(model: Path) -> None:
    with pytest.raises(AssayError, match=r"hashes\.json") as raised:
        processes.started(MODEL, Path("none.parquet"), 0)
    assert raised.value.where == "models"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit('no luck')", "no luck"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("", "exit code 0"),
    ],
)
def test_a_process_that_ends_without_a_word_is_an_error(code: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "BARE_START", code)
    with pytest.raises(AssayError, match=said):
        processes.python_and_pandas()


def test_what_a_library_prints_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "BARE_START", "print('[LightGBM] [Warning]');" + processes.BARE_START)
    assert list(processes.python_and_pandas()) == ["python_pandas_seconds"]


def test_the_processor_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("processor : 0\nmodel name\t: A Processor\nmodel name\t: A Processor\n")
    assert host.processor(tmp_path / "cpuinfo") == "A Processor"
    assert host.processor(tmp_path / "none")


def test_the_machine_is_described_without_its_name() -> None:
    found = host.machine()
    assert found["cores"] >= 1
    assert found["libraries"]["numpy"]
    assert os.uname().nodename not in str(found)


def test_the_command_writes_the_file_and_leaves_the_verdict_to_the_gate(
    line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = dict.fromkeys(("load_seconds", "single_p50_ms", "memory_mb"), 1e9)
    monkeypatch.setattr(processes, "started", lambda *_: slow)
    monkeypatch.setattr(processes, "python_and_pandas", lambda: {"python_pandas_seconds": 1.0})
    said = CliRunner().invoke(app, ["budget", "--json"])
    assert said.exit_code == 0
    shown = json.loads(said.stdout)
    assert {one["name"]: one["verdict"] for one in shown["limits"]}["load_seconds"] == "not met"
    written = read_json(BUDGET)
    assert written == {name: shown[name] for name in written}


@pytest.mark.parametrize("change", [b"", b"x"])
def test_a_model_that_changes_meanwhile_is_not_measured(
    line: Path, change: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(model: Path, records: Path, seconds: float) -> dict[str, float]:
        (model / "bundle.json").write_bytes((model / "bundle.json").read_bytes() + change)
        return {"load_seconds": 1.0}

    monkeypatch.setattr(processes, "started", meanwhile)
    monkeypatch.setattr(processes, "python_and_pandas", lambda: {})
    if not change:
        assert command.measured(1).figures["load_seconds"] == 1.0
        return
    with pytest.raises(AssayError, match="was changed while it was measured"):
        command.measured(1)


@pytest.mark.slow
def test_the_small_line_is_measured(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "RUNS", 1)
    steps: list[int] = []
    found = command.measured(0.1, lambda: steps.append(1))
    assert len(steps) == 2
    assert set(found.figures) >= {"bundle_mb", "load_seconds", "memory_mb", "single_p99_ms", "records_per_second"}
    assert set(found.ratios) == set(command.RATIOS)
    assert all(value > 0 for value in {**found.figures, **found.ratios, **found.beside}.values())
    assert found.figures["single_p50_ms"] <= found.figures["single_p99_ms"]


def test_a_request_has_the_texts_of_a_record_and_nothing_where_it_has_no_value() -> None:
    table = pd.DataFrame({"a": ["x", ""], "b": [1.0, 2.5], "c": pd.array([None, 3], dtype="Int64")})
    assert [one.record for one in child.requests(table)] == [{"a": "x", "b": "1"}, {"b": "2.5", "c": "3"}]


def test_batches_are_of_one_size() -> None:
    assert [len(one) for one in child.batches(pd.DataFrame({"a": range(7)}), 3)] == [3, 3]
