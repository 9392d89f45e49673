"""A real repository with a line of two stages whose outputs are written by hand: what a gate reads, in a second.

Each branch is one commit on main, which passes the gate: `better` has a better model, `worse` one that is worse beyond
chance, `missing` one whose recall is too low, `other` another dataset, `leak` an error of the audit.
"""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from dvc.repo import Repo

from assay.files import md5, write_json
from assay.lineage import statement
from assay.lineage.graph import graph
from assay.lineage.statement import Statement, chosen
from assay.registry.promotion import Outcome
from assay.tables import write_table
from pipeline_copy import ENVIRONMENT, warm_path
from samples import ROOT

Promote = Callable[..., Outcome]  # promotes a revision, as the fixture does
NAMED = {"user.name": "Ann Smith", "user.email": "ann@example.org", "commit.gpgSign": "false", "gc.auto": "0"}
DVC_YAML = """
stages:
  clean:
    cmd: python clean.py
    deps: [source.py]
    params: [dataset.name]
    outs:
    - data/lineage/clean.json
    - data/cleaned/records.parquet
    - data/annotated/labels.parquet
    - data/split/test.parquet
    - reports/cleaning.json: {cache: false, persist: true}
  train:
    cmd: python train.py
    deps: [source.py, data/cleaned/records.parquet, data/split/test.parquet]
    params: [model]
    outs:
    - data/lineage/train.json
    - data/predictions
    - models
    - reports/audit.json: {cache: false, persist: true}
    - reports/verdict.json: {cache: false, persist: true}
artifacts:
  model: {path: models, type: model, desc: The model}
"""
IGNORED = "/.assay/\n/models\n/data/\n/reports/budget.json\n"
RECORDS = 120
FIGURES = {
    "bundle_mb": 1,
    "load_seconds": 1,
    "memory_mb": 100,
    "single_p50_ms": 1,
    "single_p99_ms": 2,
    "records_per_second": 200_000,
    "train_seconds": 20,
    "train_memory_mb": 500,
}
# Branch to noise of the scores, recall, verdict on A01, dataset.
BRANCHES: dict[str, dict[str, Any]] = {
    "better": {"noise": 0.05},
    "worse": {"noise": 3.0},
    "missing": {"noise": 0.5, "recall": 0.8512},
    "other": {"noise": 0.51, "dataset": "other"},
    "leak": {"noise": 0.52, "audit": "error"},
}


def make(parent: Path) -> None:
    """The repository, in a folder `root`."""
    root = parent / "root"
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    for key, value in NAMED.items():
        git(root, "config", key, value)
    Repo.init(str(root)).close()
    attributes = (ROOT / ".gitattributes").read_text()
    texts = {"dvc.yaml": DVC_YAML, ".gitignore": IGNORED, "source.py": "1\n", ".gitattributes": attributes}
    for name, text in texts.items():
        (root / name).write_text(text)
    ran(root, noise=0.6)
    for name, changes in BRANCHES.items():
        git(root, "checkout", "--quiet", "-b", name, "main")
        ran(root, **changes)
    git(root, "checkout", "--quiet", "main")
    with Repo(str(root)) as repo:
        repo.checkout()
    budget(root)


def ran(root: Path, noise: float, recall: float = 0.95, audit: str = "passed", dataset: str = "thyroid") -> None:
    """A run of the line that gave this, committed."""
    before = Path.cwd()
    os.chdir(root)  # paths are relative to the root, as in the stages
    try:
        _write_params(dataset)
        _write_clean()
        _write_train(noise, recall, audit)
    finally:
        os.chdir(before)
    with Repo(str(root)) as repo:
        repo.commit(force=True)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", f"Run with noise {noise}")


def _write_params(dataset: str) -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["dataset"] |= {"name": dataset, "slices": {}}
    params["criteria"] |= {"beat_baselines": ["rule"], "quality": {"validity": 0.9}}
    Path("params.yaml").write_text(yaml.safe_dump(params))


def _write_clean() -> None:
    ids = [f"r{number:03}" for number in range(RECORDS)]
    days = pd.date_range("1986-07-01", "1987-01-19", periods=RECORDS)
    label = np.arange(RECORDS) % 4 == 0
    write_table(Path("data/cleaned/records.parquet"), pd.DataFrame({"record_id": ids, "date": days}))
    known = pd.DataFrame({"record_id": ids, "label": label, "excluded": ""})
    policy = {"code": "-", "code_in_force": "-", "code_resolved": "-", "policy": "overt", "policy_version": 1}
    decided = {"decided_by": "source", "decisions": 0, "annotators": ""}
    write_table(Path("data/annotated/labels.parquet"), known.assign(**policy, **decided))
    write_table(Path("data/split/test.parquet"), known)
    write_json(Path("reports/cleaning.json"), {"rows_in": RECORDS + 1, "rows_out": RECORDS, "rules": []})
    _state("clean")


def _write_train(noise: float, recall: float, audit: str) -> None:
    test = pd.read_parquet("data/split/test.parquet")
    score = test["label"] + np.random.default_rng(0).normal(0, noise, RECORDS)
    write_table(Path("data/predictions/test.parquet"), pd.DataFrame({"record_id": test["record_id"], "score": score}))
    write_json(Path("data/predictions/thresholds.json"), {"model": {"value": 0.5}})
    write_json(Path("models/bundle.json"), {"noise": noise})
    write_json(Path("models/training/curve.json"), {"rounds": 3})
    write_json(Path("reports/audit.json"), [{"code": "A01", "title": "Resampling", "verdict": audit}])
    bounds = {"recall": ("at least 0.9", recall), "alerts_per_1000": ("at most 100", 50.0)}
    bounds |= {"average_precision over rule": ("above rule, by the interval", 0.2), "validity": ("at least 0.9", 1.0)}
    findings = [
        {
            "criterion": name,
            "asked": asked,
            "value": value,
            "interval": [value - 0.1, value + 0.1],
            "verdict": "not met" if name == "recall" and value < 0.9 else "met",
            "settled": True,
        }
        for name, (asked, value) in bounds.items()
    ]
    write_json(Path("reports/verdict.json"), {"verdict": "met", "findings": findings})
    _state("train")


def _state(stage: str) -> None:
    """The statement of a stage that has just run."""
    node, params = graph().nodes[stage], yaml.safe_load(Path("params.yaml").read_text())
    outs = [file for out in sorted(node.outs) for file in _files(Path(out)) if "lineage" not in file.parts]
    statement.write(
        Statement(
            stage,
            chosen(params, node.keys),
            {dep: md5(Path(dep)) for dep in sorted(node.deps)},
            {file.as_posix(): md5(file) for file in outs},
        )
    )


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def budget(
    root: Path, figures: Mapping[str, Any] | None = None, model: str | None = None, machine: object = None
) -> None:
    """What `assay budget` measures, of the model here unless it is named."""
    found = {**FIGURES, **(figures or {})}
    content = {"model": model or md5(root / "models"), "figures": found, "machine": machine}
    (root / "reports/budget.json").write_text(json.dumps(content))


def model_of(root: Path, revision: str) -> str:
    """The MD5 of the model in the dvc.lock of a commit."""
    lock = yaml.safe_load(git(root, "show", f"{revision}:dvc.lock"))
    return next(out["md5"] for one in lock["stages"].values() for out in one["outs"] if out["path"] == "models")


def git(root: Path, *arguments: str) -> str:
    """What git prints."""
    return run("git", *arguments, folder=root)


def run(*command: str, folder: Path, fails: bool = False) -> str:
    """What a program prints on stdout; with `fails`, what a failing one prints at all."""
    path = {"PATH": warm_path()} if command[0] == "dvc" else {}
    environment = {**ENVIRONMENT, **path, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert (done.returncode != 0) == fails, f"{command}: {done.returncode} {done.stdout}{done.stderr}"
    return (done.stdout + done.stderr if fails else done.stdout).rstrip("\n")
