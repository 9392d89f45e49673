"""Out of core an estimator becomes, bit for bit, what it becomes from the whole table."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay import memory
from assay.bundle.folder import save_model
from assay.bundle.scoring import log_odds
from assay.errors import AssayError
from assay.modelling.building import build
from assay.modelling.early_stopping import chosen_rounds
from assay.modelling.fitting import IN_MEMORY
from assay.modelling.matrices import Source, most_of_a_page, xgboost_matrix
from assay.modelling.out_of_core import ALONE, streamed_fit
from assay.modelling.records import Records
from limits import files_of_at_most
from modelling_samples import configured, labelled

CAN = ["ensemble", "lightgbm", "majority", "rule", "xgboost", "xgboost_fine"]
CANNOT = ["hist_gbm", "logistic", "random_forest"]
FIXED = {"early_stopping_rounds": None}
EARLY = {"early_stopping_rounds": 5, "n_estimators": 60, "learning_rate": 0.5}


def source(records: Records, rows: int = 50) -> Source:
    def batches() -> Iterator[pd.DataFrame]:
        return (records.X.iloc[start : start + rows] for start in range(0, len(records.y), rows))

    return Source(batches, records.y.to_numpy("int8"), records.weight)


def out_of_core(model: dict[str, Any], train: Records, validation: Records | None, folder: Path) -> tuple[Any, Any]:
    estimator = build(model)
    fit = streamed_fit(estimator)
    assert fit
    watched = None if validation is None else source(validation).of(estimator)
    return fit(estimator, source(train).of(estimator), watched, folder, ALONE)


def written(estimator: Any, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    save_model(estimator, folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def weighted(records: Records) -> Records:
    weight = np.random.default_rng(1).integers(1, 9, len(records.y)) / 2
    return Records(records.X, records.y, None, weight)


@pytest.mark.parametrize("weigh", [lambda records: records, weighted], ids=["alike", "weighted"])
@pytest.mark.parametrize("name", CAN)
def test_the_same_bytes_and_scores(name: str, weigh: Any, tmp_path: Path) -> None:
    records, model = weigh(labelled()), configured(name, **(FIXED if "xgboost" in name else {}))
    expected = IN_MEMORY.fitted(model, records)
    found, _ = out_of_core(model, records, None, tmp_path)
    assert written(found, tmp_path / "found") == written(expected, tmp_path / "expected")
    np.testing.assert_array_equal(log_odds(found, records.X), log_odds(expected, records.X))


@pytest.mark.parametrize("changes", [EARLY, FIXED], ids=["stopped", "watched"])
@pytest.mark.parametrize("weigh", [lambda records: records, weighted], ids=["alike", "weighted"])
@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "xgboost_fine"])
def test_early_stopping_is_the_same(name: str, weigh: Any, changes: dict[str, Any], tmp_path: Path) -> None:
    train, validation, model = weigh(labelled()), weigh(labelled(120, seed=1)), configured(name, **changes)
    expected, losses = IN_MEMORY.watched(model, train, validation)
    found, curve = out_of_core(model, train, validation, tmp_path)
    assert curve == losses
    assert written(found, tmp_path / "found") == written(expected, tmp_path / "expected")
    if changes == EARLY:
        assert chosen_rounds(model, found, curve) == chosen_rounds(model, expected, losses)
        assert len(curve["validation"]) < EARLY["n_estimators"]
    np.testing.assert_array_equal(log_odds(found, validation.X), log_odds(expected, validation.X))


@pytest.mark.parametrize("seed", [0, 7])
def test_lightgbm_draws_the_same_rows_for_the_bounds_of_its_bins(seed: int, tmp_path: Path) -> None:
    records = labelled(2000)
    model = configured("lightgbm", subsample_for_bin=300, subsample=0.7, random_state=seed)
    expected = written(IN_MEMORY.fitted(model, records), tmp_path / "expected")
    assert written(out_of_core(model, records, None, tmp_path)[0], tmp_path / "found") == expected
    other = configured("lightgbm", subsample_for_bin=2000, subsample=0.7, random_state=seed)
    assert written(IN_MEMORY.fitted(other, records), tmp_path / "other") != expected


def test_names_that_libraries_refuse(tmp_path: Path) -> None:
    records = labelled()
    records = Records(records.X.rename(columns={"TSH": "TSH < 4 [mU/L]", "T3": "T 3"}), records.y)
    for name in ("lightgbm", "xgboost"):
        model = configured(name, **FIXED)
        expected = written(IN_MEMORY.fitted(model, records), tmp_path / f"{name} expected")
        found, _ = out_of_core(model, records, None, tmp_path)
        assert written(found, tmp_path / f"{name} found") == expected


def test_nothing_stays_on_the_disk(tmp_path: Path) -> None:
    out_of_core(configured("xgboost"), labelled(), labelled(60), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "model",
    [
        *map(configured, CANNOT),
        configured("ensemble", members={"one": configured("lightgbm"), "other": configured("logistic")}),
        configured("lightgbm", class_weight="balanced"),
        configured("lightgbm", linear_tree=True),
        configured("xgboost", booster="gblinear"),
        configured("xgboost", tree_method="approx"),
        configured("xgboost", device="cuda"),
        configured("xgboost", feature_weights=[1, 2, 1, 1, 1, 1, 1]),
    ],
    ids=[*CANNOT, "ensemble", "class_weight", "linear_tree", "gblinear", "approx", "cuda", "feature_weights"],
)
def test_what_needs_all_records_says_so(model: dict[str, Any]) -> None:
    assert streamed_fit(build(model)) is None


def test_weights_that_an_estimator_does_not_take(tmp_path: Path) -> None:
    knn = {"name": "knn", "_target_": "sklearn.neighbors.KNeighborsClassifier"}
    with pytest.raises(AssayError, match="takes no sample weights"):
        source(weighted(labelled())).of(build(knn))


def test_without_room_for_the_pages_of_xgboost_the_fit_stops_and_not_the_process(tmp_path: Path) -> None:
    with files_of_at_most(1000), pytest.raises(OSError, match=re.escape(os.strerror(errno.EFBIG))):
        out_of_core(configured("xgboost", **FIXED), labelled(), None, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("bins", [256, 1024])
def test_a_page_of_xgboost_takes_no_more_than_is_asked_for(missing: float, bins: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        np.where(rng.random((3000, 4)) < missing, np.nan, rng.normal(size=(3000, 4))), columns=list("abcd")
    )
    source_ = Source(lambda: iter([X]), np.zeros(3000), None)
    matrix = xgboost_matrix(source_, tmp_path / "page", build(configured("xgboost", max_bin=bins)))
    assert 0 < sum(file.stat().st_size for file in tmp_path.iterdir()) <= most_of_a_page(*X.shape)
    del matrix


def test_where_threads_of_xgboost_could_not_start_the_fit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_of_process", lambda _: iter([100 << 20]))
    with pytest.raises(AssayError, match="XGBoost, out of core, needs 512 MiB of addresses, and ulimit -v leaves 100"):
        out_of_core(configured("xgboost", **FIXED), labelled(), None, tmp_path)
