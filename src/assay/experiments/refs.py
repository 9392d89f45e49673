"""How DVC keeps experiments in git."""

import json
from pathlib import Path
from typing import Any

from assay.dvc_internals.revisions import experiment_reference
from assay.git import git
from assay.paths import REPORTS

OUT_OF_FOLD = REPORTS / "out_of_fold.json"  # the figures by which experiments are chosen


def experiments(root: Path, baseline: str) -> set[str]:
    """The names of the experiments on a commit, as `dvc exp list` shows them."""
    prefix = experiment_reference(baseline, "")
    listed = git(root, "for-each-ref", "--format=%(refname)", prefix)
    return {line.removeprefix(prefix) for line in listed.splitlines()}


def metrics(root: Path, baseline: str, name: str) -> dict[str, Any]:
    """The out-of-fold metrics of an existing experiment."""
    return json.loads(git(root, "show", f"{experiment_reference(baseline, name)}:{OUT_OF_FOLD}"))
