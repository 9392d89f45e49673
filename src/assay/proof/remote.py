"""Is what a revision names really on the remote, and unharmed?

DVC asks a remote only for names: one that holds a damaged file, or lacks one of a folder, is "in sync" to it.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.errors import translated
from assay.experiments.revisions import commit
from assay.progress import progress

if TYPE_CHECKING:
    from dvc.output import Output
    from dvc.repo import Repo
    from dvc_data.hashfile.db import HashFileDB


@dataclass(frozen=True)
class Object:
    """What the remote has for a file or folder of the repository.

    `recorded` is its hash in dvc.lock, `found` that of the content ("" if there is none), `url` where it lies.
    """

    path: str
    recorded: str
    found: str
    url: str

    @property
    def whole(self) -> bool:
        return self.recorded.removesuffix(".dir") == self.found


def check(revision: str, remote: str | None = None, *, mend: bool = False) -> list[Object]:
    """Read every object of a revision from the remote; AssayError if that cannot be asked.

    With `mend`, what is missing or corrupted is sent again from this clone's cache, where that has a good copy.
    """
    from dvc.repo import Repo

    todo = "add one (dvc remote add --default NAME URL), name another (-r), or give its credentials: docs/sharing.md"
    with Repo(".") as repo, translated("the remote cannot be read", where=remote or "the default remote", todo=todo):
        storage = repo.cloud.get_remote_odb(remote, "push")
        paths = _paths(repo, storage, commit(repo, revision))
        objects = _read(storage, paths)
        broken = [one.recorded for one in objects if not one.whole]
        if mend and broken:
            _send(repo.cache.local, storage, broken)
            objects = _read(storage, paths)
    return objects


def _paths(repo: "Repo", storage: "HashFileDB", sha: str) -> dict[str, str]:
    """Hash to path of everything that a commit keeps out of git, folders before what is in them."""
    return {
        recorded: path
        for revision in repo.brancher(revs=[sha])
        if revision == sha
        for out in repo.index.outs
        if out.use_cache and out.hash_info
        for recorded, path in _inside(repo, storage, out)
    }


def _inside(repo: "Repo", storage: "HashFileDB", out: "Output") -> Iterator[tuple[str, str]]:
    from dvc_data.hashfile.tree import Tree
    from dvc_objects.errors import ObjectFormatError

    yield out.hash_info.value, str(out)
    if out.hash_info.isdir:
        here = repo.cache.local if repo.cache.local.exists(out.hash_info.value) else storage
        with suppress(FileNotFoundError, ObjectFormatError):  # then the folder itself is found to be broken
            for key, _, hash_info in Tree.load(here, out.hash_info):
                yield hash_info.value, "/".join([str(out), *key])


def _read(storage: "HashFileDB", paths: dict[str, str]) -> list[Object]:
    from dvc_data.hashfile.hash import file_md5

    def read(recorded: str) -> Object:
        location = storage.oid_to_path(recorded)
        try:
            found = file_md5(location, storage.fs)
        except FileNotFoundError:
            found = ""
        bar.update()
        return Object(paths[recorded], recorded, found, storage.fs.unstrip_protocol(location))

    with progress(len(paths), "reading the remote") as bar, ThreadPoolExecutor(storage.fs.jobs) as pool:
        return list(pool.map(read, paths))


def _send(cache: "HashFileDB", storage: "HashFileDB", broken: list[str]) -> None:
    for recorded in broken:
        if cache.exists(recorded):
            # Verifies what is there and removes it if it is corrupted, sends ours, and verifies that.
            storage.add(cache.oid_to_path(recorded), cache.fs, recorded, verify=True)
