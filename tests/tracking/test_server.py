"""Runs in MLflow: the same figures, each run once, in a folder and on a real server."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from assay.errors import AssayError
from assay.tracking.runs import COMMIT, Run
from assay.tracking.server import DATABASE, SETTINGS, Exported, export

PATIENCE = 120  # seconds for a server to start
RUN = Run(
    name="leaves-15",
    commit="1" * 40,
    start=1_700_000_000_000,
    end=1_700_000_012_500,
    tags={COMMIT: "1" * 40, "assay.names": "leaves-15", "assay.changed": ""},
    params={f"model.p{number}": str(number) for number in range(230)} | {"model.empty": ""},
    metrics={"recall": 0.930091, "recall_low": 0.9, "test.recall": 0.88},
    locked=b"stages:\n  a:\n    outs:\n    - path: models\n      md5: abc.dir\n",
)
OTHER = replace(RUN, name="leaves-7", commit="2" * 40, tags={COMMIT: "2" * 40, "assay.names": "leaves-7"})


@pytest.fixture(scope="module")
def mlflow() -> Any:
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    return pytest.importorskip("mlflow", reason="MLflow is an extra: make extras")


@pytest.fixture(scope="module")
def server(mlflow: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on loopback; it needs the whole of MLflow, in this environment or that of ASSAY_MLFLOW_SERVER."""
    python = os.environ.get("ASSAY_MLFLOW_SERVER", sys.executable)
    there = subprocess.run([python, "-c", "import mlflow, flask"], capture_output=True, env=_alone())
    if there.returncode:
        pytest.skip("no MLflow server: python -m venv V && V/bin/pip install mlflow, ASSAY_MLFLOW_SERVER=V/bin/python")
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stores = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "files")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [python, *command, *stores], cwd=folder, env=_alone(), stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, folder / "log")
            yield address
        finally:
            os.killpg(process.pid, 15)
            process.wait()


def _alone() -> dict[str, str]:
    """The variables for another environment's Python."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | SETTINGS


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"{address}/health", timeout=5):
                return
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.3)


def recorded(mlflow: Any, address: str) -> dict[str, Any]:
    client = mlflow.tracking.MlflowClient(address)
    place = client.get_experiment_by_name("assay")
    found = client.search_runs([place.experiment_id])
    assert len({run.data.tags[COMMIT] for run in found}) == len(found), "a run is there twice"
    return {run.info.run_name: run for run in found}


def check_an_export(mlflow: Any, to: str, address: str) -> None:
    """Export twice, then something new, then what was cut off; look at what is there after each."""
    assert export([RUN], to, "assay") == Exported(new=1)
    assert export([RUN], to, "assay") == Exported(same=1)
    (run,) = recorded(mlflow, address).values()
    assert (run.data.metrics, run.data.params) == (RUN.metrics, RUN.params)
    assert run.data.tags["assay.md5.models"] == "abc.dir"
    assert (run.info.start_time, run.info.end_time, run.info.status) == (RUN.start, RUN.end, "FINISHED")

    more = replace(
        RUN, metrics={**RUN.metrics, "recall_high": 0.95}, tags={**RUN.tags, "assay.names": "leaves-15, main"}
    )
    assert export([more, OTHER], to, "assay") == Exported(new=1, updated=1)
    found = recorded(mlflow, address)
    assert found["leaves-15"].data.metrics == more.metrics
    assert found["leaves-15"].data.tags["assay.names"] == "leaves-15, main"

    client = mlflow.tracking.MlflowClient(address)
    client.update_run(found["leaves-7"].info.run_id, status="RUNNING")
    assert export([more, OTHER], to, "assay") == Exported(new=1, same=1)
    assert recorded(mlflow, address)["leaves-7"].info.status == "FINISHED"


@pytest.mark.slow
def test_a_folder_gets_each_run_once(mlflow: Any, tmp_path: Path) -> None:
    check_an_export(mlflow, str(tmp_path / "runs"), f"sqlite:///{tmp_path / 'runs' / DATABASE}")


@pytest.mark.slow
def test_a_server_gets_each_run_once(mlflow: Any, server: str) -> None:
    check_an_export(mlflow, server, server)


def test_a_server_that_is_not_there_is_named(mlflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(AssayError, match="did not take the runs") as error:
        export([RUN], "http://127.0.0.1:9", "assay")
    assert error.value.where == "http://127.0.0.1:9"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(AssayError, match="MLFLOW_TRACKING_PASSWORD") as error:
        export([RUN], "https://ann:secret@host:5000/x", "assay")
    assert "secret" not in str(error.value)


def test_without_the_library_the_message_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(AssayError, match="pip install mlflow-skinny"):
        export([RUN], str(tmp_path / "runs"), "assay")
    assert not list(tmp_path.iterdir())
