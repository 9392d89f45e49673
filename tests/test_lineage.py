"""Where a result comes from."""

from importlib.metadata import version
from pathlib import Path

import yaml

from assay.files import md5
from assay.lineage import dependencies, versions
from samples import ROOT


def test_the_dependencies_of_a_stage_are_those_of_dvc_yaml_with_their_hashes(here: Path) -> None:
    deps = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["clean"]["deps"]
    for path in map(Path, deps):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"this is {path}")
    found = dependencies("clean")
    assert list(found) == sorted(deps)
    assert found == {path: md5(Path(path)) for path in deps}


def test_versions_are_those_installed() -> None:
    assert versions()["numpy"] == version("numpy")
    assert "xgboost-cpu" in versions()
