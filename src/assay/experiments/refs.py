"""How DVC keeps experiments in git."""

import json
import os
from pathlib import Path
from typing import Any

from assay.dvc_internals.revisions import experiment_reference
from assay.errors import AssayError
from assay.git import git, raw
from assay.paths import REPORTS

IDENTITY = {"NAME": "Assay", "EMAIL": "assay@localhost"}  # where git has none
OUT_OF_FOLD = REPORTS / "out_of_fold.json"  # the figures by which experiments are chosen


def experiments(root: Path, baseline: str) -> set[str]:
    """The names of the experiments on a commit, as `dvc exp list` shows them."""
    prefix = experiment_reference(baseline, "")
    listed = git(root, "for-each-ref", "--format=%(refname)", prefix)
    return {line.removeprefix(prefix) for line in listed.splitlines()}


def keep(folder: Path, name: str, baseline: str, message: str) -> str:
    """Make the work tree of a clone an experiment of its origin: a commit on the baseline; its hash.

    Git moves the reference, by which DVC knows it, in one step: the experiment is there whole or not at all.
    """
    git(folder, "add", "--all")
    tree = git(folder, "write-tree")
    commit = git(folder, "commit-tree", tree, "-p", baseline, "-m", message)
    git(folder, "push", "--quiet", "--force", "origin", f"{commit}:{experiment_reference(baseline, name)}")
    return commit


def packed(folder: Path, name: str, baseline: str) -> tuple[str, bytes]:
    """The commit of an experiment in a repository, and git's pack of it for others that have the baseline."""
    commit = git(folder, "rev-parse", experiment_reference(baseline, name))
    wanted = f"{commit}\n^{baseline}\n".encode()
    return commit, raw(folder, "pack-objects", "--revs", "--stdout", "--quiet", stdin=wanted)


def unpack(root: Path, pack: bytes) -> None:
    """Take the objects of a pack into a repository; AssayError if one is broken, or refers to one that is not there."""
    git(root, "unpack-objects", "-q", "--strict", stdin=pack)


def name_experiment(root: Path, name: str, baseline: str, commit: str) -> None:
    """Make a commit of a repository an experiment there, in one step."""
    git(root, "update-ref", experiment_reference(baseline, name), commit)


def with_identity(folder: Path) -> None:
    """Give git in this process a name for its commits where none is configured."""
    for part, value in IDENTITY.items():
        try:
            git(folder, "config", f"user.{part.lower()}")
        except AssayError:
            for role in ("AUTHOR", "COMMITTER"):
                os.environ.setdefault(f"GIT_{role}_{part}", value)


def metrics(root: Path, baseline: str, name: str) -> dict[str, Any]:
    """The out-of-fold metrics of an existing experiment."""
    return json.loads(git(root, "show", f"{experiment_reference(baseline, name)}:{OUT_OF_FOLD}"))
