"""What a worker of a dask cluster has of a sweep: a clone of the repository, its data, and warm processes.

The processes are those of a sweep on one machine (`assay.sweep.worker`), one for each thread of the worker; they end
with it. An experiment leaves as git's pack of its commit, which the other side makes an experiment of.
"""

import os
import shutil
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from distributed import WorkerPlugin, get_worker

from assay.errors import AssayError
from assay.experiments.clones import clone
from assay.experiments.refs import packed
from assay.git import git
from assay.lineage.libraries import versions
from assay.sweep.folder import Setting
from assay.sweep.log import DONE
from assay.sweep.plan import Planned
from assay.sweep.worker_pool import Worker


@dataclass(frozen=True)
class Origin:
    """Where a worker finds the repository and the data of a sweep.

    baseline: the commit. cache: DVC's, of which `mark` is a file at present. versions: of the libraries that can change
    a model, where the sweep was started.
    """

    name: str
    repository: Path
    baseline: str
    cache: Path
    mark: Path
    versions: dict[str, str] = field(default_factory=versions)


class Site(WorkerPlugin):
    """A place for experiments on a worker of dask: made when it joins the sweep, removed when the sweep ends."""

    def __init__(self, name: str, origin: Origin) -> None:
        self.name, self.origin = name, origin

    def setup(self, worker: Any) -> None:
        """Begin to prepare, beside what the worker does."""
        self.folder = Path(worker.local_directory, self.name)
        self.idle: SimpleQueue[Worker] = SimpleQueue()
        with_it = ThreadPoolExecutor(1, thread_name_prefix=self.name)
        self.ready: Future[list[Worker]] = with_it.submit(self._prepare, worker.state.nthreads)
        with_it.shutdown(wait=False)

    def teardown(self, worker: Any) -> None:
        """End the processes, and remove the clones."""
        if not self.ready.cancel() and not self.ready.exception():
            for process in self.ready.result():
                process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, one: Planned) -> dict[str, Any]:
        """Run one experiment: what `Worker.run` says of it, its log, and if it is done its commit and its pack."""
        self.ready.result()
        process = self.idle.get()
        try:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                log = Path(folder, "log")
                said = process.run(one, log, lambda name, value: False)
                said["log"] = log.read_text(errors="replace") if log.exists() else ""
        finally:
            self.idle.put(process)
        if said["state"] == DONE:
            said["commit"], said["pack"] = packed(self.folder / "source", one.name, self.origin.baseline)
        return said

    def _prepare(self, threads: int) -> list[Worker]:
        """The processes; AssayError if this worker cannot run experiments of the sweep."""
        self._require_libraries()
        shutil.rmtree(self.folder, ignore_errors=True)  # of the same sweep, which was killed
        self.folder.mkdir(parents=True)
        source = self.folder / "source"
        clone(self._repository(), source, self.origin.baseline, self._cache())
        setting = Setting(self.origin.name, source, self.origin.baseline, self._cache(), os.cpu_count() or 1)
        processes = [Worker(self.folder / "work" / str(number), setting) for number in range(threads)]
        for process in processes:
            self.idle.put(process)
        return processes

    def _require_libraries(self) -> None:
        if other := {name for name, version in versions().items() if self.origin.versions.get(name) != version}:
            what = f"a worker has other versions of {', '.join(sorted(other))}, so it would give other models"
            raise AssayError(what, todo="install what requirements.lock says on the workers: make repro")

    def _repository(self) -> Path:
        repository, baseline = self.origin.repository, self.origin.baseline
        try:
            git(repository, "cat-file", "-e", f"{baseline}^{{commit}}")
        except (AssayError, OSError) as error:
            what = f"a worker does not have the repository at this path, with commit {baseline[:10]}"
            raise AssayError(what, where=str(repository), todo="share the folder with the workers") from error
        return repository

    def _cache(self) -> Path:
        if not self.origin.mark.exists():
            what = "a worker does not have DVC's cache at this path"
            raise AssayError(what, where=str(self.origin.cache), todo="share the folder with the workers")
        return self.origin.cache


def prepared(name: str, dask_worker: Any = None) -> None:
    """Wait until this worker is prepared for a sweep; AssayError if it cannot be. dask gives the worker."""
    dask_worker.plugins[name].ready.result()


def experiment(name: str, one: Planned) -> dict[str, Any]:
    """Run an experiment of a sweep on the worker that this is called on: as of `Site.run`."""
    return get_worker().plugins[name].run(one)
