"""What a revision says and holds, read by hash through DVC: from the cache or a remote, without a checkout."""

import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import yaml

from assay.datasets import RECORD_ID
from assay.errors import AssayError
from assay.folds import TEST
from assay.paths import CLEANED, LABELS, PREDICTIONS, REPORTS, SCORE, SPLIT, fold

WORKSPACE = "workspace"
PARAMS, THRESHOLDS, VERDICT = Path("params.yaml"), PREDICTIONS / "thresholds.json", REPORTS / "verdict.json"


class Files(Protocol):
    """Reads a file of a revision."""

    def read_bytes(self, path: str) -> bytes: ...


class Disk:
    """The files as they lie in the workspace."""

    def read_bytes(self, path: str) -> bytes:
        """The content of a file."""
        return Path(path).read_bytes()


@dataclass(frozen=True)
class Revision:
    """A side of a comparison; `name` as it was asked for, `sha` "" for the workspace."""

    name: str
    sha: str
    files: Files

    @cached_property
    def params(self) -> dict[str, Any]:
        """params.yaml."""
        return yaml.safe_load(self._read(PARAMS))

    @cached_property
    def records(self) -> pd.DataFrame:
        """The cleaned records, by record id."""
        return self._table(CLEANED)

    @cached_property
    def labels(self) -> pd.DataFrame:
        """Label, code and exclusion of every record, by record id."""
        return self._table(LABELS)

    @cached_property
    def test(self) -> pd.DataFrame:
        """The test fold by record id: label, excluded, score."""
        scores = self._table(PREDICTIONS / "test.parquet")[SCORE].rename("score")
        return self._table(fold(SPLIT, TEST))[["label", "excluded"]].join(scores, validate="1:1")

    @cached_property
    def out_of_fold(self) -> pd.DataFrame:
        """Train and validation by record id: label, and the score of a model that had not seen the record."""
        return self._table(PREDICTIONS / "out_of_fold.parquet")[["label", SCORE]].rename(columns={SCORE: "score"})

    @cached_property
    def threshold(self) -> float:
        """The model's decision threshold."""
        return float(json.loads(self._read(THRESHOLDS))[SCORE]["value"])

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """What each criterion asks for, and whether it is met."""
        return json.loads(self._read(VERDICT))["findings"]

    def require(self) -> None:
        """Read all that a comparison needs; AssayError naming the first that is not to be had."""
        for name in ("params", "records", "labels", "test", "threshold", "findings"):
            getattr(self, name)

    def _table(self, path: Path) -> pd.DataFrame:
        return pd.read_parquet(io.BytesIO(self._read(path))).set_index(RECORD_ID).sort_index()

    def _read(self, path: Path) -> bytes:
        try:
            return self.files.read_bytes(str(path))
        except Exception as error:  # the library behind each kind of remote has errors of its own
            if self.sha:
                todo = f"name a remote that has it (dvc remote add), or: git checkout {self.sha[:10]} && dvc repro"
            else:
                todo = "run: dvc repro (or: dvc checkout)"
            where = f"{self.name} ({self.sha[:10] or 'as it lies here'})"
            raise AssayError(f"{path} is not to be had: {error}", where=where, todo=todo) from error


def revision(name: str) -> Revision:
    """The workspace, or a branch, tag, commit or experiment by name; AssayError if there is none such."""
    if name == WORKSPACE:
        return Revision(name, "", Disk())
    from dvc.api import DVCFileSystem
    from dvc.repo import Repo
    from dvc.scm import RevError, resolve_rev

    with Repo(".") as repo:
        try:
            sha = resolve_rev(repo.scm, name)
        except RevError as error:
            raise AssayError(
                f"no revision {name!r}",
                where="git",
                todo="name a branch, tag, commit, or an experiment of dvc exp list",
            ) from error
    return Revision(name, sha, DVCFileSystem(".", rev=sha))
