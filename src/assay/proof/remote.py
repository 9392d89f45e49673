"""Checks that the remote has everything that a revision names, undamaged.

DVC compares only names: it calls a remote "in sync" although a file is damaged, or one of a folder is missing.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from assay.dvc_internals.objects import DIR
from assay.dvc_internals.remote import Storage, storage
from assay.errors import translated
from assay.experiments.revisions import commit
from assay.progress import progress


@dataclass(frozen=True)
class Object:
    """The object on the remote for a file or folder of the repository.

    recorded: its hash in dvc.lock. found: the hash of its content, "" if there is none. url: its address.
    """

    path: str
    recorded: str
    found: str
    url: str

    @property
    def whole(self) -> bool:
        return self.recorded.removesuffix(DIR) == self.found


def check(revision: str, remote: str | None = None, *, mend: bool = False) -> list[Object]:
    """Read every object of a revision from the remote; AssayError if the remote cannot be read.

    With `mend`, missing and corrupted objects are sent again from this clone's cache, if it has a good copy.
    """
    todo = "add one (dvc remote add --default NAME URL), name another (-r), or give its credentials: docs/sharing.md"
    with (
        translated("the remote cannot be read", where=remote or "the default remote", todo=todo),
        storage(remote, commit(revision)) as there,
    ):
        paths = there.paths()
        objects = _read(there, paths)
        broken = [one.recorded for one in objects if not one.whole]
        if mend and broken:
            there.send(broken)
            objects = _read(there, paths)
    return objects


def _read(there: Storage, paths: dict[str, str]) -> list[Object]:
    def read(recorded: str) -> Object:
        found = there.found(recorded)
        bar.update()
        return Object(paths[recorded], recorded, found, there.url(recorded))

    with progress(len(paths), "reading the remote") as bar, ThreadPoolExecutor(there.jobs) as pool:
        return list(pool.map(read, paths))
