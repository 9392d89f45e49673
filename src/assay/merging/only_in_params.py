"""Finds decisions that stand only in params.yaml: composing it from conf/ would lose them silently."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.experiments.clones import clone, environment
from assay.experiments.parameters import param_changes
from assay.git import git
from assay.lineage.graph import PARAMS
from assay.merging.sources import yaml_of

KEYS_SHOWN = 5


@dataclass(frozen=True)
class Side:
    """A commit and its name. Its decisions are the changes since the commit `base`."""

    name: str
    base: str
    sha: str


def require_said_in_conf(root: Path, side: Side, composed: dict[str, Any], command: str) -> None:
    """AssayError if a side changed a value in params.yaml but not in its conf/, and composing gives another one.

    `dvc exp apply` and a commit without an edit in conf/ leave such values.
    """
    lost = overruled(yaml_of(root, side.base, PARAMS), yaml_of(root, side.sha, PARAMS), composed)
    if lost and not _composed(root, side.sha):
        values = [f"{key}: {value} (conf/: {instead})" for key, (value, instead) in list(lost.items())[:KEYS_SHOWN]]
        more = [f"and {len(lost) - KEYS_SHOWN} more"] if len(lost) > KEYS_SHOWN else []
        raise AssayError(
            f"{side.name} decides in {PARAMS} what its conf/ does not say, and it would be lost:\n  "
            + "\n  ".join([*values, *more]),
            todo=f"say it in conf/, git add that, then: {command}; or, to let conf/ stand: {command} --conf",
        )


def overruled(base: dict[str, Any], side: dict[str, Any], composed: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The keys that a side changed and whose composed value differs, each with its value and the composed one."""
    changed = param_changes(base, side)
    differing = param_changes(side, composed)
    return {key: (differing[key][0], differing[key][1]) for key in changed if key in differing}


def _composed(root: Path, sha: str) -> bool:
    """Whether a commit's params.yaml is composed from its own conf/ by its own code."""
    with tempfile.TemporaryDirectory(prefix="assay-conf-") as folder:
        copy = Path(folder, "clone")
        clone(root, copy, git(root, "rev-parse", sha))
        command = [sys.executable, "-m", "assay.cli", "params", "--check"]
        return subprocess.run(command, cwd=copy, env=environment(copy), capture_output=True).returncode == 0
