"""Bundles to damage."""

import shutil
from pathlib import Path

import pytest

from assay.bundle.folder import describe, save_model
from assay.modelling.building import build
from modelling_samples import configured, labelled

RECORDS = labelled(60)


@pytest.fixture(scope="package")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three whole bundles, one of each format."""
    folder = tmp_path_factory.mktemp("good")
    for name in ("logistic", "xgboost", "lightgbm"):
        (folder / name).mkdir()
        rounds = {"early_stopping_rounds": None} if name == "xgboost" else {}
        save_model(build(configured(name, **rounds)).fit(RECORDS.X, RECORDS.y), folder / name)
        describe(folder / name)
    return folder


@pytest.fixture
def bundle(good: Path, here: Path) -> Path:
    """A copy of the bundle of a logistic regression."""
    return Path(shutil.copytree(good / "logistic", here / "models"))
