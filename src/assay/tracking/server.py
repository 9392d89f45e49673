"""Writes runs to MLflow: a tracking server, or a folder with a database of its own."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assay.errors import AssayError, translated
from assay.tracking.runs import COMMIT, Run

if TYPE_CHECKING:
    from mlflow.entities import Run as Recorded
    from mlflow.tracking import MlflowClient

DATABASE, ARTIFACTS = "mlflow.db", "artifacts"
FINISHED = "FINISHED"
AT_ONCE = 100  # parameters, tags or metrics in one request: what MLflow's servers take
# Of the library: it reports its use to others unless told not to, and asks a server that is not there for minutes.
SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}


@dataclass
class Exported:
    """How many runs were new, got something new, or were there as they are."""

    new: int = 0
    updated: int = 0
    same: int = 0


def export(runs: Sequence[Run], to: str, experiment: str) -> Exported:
    """Write runs into an experiment of MLflow, each once: a run is known by the commit in its tags.

    to: the address of a tracking server, or a folder. A run whose writing was cut off is written anew. AssayError if
    MLflow is not installed, or if the server refuses or does not answer.
    """
    with _client(to) as client:
        place = _experiment(client, to, experiment)
        known = {run.data.tags[COMMIT]: run for run in _known(client, place)}
        done = Exported()
        for run in runs:
            _write(client, place, run, known.get(run.commit), done)
    return done


@contextmanager
def _client(to: str) -> Iterator["MlflowClient"]:
    """The client for what `--to` names."""
    address = _address(to)
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow.tracking import MlflowClient
    except ModuleNotFoundError as error:
        todo = "install it: pip install mlflow-skinny (make extras has it)"
        raise AssayError(f"the library of MLflow is not installed: {error.name}", todo=todo) from error
    if "://" not in to:
        Path(to).mkdir(parents=True, exist_ok=True)
    todo = "look at its address and its log; what is written stays, and the same command goes on"
    with translated("MLflow did not take the runs", where=to, todo=todo):
        yield MlflowClient(address)


def _address(to: str) -> str:
    """MLflow's address of the place; AssayError if it has a password, which lists of processes show."""
    if "://" in to:
        if urlsplit(to).password:
            todo = "export MLFLOW_TRACKING_USERNAME=... MLFLOW_TRACKING_PASSWORD=..., and leave both out of --to"
            raise AssayError("a password does not belong in an address", where="--to", todo=todo)
        return to
    return f"sqlite:///{Path(to).absolute() / DATABASE}"


def _experiment(client: "MlflowClient", to: str, name: str) -> str:
    """The number of the experiment, made if there is none; AssayError if it was deleted there."""
    found = client.get_experiment_by_name(name)
    if found is None:
        artifacts = None if "://" in to else (Path(to).absolute() / ARTIFACTS).as_uri()
        return client.create_experiment(name, artifact_location=artifacts)
    if found.lifecycle_stage != "active":
        raise AssayError(f"the experiment {name} was deleted there", where=to, todo="restore it, or: --experiment")
    return found.experiment_id


def _known(client: "MlflowClient", experiment: str) -> Iterator["Recorded"]:
    """The runs there that were exported before."""
    page: str | None = ""
    while page is not None:
        found = client.search_runs([experiment], max_results=1000, page_token=page or None)
        yield from (run for run in found if COMMIT in run.data.tags)
        page = found.token


def _write(client: "MlflowClient", experiment: str, run: Run, there: "Recorded | None", done: Exported) -> None:
    """Write a run, or what the one that is there lacks; parameters there never change, as a commit never does."""
    if there is not None and there.info.status != FINISHED:
        client.delete_run(there.info.run_id)
        there = None
    if there is None:
        made = client.create_run(experiment, start_time=run.start, tags={COMMIT: run.commit}, run_name=run.name)
        _log(client, made.info.run_id, run, {**run.tags, **run.outputs}, run.params, run.metrics)
        client.set_terminated(made.info.run_id, FINISHED, end_time=run.end)
        done.new += 1
        return
    tags = {name: value for name, value in run.tags.items() if there.data.tags.get(name) != value}
    params = {name: value for name, value in run.params.items() if name not in there.data.params}
    metrics = {name: value for name, value in run.metrics.items() if there.data.metrics.get(name) != value}
    _log(client, there.info.run_id, run, tags, params, metrics)
    lacking = bool(tags or params or metrics)
    done.updated += lacking
    done.same += not lacking


def _log(
    client: "MlflowClient",
    run_id: str,
    run: Run,
    tags: Mapping[str, str],
    params: Mapping[str, str],
    metrics: Mapping[str, float],
) -> None:
    from mlflow.entities import Metric, Param, RunTag

    for part in _parts([RunTag(name, value) for name, value in tags.items()]):
        client.log_batch(run_id, tags=part)
    for part in _parts([Param(name, value) for name, value in params.items()]):
        client.log_batch(run_id, params=part)
    for part in _parts([Metric(name, value, run.end, 0) for name, value in metrics.items()]):
        client.log_batch(run_id, metrics=part)


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
