"""The files of a commit from git and DVC's cache alone: no lock, no remote, no checkout."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from assay.board.revision import Commit
from assay.dvc_internals.objects import DIR, listed, object_path, read_object
from assay.errors import AssayError
from assay.experiments.revisions import Revision, require_true
from assay.lineage import lock


@dataclass(frozen=True)
class Stored:
    """Reads the files of a commit (`assay.experiments.revisions.Files`); the cache's are compared with dvc.lock."""

    commit: Commit

    def read_bytes(self, path: str) -> bytes:
        """The content of a file; AssayError if neither git nor the cache has it, or it has another hash."""
        found = self.commit.text(path)
        if found is not None:
            return found
        folder = next((str(one) for one in PurePosixPath(path).parents if str(one) in self._outs), None)
        if path in self._outs:
            return self._object(self._outs[path], path)
        if folder is None:
            raise self._lacking(path)
        inside = PurePosixPath(path).relative_to(folder).as_posix()
        md5 = self._listed(folder).get(inside)
        if md5 is None:
            raise self._lacking(path)
        return self._object(md5, path)

    def parts(self, path: str) -> list[str]:
        """The files of a table in order: one, or those of its folder; of what is not there, its name."""
        for folder in (one for one in (path, *map(str, PurePosixPath(path).parents)) if one in self._outs):
            if self._is_folder(folder):
                files = (f"{folder}/{inside}" for inside in self._listed(folder))
                return sorted(one for one in files if one.startswith(f"{path}/")) or [path]
        return [path]

    def _is_folder(self, path: str) -> bool:
        return self._outs[path].endswith(DIR)

    def _listed(self, folder: str) -> dict[str, str]:
        """The files of a folder in DVC, by their path in it, with their hashes."""
        with self._translated(self._outs[folder], folder):
            return listed(self.commit.cache, self._outs[folder])

    @cached_property
    def _outs(self) -> dict[str, str]:
        entries = self.commit.entries.values()
        return {path: md5 for entry in entries for path, md5 in lock.recorded(entry, "outs").items()}

    def _object(self, md5: str, path: str) -> bytes:
        with self._translated(md5, path):
            return read_object(self.commit.cache, md5)

    @contextmanager
    def _translated(self, md5: str, path: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise self._lacking(path) from error
        except ValueError as error:
            held = str(object_path(self.commit.cache, md5))
            raise AssayError(f"{path} is damaged in the cache", where=held, todo="assay doctor --mend") from error

    def _lacking(self, path: str) -> AssayError:
        sha = self.commit.sha[:10]
        todo = f"dvc fetch --all-commits, or: git checkout {sha} && dvc repro"
        return AssayError(f"{path} is not in the cache", where=sha, todo=todo)


def revision(commit: Commit, name: str) -> Revision:
    """A side of a comparison; AssayError if dvc.lock says of a stage what is not true."""
    files = Stored(commit)
    stated = {stage: entry for stage, entry in commit.entries.items() if lock.own_md5(entry, stage)}
    require_true(files, stated, f"{name} ({commit.sha[:10]})", commit.sha)
    return Revision(name, commit.sha, files)
