"""The objects of a revision on a remote, read one by one: DVC asks a remote only for their names."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from assay.dvc_internals.boundary import ChangedError, part, say_once, within
from assay.dvc_internals.commands import dvc, last_line
from assay.dvc_internals.objects import DIR, listed, object_path
from assay.dvc_internals.repository import cache_folder, default_remote, opened
from assay.errors import AssayError, sample, warn
from assay.files import md5, yaml_mapping
from assay.git import git


class Storage(Protocol):
    """The objects of a revision that a remote has. `jobs`: how many objects may be asked for at a time."""

    jobs: int

    def paths(self) -> dict[str, str]:
        """Hash to path of everything that the revision keeps out of git, folders before what is in them."""

    def found(self, recorded: str) -> str:
        """The MD5 of what lies where an object belongs; "" if there is nothing."""

    def url(self, recorded: str) -> str:
        """Where an object belongs."""

    def send(self, broken: Sequence[str]) -> None:
        """Send objects again from the cache here, those of which it has a good copy."""


@contextmanager
def storage(name: str | None, sha: str) -> Iterator[Storage]:
    """The objects of a commit that a remote, or the default one, has. Raises what DVC raises if it cannot be asked."""
    with ExitStack() as held:
        yield _direct(held, name, sha) or _fetched(held, name, sha)


def _direct(held: ExitStack, name: str | None, sha: str) -> Storage | None:
    try:
        return Direct(held.enter_context(opened()), name, sha)
    except ChangedError as changed:
        say_once(str(changed))
        return None


def _fetched(held: ExitStack, name: str | None, sha: str) -> Storage:
    folder = held.enter_context(tempfile.TemporaryDirectory(prefix="assay-remote-"))
    return Fetched(Path(folder), name, sha)


class Direct:
    """Reads the remote through DVC's own objects."""

    def __init__(self, repo: Any, name: str | None, sha: str) -> None:
        """ChangedError if DVC has them no more in this form."""
        self._tree = part("dvc_data.hashfile.tree:Tree.load", "odb hash_info")
        self._damaged = part("dvc_objects.errors:ObjectFormatError")
        self._file_md5 = part("dvc_data.hashfile.hash:file_md5", "fname fs")
        part("dvc_data.hashfile.db:HashFileDB.add", "self path fs oid")
        part("dvc_data.hashfile.db:HashFileDB.oid_to_path", "self oid")
        part("dvc.repo:Repo.brancher"), part("dvc.repo:Repo.index")
        part("dvc.data_cloud:DataCloud.get_remote_odb", "self name command")
        self._cache = within(repo, "cache.local")
        self._remote = within(repo, "cloud").get_remote_odb(name, "push")
        self.jobs = within(self._remote, "fs.jobs")
        self._paths = {
            recorded: path
            for revision in repo.brancher(revs=[sha])
            if revision == sha
            for out in repo.index.outs
            if within(out, "use_cache") and within(out, "hash_info")
            for recorded, path in self._inside(out)
        }

    def paths(self) -> dict[str, str]:
        return self._paths

    def _inside(self, out: Any) -> Iterator[tuple[str, str]]:
        recorded = within(out, "hash_info.value")
        yield recorded, str(out)
        if within(out, "hash_info.isdir"):
            here = self._cache if within(self._cache, "exists")(recorded) else self._remote
            with suppress(FileNotFoundError, self._damaged):  # then the folder itself is found to be broken
                for key, _, hash_info in self._tree(here, out.hash_info):
                    yield within(hash_info, "value"), "/".join([str(out), *key])

    def found(self, recorded: str) -> str:
        try:
            return self._file_md5(self._remote.oid_to_path(recorded), self._remote.fs)
        except FileNotFoundError:
            return ""

    def url(self, recorded: str) -> str:
        return self._remote.fs.unstrip_protocol(self._remote.oid_to_path(recorded))

    def send(self, broken: Sequence[str]) -> None:
        for recorded in filter(self._cache.exists, broken):
            # Verifies what is there and removes it if it is corrupted, sends ours, and verifies that.
            self._remote.add(self._cache.oid_to_path(recorded), self._cache.fs, recorded, verify=True)


class Fetched:
    """Reads the remote by `dvc fetch` into the empty cache of a clone.

    Where the listing of a folder is damaged there, `dvc fetch` gives nothing of it: all of it counts as missing.
    """

    jobs = 1

    def __init__(self, folder: Path, name: str | None, sha: str) -> None:
        self._name = name or default_remote()
        self._url = last_line("config", f"remote.{self._name}.url")
        if not self._url:
            raise AssayError(f"there is no remote {self._name or 'by default'}", where=".dvc/config")
        self._ours, self._theirs, self._clone = cache_folder(), folder / "cache", folder / "clone"
        root = Path(dvc("root").strip())
        git(root, "clone", "--quiet", "--shared", "--no-checkout", str(root.resolve()), str(self._clone))
        git(self._clone, "checkout", "--quiet", "--detach", sha)
        for file in (".dvc/config", ".dvc/config.local"):  # the commit may be older than the remote
            if (root / file).exists():
                (self._clone / file).write_bytes((root / file).read_bytes())
        self._set("remote", "modify", "--local", self._name, "url", self._url)
        self._fetch()

    def _set(self, *arguments: str) -> None:
        dvc(*arguments, folder=self._clone)

    def _fetch(self) -> None:
        """Corrupted objects are fetched as they are, so that they are found."""
        self._set("remote", "modify", "--local", self._name, "verify", "false")
        self._set("cache", "dir", "--local", str(self._theirs))
        self._each("fetch")

    def _each(self, command: str) -> None:
        """One output at a time: where the listing of one is damaged, DVC gives up on all of them."""
        for _, path in self._recorded():
            last_line(command, "--remote", self._name, path, folder=self._clone)  # it fails where anything is missing

    def paths(self) -> dict[str, str]:
        return {one: path for recorded, out in self._recorded() for one, path in self._inside(recorded, out)}

    def _recorded(self) -> list[tuple[str, str]]:
        return [(out["md5"], (folder / out["path"]).as_posix()) for out, folder in self._outs() if "md5" in out]

    def _outs(self) -> Iterator[tuple[dict[str, Any], PurePosixPath]]:
        """The outputs that dvc.lock and the files of `dvc add` name, and the folder that their paths start from."""
        in_git = set(git(self._clone, "ls-files", "-z").split("\0"))
        for name in sorted(one for one in in_git if one.endswith((".dvc", "dvc.lock"))):
            content = yaml_mapping((self._clone / name).read_bytes())
            for stage in (content.get("stages") or {"": content}).values():
                outs = [out for out in stage.get("outs", []) if out["path"] not in in_git and not _holds(in_git, out)]
                yield from ((out, PurePosixPath(name).parent) for out in outs)

    def _inside(self, recorded: str, path: str) -> Iterator[tuple[str, str]]:
        yield recorded, path
        if recorded.endswith(DIR):
            yield from ((md5, f"{path}/{name}") for name, md5 in self._listed(recorded).items())

    def _listed(self, folder: str) -> dict[str, str]:
        """The files of a folder by name, with their MD5; none where neither cache has its listing as recorded."""
        for cache in (self._ours, self._theirs):
            with suppress(FileNotFoundError, ValueError):
                return listed(cache, folder)
        return {}

    def found(self, recorded: str) -> str:
        path = object_path(self._theirs, recorded)
        return md5(path) if path.is_file() else ""

    def url(self, recorded: str) -> str:
        return f"{self._url.rstrip('/')}/{object_path(Path(), recorded).as_posix()}"

    def send(self, broken: Sequence[str]) -> None:
        """Only missing objects: DVC's commands take a corrupted one for present."""
        self._set("cache", "dir", "--local", str(self._ours))
        self._each("push")
        self._fetch()
        if left := [self.url(one) for one in broken if self.found(one) != one.removesuffix(DIR)]:
            warn(f"dvc push replaces nothing that is corrupted. Delete it on the remote, then repeat: {sample(left)}")


def _holds(in_git: set[str], out: dict[str, Any]) -> bool:
    return any(name.startswith(f"{out['path']}/") for name in in_git)
