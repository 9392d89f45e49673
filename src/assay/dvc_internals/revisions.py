"""Resolves revisions as DVC does, and finds the hashes by which DVC keeps their files."""

import hashlib
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assay.dvc_internals.boundary import ChangedError, otherwise, part, within
from assay.dvc_internals.commands import dvc
from assay.dvc_internals.repository import config, opened
from assay.errors import AssayError, translated
from assay.files import yaml_mapping
from assay.git import git, objects
from assay.untrusted import mapping

if TYPE_CHECKING:
    from dvc.api import DVCFileSystem

EXPERIMENTS = "refs/exps"
READ, TRACKED = ("dvc.yaml", "dvc.lock", "params.yaml"), ".dvc"  # the files that DVC reads of a commit


def _resolved_by_commands(name: str) -> str | None:
    for ask in (_by_git, _on_a_remote, _experiment):
        if found := ask(name):
            return found
    return None


def _by_git(name: str) -> str | None:
    """The commit that git knows by a name; None if there is none: HEAD:FILE names a file."""
    try:
        return git(Path(), "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") or None
    except AssayError:
        return None


def _on_a_remote(name: str) -> str | None:
    """The commit of a branch that only one commit of the remotes has by this name."""
    found = {sha for sha, ref in _refs("refs/remotes") if ref.split("/", 3)[3:] == [name]}
    return found.pop() if len(found) == 1 else None


def _experiment(name: str) -> str | None:
    """The commit of an experiment with a name; None if there is none, or more than one."""
    names, shas = (dvc("exp", "list", "--all-commits", only).split() for only in ("--name-only", "--sha-only"))
    found = {sha for one, sha in zip(names, shas, strict=True) if one == name}
    return found.pop() if len(found) == 1 else None


def _refs(prefix: str) -> list[tuple[str, ...]]:
    listed = git(Path(), "for-each-ref", "--format=%(objectname) %(refname)", prefix)
    return [tuple(line.split(" ", 1)) for line in listed.splitlines()]


@otherwise(_resolved_by_commands)
def resolved_revision(name: str) -> str | None:
    """The commit of a branch, tag, commit or experiment by name, of the repository here; None if there is none such."""
    resolve, unknown = part("dvc.scm:resolve_rev", "scm rev"), part("dvc.scm:RevError")
    with opened() as repo:
        try:
            return _by_git(resolve(within(repo, "scm"), name)) if name else None  # DVC takes "" for HEAD
        except unknown:
            return None


def files_at(sha: str) -> "DVCFileSystem":
    """The files of a commit, git's and DVC's, from the cache or else a remote.

    The remotes are those that are named here: the commit may be older than they are. AssayError if it has a file that
    DVC would read for ever.
    """
    from dvc.api import DVCFileSystem

    _require_finite(sha)
    return DVCFileSystem(".", rev=sha, config=config())


def _require_finite(sha: str) -> None:
    """AssayError if a file that DVC reads of a commit stands for more values than it has letters.

    DVC walks through all of them, and no interrupt gets through to it.
    """
    listed = git(Path(), "ls-tree", "-r", "-z", "--name-only", "--full-tree", sha).split("\0")
    read = [path for path in listed if PurePosixPath(path).name in READ or path.endswith(TRACKED)]
    todo = "choose another revision"
    with translated("a file of the commit cannot be read", where=sha[:10], todo=todo):
        texts = objects(Path(), [f"{sha}:{path}" for path in read])
    for path, text in zip(read, texts, strict=True):
        if text and b"&" in text:  # without an anchor there is no alias
            with translated(f"{path} is damaged", where=sha[:10], todo=todo):
                mapping(text)


def _md5_by_lock(tree: "DVCFileSystem", sha: str, path: str) -> str | None:
    """None for a file within a folder: only the folder has a hash there."""
    md5 = _outs(tree).get(path)
    return None if md5 is None or _in_git(sha, path) else md5


@lru_cache(maxsize=4)
def _outs(tree: "DVCFileSystem") -> dict[str, str]:
    """Path to MD5 of each output in the dvc.lock of a commit."""
    try:
        stages = yaml_mapping(tree.read_bytes("dvc.lock")).get("stages") or {}
        return {out["path"].rstrip("/"): out["md5"] for one in stages.values() for out in one.get("outs", [])}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # no dvc.lock, or a damaged one: whoever reads it says so


def _in_git(sha: str, path: str) -> bool:
    try:
        return bool(git(Path(), "rev-parse", "--verify", "--quiet", f"{sha}:{path}"))
    except AssayError:
        return False


@otherwise(_md5_by_lock)
def recorded_md5(tree: "DVCFileSystem", sha: str, path: str) -> str | None:
    """The MD5 by which DVC keeps a file or folder of a commit; None if DVC does not keep it."""
    found = tree.info(path).get("md5")
    if found is None and _md5_by_lock(tree, sha, path):
        raise ChangedError("md5 in dvc.api:DVCFileSystem.info")
    return found


def _md5s_by_content(tree: "DVCFileSystem", folder: str) -> dict[str, str]:
    files = {path: tree.read_bytes(path) for path in tree.find(folder)}
    return {_name_in(folder, path): hashlib.md5(content).hexdigest() for path, content in files.items()}


@otherwise(_md5s_by_content)
def listed_md5s(tree: "DVCFileSystem", folder: str) -> dict[str, str]:
    """The MD5 of each file of such a folder by its name there, as the listing says by which DVC keeps the folder."""
    files = {_name_in(folder, path): info.get("md5") for path, info in tree.find(folder, detail=True).items()}
    if not all(files.values()):
        raise ChangedError("md5 in dvc.api:DVCFileSystem.find")
    return files


def _name_in(folder: str, path: str) -> str:
    return PurePosixPath(path).relative_to(folder).as_posix()


def experiment_reference(baseline: str, name: str) -> str:
    """Where DVC looks in git for an experiment on a commit (dvc.repo.experiments.refs)."""
    return f"{EXPERIMENTS}/{baseline[:2]}/{baseline[2:]}/{name}"
