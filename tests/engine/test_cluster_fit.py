"""Fits by the workers of a real dask cluster, each with a partition: repeatable, begun again where a worker dies."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from assay.bundle.folder import save_model
from assay.config.schema import DaskEngine
from assay.engine import cluster_fit, cluster_fit_worker
from assay.engine.cluster_fit import Partitions
from assay.engine.parallel import OnWorkers, on_workers
from assay.engine.stored import read_streamed
from assay.errors import AssayError
from assay.files import read_json
from assay.paths import BUNDLE, FEATURES, MODEL_CARD, MODEL_KEY, PREDICTIONS, REPORT, score_column
from assay.records.columns import WEIGHT
from assay.records.folds import TRAIN, VALIDATION
from assay.stages import cards, evaluate
from dask_cluster import cluster
from line_in_parts import divide, trained
from modelling_samples import configured

TOLERANCE = 0.02  # of average precision out of fold, beside one process


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    with cluster(os.environ) as found:
        yield found.address


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that does much else, a worker that was killed takes minutes to be there again."""
    monkeypatch.setattr(cluster_fit, "JOINING", 600)


@pytest.fixture
def workers(scheduler: str) -> Iterator[OnWorkers]:
    with on_workers(DaskEngine(scheduler=scheduler)) as found:
        yield found


@pytest.fixture
def line(line: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small line with weights, in parts of 100 rows, read in batches of 60."""
    rng = np.random.default_rng(0)

    def weighted(table: pd.DataFrame, path: Path) -> pd.DataFrame:
        weight = {} if path.parent.name == FEATURES.name else {WEIGHT: rng.integers(1, 9, len(table)) / 2}
        return table.assign(**weight)

    divide(monkeypatch, weighted)
    return line


def written(estimator: Any, folder: Path) -> bytes:
    folder.mkdir()
    return save_model(estimator, folder).read_bytes()


@pytest.mark.slow
def test_the_same_bytes_again_and_nearly_the_figures_of_one_process(line: Path, scheduler: str) -> None:
    def average_precision() -> float:
        found = pd.concat(map(pd.read_parquet, sorted((PREDICTIONS / "out_of_fold.parquet").iterdir())))
        return float(average_precision_score(found["label"], found[score_column(MODEL_KEY)]))

    model = ["model=ensemble", "training.refit=true"]
    divided = ["engine=dask", f"engine.scheduler={scheduler}", "engine.partitions=2"]
    trained("engine=stream", *model)
    assert "partitions" not in read_json(BUNDLE)
    alone = average_precision()
    assert trained(*divided, *model) == trained(*divided, *model)
    assert read_json(BUNDLE)["partitions"] == {"model": 2, "xgboost": 2}
    assert average_precision() == pytest.approx(alone, abs=TOLERANCE)
    evaluate.main()
    cards.main()
    for page in (REPORT, MODEL_CARD):
        assert "The records of each fit of the model were divided into 2 partitions" in page.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_a_fit_of_which_a_worker_dies_begins_again(
    line: Path, workers: OnWorkers, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = configured(name, n_estimators=300, early_stopping_rounds=20, learning_rate=0.01)
    train, validation = read_streamed(TRAIN), read_streamed(VALIDATION)
    expected, curve = Partitions(workers, 2).fit(model, train, validation)
    died, fitted = tmp_path / "died", cluster_fit_worker.fitted

    def dies_once(request: Any, partition: Any) -> Any:
        import signal
        from threading import Timer

        if partition.place.partition and not died.exists():
            died.touch()
            Timer(0.1, os.kill, [os.getpid(), signal.SIGKILL]).start()
        return fitted(request, partition)

    monkeypatch.setattr(cluster_fit_worker, "fitted", dies_once)
    found, again = Partitions(workers, 2).fit(model, train, validation)
    assert died.exists()
    model_file = written(found, tmp_path / "found")
    assert model_file == written(expected, tmp_path / "expected")
    assert again == curve
    assert name == "xgboost" or f"internal_count={len(train.y)} ".encode() in model_file  # of all records


@pytest.mark.slow
def test_a_fit_of_which_workers_always_die_is_given_up(
    line: Path, workers: OnWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask

    monkeypatch.setattr(cluster_fit_worker, "fitted", lambda request, partition: os._exit(1))
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        pytest.raises(AssayError, match="a worker of the cluster died in each of 2 fits of xgboost"),
    ):
        Partitions(workers, 2).fit(configured("xgboost", early_stopping_rounds=None), read_streamed(TRAIN), None)


def test_an_error_of_a_fit_comes_as_one_message(line: Path, workers: OnWorkers) -> None:
    refused = configured("xgboost", early_stopping_rounds=None, max_depth=-1)
    with pytest.raises(AssayError, match=r"a fit on the cluster failed: .*max_depth"):
        Partitions(workers, 2).fit(refused, read_streamed(TRAIN), None)


def test_too_few_workers(line: Path, workers: OnWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_fit, "JOINING", 1)
    with pytest.raises(AssayError, match=r"engine.partitions=3 needs as many workers, and after 1 seconds there are 2"):
        Partitions(workers, 3).fit(configured("lightgbm"), read_streamed(TRAIN), None)


def test_each_record_of_a_fit_is_in_one_partition(line: Path) -> None:
    here: Any = SimpleNamespace(client=None)
    train = read_streamed(TRAIN)
    both = train.followed_by(read_streamed(VALIDATION))
    for records in (train, both, both.rows(np.arange(30, len(both.y), 2)), both.rows(np.arange(40))):
        found = Partitions(here, 3)._divided(records, np.arange(len(records.y), dtype=float))
        weights = [one.weight for one in found if one.weight is not None]
        np.testing.assert_array_equal(np.sort(np.concatenate(weights)), np.arange(len(records.y)))
        for one, weight in zip(found, weights, strict=True):
            np.testing.assert_array_equal(one.y, records.y.to_numpy()[weight.astype(int)])
            assert one.rows.sum() == len(one.y)
    with pytest.raises(AssayError, match="of 2 records, partition 1 of 3 has none"):
        Partitions(here, 3)._divided(both.rows(np.array([0, 3])), None)
