"""Gives a copy of a table to DVC, so that every clone, experiment and check of this repository has it."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.config.compose import CONF
from assay.config.dataset import personal_in
from assay.dvc_internals.commands import dvc
from assay.errors import AssayError, sample
from assay.files import read_text, write_text, yaml_mapping
from assay.git import git
from assay.paths import TABLES
from assay.records.folders import files_of, fingerprint

URI = re.compile(r"^(\s+uri: ).*$", re.M)


@dataclass(frozen=True)
class Tracked:
    """Where the source of a dataset lies now; `why`: why DVC did not get it, or ""."""

    path: str
    why: str = ""


def track(root: Path, name: str) -> Tracked:
    """Copy the source of conf/dataset/NAME.yaml to data/tables, `dvc add` it, and make the contract point at it.

    Nothing is done for a file that git or DVC has already, and none with personal columns, because others can read a
    remote. AssayError if the file is not the one that was described, or DVC refuses it.
    """
    contract = root / CONF / "dataset" / f"{name}.yaml"
    described = yaml_mapping(contract.read_bytes())
    source, kept = described["source"], root / TABLES / f"{name}{_suffix(root / described['source']['uri'])}"
    if kept_already(root, source["uri"]):
        return Tracked(source["uri"])
    if personal := personal_in(described["columns"]):
        return Tracked(source["uri"], f"it has personal columns ({sample(personal)}), and others can read a remote")
    _copy(root / source["uri"], kept, source["sha256"])
    uri = kept.relative_to(root).as_posix()
    dvc("add", "--quiet", uri, folder=root)
    git(root, "add", "--", f"{uri}.dvc", str(TABLES / ".gitignore"))
    _point(contract, described, uri)
    return Tracked(uri)


def as_text(found: Tracked) -> str:
    """A sentence on what was done, or is to be done."""
    if not found.why:
        return f"kept by DVC: {found.path}"
    return f"not kept by DVC: {found.path}: {found.why}; without them: write a file that lacks them, and begin again"


def kept_already(root: Path, uri: str) -> bool:
    """Whether git has the file, or its .dvc file."""
    if not (root / uri).resolve().is_relative_to(root.resolve()):
        return False
    return bool(git(root, "--literal-pathspecs", "ls-files", "--", uri, f"{uri}.dvc"))


def _suffix(source: Path) -> str:
    return "" if source.is_dir() else source.suffix


def _copy(source: Path, kept: Path, declared: str) -> None:
    """Copy a file, or of a folder the files that are the table."""
    if kept.exists() and _fingerprint(kept) != declared:
        raise AssayError("another table is there", where=str(kept), todo="delete it, or choose another --name")
    if not kept.exists():
        for file in _files(source):
            target = kept / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    if _fingerprint(kept) != declared:
        shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
        raise AssayError("the file has changed since it was described", where=str(source), todo="begin again")


def _files(source: Path) -> list[Path]:
    return [Path(one) for one in files_of(str(source))] or [source]


def _fingerprint(source: Path) -> str:
    return fingerprint(_files(source))


def _point(contract: Path, described: dict[str, Any], uri: str) -> None:
    """Name another source in the contract, whose comments and lines stay as they are."""
    text = URI.sub(lambda line: f"{line[1]}{uri}", read_text(contract), count=1)
    expected = {**described, "source": {**described["source"], "uri": uri}}
    if yaml_mapping(text.encode()) != expected:
        raise AssayError("source.uri cannot be changed there", where=str(contract), todo=f"write it: uri: {uri}")
    write_text(contract, text)
