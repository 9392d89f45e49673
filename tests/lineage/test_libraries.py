"""The versions that a model is made with."""

from importlib.metadata import version

import pytest

from assay.lineage.libraries import versions


def test_versions_are_those_installed() -> None:
    assert versions()["numpy"] == version("numpy")
    assert {"xgboost-cpu", "lightgbm"} <= versions().keys()


def test_an_optional_library_is_named_by_the_models_that_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.lineage.libraries.version", lambda name: f"{name} 1")
    with_it, without = ({"_target_": f"assay.modelling.zoo.{name}"} for name in ("catboost", "lightgbm"))
    assert "catboost" not in versions([without])
    assert versions([without, with_it])["catboost"] == "catboost 1"
