"""Which files of a repository are Assay's, and the note of the version that they are of.

A repository that `assay start` made has a table, contract, labels, decisions, reports and README of its own. All else
is Assay's: `upstream.json` says of which commit, so that `assay update` can take over a later one.
"""

import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assay.errors import AssayError
from assay.files import read_json, write_bytes
from assay.git import git, raw

NOTE = Path("upstream.json")
FOLDERS = (".ci", ".dvc", ".github", "conf", "docs", "packaging", "src")
FILES = (
    ".dockerignore",
    ".dvcignore",
    ".gitattributes",
    ".gitignore",
    ".importlinter",
    ".pre-commit-config.yaml",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "dvc.yaml",
    "pyproject.toml",
    "replay/dvc.yaml",
    "requirements-dev.lock",
    "requirements-scoring.lock",
    "requirements.lock",
)
DATASET_FILES = ("conf/dataset/", "conf/labels/", "conf/promotion/")  # and the split that has the name of a dataset


@dataclass(frozen=True)
class Taken:
    """A file of a commit: its bytes, and whether it can be run; of a link, where it leads."""

    content: bytes
    runs: bool = False
    link: bool = False


def taken(source: Path, revision: str) -> dict[str, Taken]:
    """Assay's own files in a commit of a clone, by path; AssayError if the clone or the commit is none of Assay."""
    tar = raw(source, "archive", "--format=tar", revision)
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        found = {one.name: _taken(archive, one) for one in archive.getmembers() if one.isfile() or one.issym()}
    datasets = {PurePosixPath(name).stem for name in found if name.startswith("conf/dataset/")}
    own = {name: one for name, one in found.items() if is_own(name, datasets)}
    if "src/assay/__init__.py" not in own:
        raise AssayError(f"{revision} is no version of Assay", where=str(source), todo="name a clone of Assay")
    return own


def _taken(archive: tarfile.TarFile, one: tarfile.TarInfo) -> Taken:
    if one.issym():
        return Taken(one.linkname.encode(), link=True)
    return Taken(archive.extractfile(one).read(), runs=bool(one.mode & 0o100))  # type: ignore[union-attr]


def content(path: Path) -> bytes | None:
    """The bytes of a file, of a link where it leads; None if there is nothing."""
    if path.is_symlink():
        return os.fsencode(path.readlink())
    return path.read_bytes() if path.is_file() else None


def is_own(name: str, datasets: set[str]) -> bool:
    """Whether a file is Assay's, and not of one dataset.

    >>> [is_own(one, {"shop"}) for one in ("src/assay/git.py", "conf/split/random.yaml", "conf/split/shop.yaml")]
    [True, True, False]
    """
    path = PurePosixPath(name)
    of_dataset = name.startswith(DATASET_FILES) or (path.parent.name == "split" and path.stem in datasets)
    ignoring = path.parts[0] == "data" and path.name == ".gitignore"  # what DVC keeps out of git
    return (name in FILES or path.parts[0] in FOLDERS or ignoring) and not of_dataset


def note(source: Path, revision: str) -> str:
    """The content of upstream.json for a commit of a clone."""
    commit = git(source, "rev-parse", f"{revision}^{{commit}}")
    return json.dumps({"commit": commit, "date": git(source, "show", "-s", "--format=%cs", commit)}, indent=2) + "\n"


def noted(folder: Path) -> str:
    """The commit that a repository's copy of Assay is of; AssayError if it has no note."""
    if not (folder / NOTE).exists():
        todo = "run it in a repository that assay start made; a clone of Assay takes later versions by git pull"
        raise AssayError("there is no note of the version of Assay", where=str(folder / NOTE), todo=todo)
    return str(read_json(folder / NOTE)["commit"])


def write(files: Mapping[str, Taken], folder: Path) -> None:
    """Write files into a folder, as they are in the commit."""
    for name, one in files.items():
        path = folder / name
        if path.is_symlink() or one.link:
            path.unlink(missing_ok=True)
        if one.link:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(os.fsdecode(one.content))
        else:
            write_bytes(path, one.content)
            path.chmod(0o755 if one.runs else 0o644)
