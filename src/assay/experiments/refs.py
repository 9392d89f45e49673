"""How DVC keeps experiments in git."""

import json
from pathlib import Path
from typing import Any

from assay.git import git
from assay.paths import REPORTS

OUT_OF_FOLD = REPORTS / "out_of_fold.json"  # what experiments are chosen by


def reference(baseline: str, name: str) -> str:
    """Where DVC looks for an experiment on a commit (dvc.repo.experiments.refs)."""
    return f"refs/exps/{baseline[:2]}/{baseline[2:]}/{name}"


def experiments(root: Path, baseline: str) -> set[str]:
    """The names of the experiments on a commit, as `dvc exp list` shows them."""
    prefix = reference(baseline, "")
    listed = git(root, "for-each-ref", "--format=%(refname)", prefix)
    return {line.removeprefix(prefix) for line in listed.splitlines()}


def metrics(root: Path, baseline: str, name: str) -> dict[str, Any]:
    """The out-of-fold metrics of an experiment that is there."""
    return json.loads(git(root, "show", f"{reference(baseline, name)}:{OUT_OF_FOLD}"))
