"""Which version of the model is in a stage, and its folder, by hash."""

import hashlib
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assay.errors import AssayError
from assay.files import WRITING, folder_md5, md5
from assay.git import content
from assay.paths import MODEL
from assay.registry.tags import Tag, Tags, tags
from assay.untrusted import mapping

VERSIONS = Path(".assay/versions")
FOLDER_MD5 = re.compile(r"[0-9a-f]{32}\.dir")
LOCK, PARAMS = "dvc.lock", "params.yaml"
ABANDONED = 600  # seconds


@dataclass(frozen=True)
class Version:
    """A version of the model: the tag that puts it in a stage ("" for none) and that tag's number (0 for none), its
    name, its commit, and the MD5 of its folder as in that commit's dvc.lock.

    A commit that has a stage and no version is named by the first ten digits of its hash, as GTO does.
    """

    tag: str
    version: str
    commit: str
    n: int
    md5: str


def champion(root: Path, stage: str) -> Version | None:
    """The version in a stage; None without one. AssayError if its commit is not here, or names no model.

    It takes one call of git, a few milliseconds; the commit is read only when it is another one.
    """
    every = tags(root)
    tag = every.champion(stage)
    return assigned(root, every, tag) if tag else None


def assigned(root: Path, every: Tags, tag: Tag) -> Version:
    """The version that the tag of a stage assigns."""
    name = every.version_of(tag.commit) or tag.commit[:10]
    return Version(tag.name, name, tag.commit, tag.n, model_md5(root, tag.commit))


@lru_cache(maxsize=64)
def model_md5(root: Path, commit: str) -> str:
    """The MD5 of the model's folder in the dvc.lock of a commit; AssayError if it names none."""
    text = content(root, commit, f"./{LOCK}")
    where = f"{LOCK} of {commit[:10]}"
    if text is None:
        todo = "run the line and commit it; in a clone that lacks the commit: git fetch --unshallow (or --tags)"
        raise AssayError("the commit has no dvc.lock, or is not here", where=where, todo=todo)
    try:
        stages = mapping(text)["stages"]
        found = next(out["md5"] for one in stages.values() for out in one["outs"] if out["path"] == str(MODEL))
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise AssayError(f"it names no {MODEL}/", where=where, todo="dvc repro, and commit dvc.lock") from error
    if not isinstance(found, str) or not FOLDER_MD5.fullmatch(found):
        raise AssayError(f"no MD5 of a folder: {str(found)[:60]!r}", where=where, todo="dvc repro, and commit dvc.lock")
    return found


@dataclass(frozen=True)
class Subject:
    """A model's subject: the names of its dataset and its label policy; "" where params.yaml does not name them."""

    dataset: str
    labels: str

    def __str__(self) -> str:
        return f"{self.dataset or 'unknown'}, labels {self.labels or 'unknown'}"


@lru_cache(maxsize=256)
def subject(root: Path, commit: str) -> Subject:
    """The subject of a commit's model, by its params.yaml."""
    try:
        params = mapping(content(root, commit, f"./{PARAMS}") or b"")
    except ValueError:
        return Subject("", "")
    return Subject(_name(params.get("dataset")), _name(params.get("labels")))


def _name(group: object) -> str:
    name = group.get("name") if isinstance(group, dict) else ""
    return name if isinstance(name, str) else ""


def fetched(root: Path, version: Version) -> Path:
    """The model folder of a version, in .assay/versions/, with every byte checked.

    It is taken from DVC's cache or a remote, unless it is there already. Several processes may ask at once. AssayError
    if a file is not to be had, or is another one. The current folder must be `root`.
    """
    target = root / VERSIONS / version.md5.removesuffix(".dir")
    if target.is_dir() and md5(target) == version.md5:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)
    with tempfile.TemporaryDirectory(prefix=WRITING, dir=target.parent) as scratch:
        made = Path(scratch, "model")
        _write(version, made)
        _move(made, target, Path(scratch, "replaced"), version.md5)
    return target


def _sweep(folder: Path) -> None:
    """Remove what killed processes were writing; what is young may still be written."""
    for scratch in folder.glob(f"{WRITING}*"):
        if time.time() - scratch.stat().st_mtime > ABANDONED:
            shutil.rmtree(scratch, ignore_errors=True)


def _write(version: Version, folder: Path) -> None:
    """Write the files of a version into a new folder."""
    from assay.dvc_internals.revisions import files_at, listed_md5s
    from assay.errors import translated

    where = f"{version.version} ({version.commit[:10]})"
    todo = "dvc fetch, name a remote that has it (dvc remote add), or run that commit again: dvc repro"
    with translated(f"the model {version.md5} is not to be had", where=where, todo=todo):
        tree = files_at(version.commit)
        listed = listed_md5s(tree, str(MODEL))
        _require_same(folder_md5(listed), version.md5, f"{MODEL}/", where)
        for name, recorded in listed.items():
            read = tree.read_bytes(f"{MODEL}/{name}")
            _require_same(hashlib.md5(read).hexdigest(), recorded, f"{MODEL}/{name}", where)
            _inside(folder, name).write_bytes(read)


def _inside(folder: Path, name: str) -> Path:
    """The path of a file in a folder, which is made; AssayError for a name that leads out of it."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise AssayError(f"a name that leads out of the model: {name!r}", where=str(MODEL))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _require_same(found: str, recorded: str, what: str, where: str) -> None:
    if found != recorded:
        todo = "assay remote says whether it is the remote; else: assay doctor --mend"
        raise AssayError(f"{what} is corrupted: its MD5 is {found}, recorded {recorded}", where=where, todo=todo)


def _move(made: Path, target: Path, old: Path, expected: str) -> None:
    """Move a folder to its place. What another process has put there meanwhile stays, if it is whole."""
    try:
        made.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        if md5(target) != expected:
            target.rename(old)
            made.rename(target)
