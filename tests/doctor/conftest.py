"""A small clone that the real DVC ran, to break."""

import os
import shutil
from pathlib import Path

import pytest

from once import made_once
from pipeline_copy import ENVIRONMENT, Copy
from samples import ROOT

GRAPH = """\
stages:
  collect:
    cmd: python line.py collect
    deps:
    - annotations
    - source.csv
    outs:
    - data/raw.csv
  train:
    cmd: python line.py train
    deps:
    - data/raw.csv
    params:
    - model.num_leaves
    outs:
    - models
    - reports/plots: {cache: false, persist: true}
    metrics:
    - reports/metrics.json: {cache: false, persist: true}
  check:
    cmd: python line.py check
    deps:
    - models
    outs:
    - data/checked.json
"""
PROGRAM = """\
import pathlib, sys
def write(path, text):
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_text(text)
def collect():
    write("data/raw.csv", pathlib.Path("source.csv").read_text() * 3)
def train():
    write("models/model.txt", "a model\\n" * 50)
    write("models/bundle.json", '{"name": "a"}\\n')
    write("reports/plots/roc.csv", "x,y\\n0,1\\n")
    write("reports/plots/months.csv", "x,y\\n1,1\\n")
    write("reports/metrics.json", '{"recall": 0.9}\\n')
def check():
    write("data/checked.json", pathlib.Path("models/bundle.json").read_text())
globals()[sys.argv[1]]()
"""


def small_clone(path: Path) -> None:
    path.mkdir(parents=True)
    clone = Copy(path)
    for name in (".gitattributes", ".gitignore", ".dvcignore", "requirements.lock", "params.yaml"):
        shutil.copy(ROOT / name, path / name)
    for name in ("conf", "annotations"):
        shutil.copytree(ROOT / name, path / name)
    (path / "src").symlink_to(ROOT / "src")
    for name, text in {"dvc.yaml": GRAPH, "line.py": PROGRAM, "source.csv": "id,x\n1,2\n"}.items():
        (path / name).write_text(text)
    clone.run("git", "init", "--quiet", "--initial-branch=main")
    clone.run("dvc", "init", "--quiet")
    shutil.copy(ROOT / ".dvc/config", path / ".dvc/config")
    clone.run("dvc", "repro", "--quiet")
    clone.commit("Start")


@pytest.fixture(scope="session")
def run_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed: take `clone`."""
    return made_once(tmp_path_factory, "small_clone", small_clone)


@pytest.fixture
def clone(run_clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """A copy to break, as the working folder, in the environment of `Copy`."""
    shutil.copytree(run_clone, tmp_path / "clone", symlinks=True)
    monkeypatch.chdir(tmp_path / "clone")
    for name in [name for name in os.environ if name not in ENVIRONMENT]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Copy(tmp_path / "clone")
