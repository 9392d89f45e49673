"""Model files: the same model back, the same bytes, nothing that runs."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from skops.io import dumps

from assay.bundle.folder import READERS, describe, load_model, save_model
from assay.bundle.skops_archive import canonical
from assay.files import md5
from assay.modelling.building import build
from modelling_samples import MODELS, configured, labelled, require_library

RECORDS = labelled()


def fitted(name: str):
    require_library(name)
    return build(configured(name, **{"early_stopping_rounds": None} if name == "xgboost" else {})).fit(
        RECORDS.X, RECORDS.y
    )


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back_with_the_same_scores(name: str, tmp_path: Path) -> None:
    estimator = fitted(name)
    save_model(estimator, tmp_path)
    describe(tmp_path)
    np.testing.assert_array_equal(load_model(tmp_path).predict_proba(RECORDS.X), estimator.predict_proba(RECORDS.X))


@pytest.mark.parametrize("name", MODELS)
def test_equal_models_have_equal_files(name: str, tmp_path: Path) -> None:
    paths = []
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        paths.append(save_model(fitted(name), tmp_path / folder))
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    "name", sorted(set(MODELS) - {"xgboost", "xgboost_fine", "lightgbm", "catboost", "ensemble", "ensemble_catboost"})
)
def test_a_file_holds_numbers_and_names_only(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(save_model(fitted(name), tmp_path)) as archive:
        assert {Path(member).suffix for member in archive.namelist()} <= {".json", ".npy", ".npz"}
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    "error", [MemoryError(), ImportError("failed to map a segment"), ModuleNotFoundError(name="x")]
)
def test_what_the_machine_lacks_makes_no_model_file_a_bad_one(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(content: bytes) -> None:
        raise error

    path = save_model(fitted("majority"), tmp_path)
    describe(tmp_path)
    monkeypatch.setitem(READERS, path.name, read)
    with pytest.raises(type(error)):
        load_model(tmp_path)


def test_canonical_changes_nothing_the_second_time() -> None:
    once = canonical(dumps(fitted("logistic")))
    assert canonical(once) == once


def test_the_description_names_the_file_by_its_hash(tmp_path: Path) -> None:
    path = save_model(fitted("majority"), tmp_path)
    describe(tmp_path, threshold={"value": 0.5})
    assert json.loads((tmp_path / "bundle.json").read_text()) == {
        "format": 1,
        "file": {"name": "model.skops", "md5": md5(path)},
        "threshold": {"value": 0.5},
    }
