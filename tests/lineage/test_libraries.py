"""The versions that a model is made with."""

from importlib.metadata import version

from assay.lineage.libraries import versions


def test_versions_are_those_installed() -> None:
    assert versions()["numpy"] == version("numpy")
    assert {"xgboost-cpu", "lightgbm"} <= versions().keys()
