"""Reads the files of a revision by hash through DVC, from the cache or a remote, without a checkout."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from assay.dvc_internals.revisions import files_at, listed_md5s, recorded_md5, resolved_revision
from assay.errors import AssayError, translated
from assay.experiments.former_names import named_as_now
from assay.experiments.versions import version_tag
from assay.files import folder_md5, yaml_mapping
from assay.lineage import lock
from assay.lineage.checks import require, shortened
from assay.lineage.graph import LOCK, PARAMS
from assay.lineage.statement import location, parse
from assay.paths import CLEANED, LABELS, MODEL_KEY, PREDICTIONS, REPORTS, SCORE, SPLIT, fold
from assay.records.columns import RECORD_ID, WEIGHT
from assay.records.folds import TEST
from assay.tables import parts_of
from assay.untrusted import mapping

if TYPE_CHECKING:
    from dvc.api import DVCFileSystem

WORKSPACE = "workspace"
CHOOSE = "choose another revision"
THRESHOLDS, VERDICT = PREDICTIONS / "thresholds.json", REPORTS / "verdict.json"


class Files(Protocol):
    """Reads the files of a revision."""

    def read_bytes(self, path: str) -> bytes: ...

    def parts(self, path: str) -> list[str]:
        """The files of a table in order: one, or those of its folder."""


class Disk:
    """The files in the workspace."""

    def read_bytes(self, path: str) -> bytes:
        """The content of a file; AssayError if it cannot be read, or has another hash than its stage stated."""
        require(Path(path))
        with translated(f"{path} is not to be had", where=WORKSPACE, todo="run: dvc repro (or: dvc checkout)"):
            return Path(path).read_bytes()

    def parts(self, path: str) -> list[str]:
        """The files of a table; AssayError if there is none."""
        return list(map(str, parts_of(Path(path))))


@dataclass(frozen=True)
class Recorded:
    """The files of a commit: from git, or by hash from DVC's cache or else a remote.

    DVC does not check the content; here its hash is compared with dvc.lock.
    """

    name: str
    sha: str
    tree: "DVCFileSystem"

    def read_bytes(self, path: str) -> bytes:
        """The content of a file; AssayError if it cannot be read, or has another hash than in dvc.lock."""
        with self._translated(path):
            content = self.tree.read_bytes(path)
            hashes = list(self._hashes(path, content))
        for what, recorded, found in hashes:
            if recorded != found:
                raise AssayError(
                    f"{what} is corrupted: its MD5 is {found}, dvc.lock says {recorded}",
                    where=f"{self._where}, in the cache or on the remote",
                    todo=f"assay remote {self.name} says whether it is the remote; else: assay doctor --mend",
                )
        return content

    def parts(self, path: str) -> list[str]:
        """The files of a table; of what is not there, its name. AssayError if its folder cannot be read."""
        with self._translated(path):
            return sorted(self.tree.find(path)) if self.tree.isdir(path) else [path]

    def require_true(self) -> None:
        """AssayError if dvc.lock contradicts the statement of a stage."""
        require_true(self, self._entries(), self._where, self.sha)

    def _entries(self) -> dict[str, lock.Entry]:
        """The entries of dvc.lock that name a statement."""
        try:
            stages = yaml_mapping(self.tree.read_bytes(LOCK)).get("stages") or {}
            return {stage: entry for stage, entry in stages.items() if lock.own_md5(entry, stage)}
        except (FileNotFoundError, ValueError, AttributeError, KeyError, TypeError):
            return {}  # a reader of a file that it should name will report that

    def _hashes(self, path: str, content: bytes) -> Iterator[tuple[str, str, str]]:
        """Name, recorded and found hash of a file in DVC, and of its folder if DVC tracks the folder."""
        folder = str(PurePosixPath(path).parent)
        if recorded := recorded_md5(self.tree, self.sha, path):
            yield path, recorded, hashlib.md5(content).hexdigest()
        if recorded := recorded_md5(self.tree, self.sha, folder):
            yield folder, recorded, folder_md5(listed_md5s(self.tree, folder))

    def _translated(self, path: str) -> AbstractContextManager[None]:
        todo = f"git checkout {self.sha[:10]} && dvc repro, or name a remote that has it (dvc remote add)"
        return translated(f"{path} is not to be had", where=self._where, todo=todo)

    @property
    def _where(self) -> str:
        return f"{self.name} ({self.sha[:10]})"


def require_true(files: Files, entries: Mapping[str, lock.Entry], where: str, sha: str) -> None:
    """AssayError if the entries of a dvc.lock contradict the statements of their stages, which are among its files.

    A statement that cannot be found is skipped; old commits have none.
    """
    for stage, entry in entries.items():
        try:
            content = files.read_bytes(str(location(stage)))
        except AssayError:
            continue
        if found := lock.differences(entry, parse(json.loads(content), str(location(stage)))):
            raise AssayError(
                f"dvc.lock says of {stage} what is not true: {shortened(found)}",
                where=where,
                todo=f"git checkout {sha[:10]} && dvc repro, and commit what comes out",
            )


@dataclass(frozen=True)
class Revision:
    """A side of a comparison; `name` as the user gave it, `sha` "" for the workspace."""

    name: str
    sha: str
    files: Files

    @cached_property
    def params(self) -> dict[str, Any]:
        """params.yaml; AssayError if it is damaged."""
        content = self.files.read_bytes(PARAMS)
        with translated(f"{PARAMS} is damaged", where=self.name, todo=CHOOSE):
            return mapping(content)

    @cached_property
    def records(self) -> pd.DataFrame:
        """The cleaned records, by record id."""
        return self._table(CLEANED)

    @cached_property
    def labels(self) -> pd.DataFrame:
        """The annotated table: label, code and exclusion of every record, by record id."""
        return self._table(LABELS)

    @cached_property
    def test(self) -> pd.DataFrame:
        """The test fold by record id: label, excluded, score, and weight if it is part of a weighted sample."""
        scores = self._table(PREDICTIONS / "test.parquet")[SCORE]
        return self._table(fold(SPLIT, TEST)).filter(["label", "excluded", WEIGHT]).join(scores, validate="1:1")

    def fold(self, name: str) -> pd.DataFrame:
        """The annotated records of one fold, by record id."""
        return self._table(fold(SPLIT, name))

    @cached_property
    def out_of_fold(self) -> pd.DataFrame:
        """Train and validation by record id: fold, label, score of a model that had not learned from it, weight."""
        return self._table(PREDICTIONS / "out_of_fold.parquet").filter(["fold", "label", SCORE, WEIGHT])

    @cached_property
    def threshold(self) -> float:
        """The model's decision threshold."""
        return float(json.loads(self.files.read_bytes(str(THRESHOLDS)))[MODEL_KEY]["value"])

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """The criteria, and whether each is met."""
        return self._verdict["findings"]

    @cached_property
    def warnings(self) -> list[str]:
        """The warnings of the audit."""
        return self._verdict.get("warnings", [])

    @cached_property
    def _verdict(self) -> dict[str, Any]:
        """The verdict of the stage evaluate; AssayError if it is damaged."""
        content = self.files.read_bytes(str(VERDICT))
        with translated(f"{VERDICT} is damaged", where=self.name, todo=CHOOSE):
            found = json.loads(content)
            if not isinstance(found, dict) or not _are_findings(found.get("findings")):
                raise ValueError("it has no list of criteria")
            return found

    def require(self) -> None:
        """Read everything that a comparison needs; AssayError naming the first file that cannot be read."""
        for name in ("params", "records", "labels", "test", "threshold", "findings"):
            getattr(self, name)

    def _table(self, path: Path) -> pd.DataFrame:
        contents = map(self.files.read_bytes, self.files.parts(str(path)))
        table = pa.concat_tables(parquet.read_table(io.BytesIO(one)) for one in contents).to_pandas()
        return named_as_now(table, path).set_index(RECORD_ID).sort_index()


def revision(name: str) -> Revision:
    """The workspace, or a branch, tag, commit or experiment by name; AssayError if there is none with this name."""
    if name == WORKSPACE:
        return Revision(name, "", Disk())
    sha = commit(name)
    files = Recorded(name, sha, files_at(sha))
    files.require_true()
    return Revision(name, sha, files)


def commit(name: str) -> str:
    """The hash of the commit of a branch, tag, experiment or version of the model (v1.2.0).

    AssayError if there is none with this name, or it names two commits.
    """
    sha, tag = resolved_revision(name), version_tag(name)
    version = resolved_revision(tag) if tag else None
    if sha and version and sha != version:
        what = f"{name} names both a version of the model ({version[:10]}) and something else ({sha[:10]})"
        raise AssayError(what, where="git", todo=f"name the one or the other: {tag}, or {sha[:10]}")
    found = sha or version
    if found is None:
        todo = "name a branch, tag, commit, an experiment of dvc exp list, or a version of assay registry"
        raise AssayError(f"no revision {name!r}", where="git", todo=todo)
    return found


def _are_findings(said: Any) -> bool:
    """Whether it is a list of criteria, each with its name, what it asks for, a figure or None, and a verdict."""
    return isinstance(said, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("criterion"), str)
        and isinstance(one.get("value"), int | float | None)
        and {"asked", "value", "verdict"} <= one.keys()
        for one in said
    )
