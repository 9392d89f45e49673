"""The site of a sweep on a worker of a dask cluster: a clone of the repository, its data, and warm processes.

The processes are those of a sweep on one machine (`assay.sweep.worker`), one for each thread of the worker; they end
with it. A commit leaves as git's pack, which the other side makes an experiment of.
"""

import asyncio
import os
import shutil
import tempfile
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from distributed import Status, Variable, WorkerPlugin, get_client, get_worker
from tornado.ioloop import PeriodicCallback

from assay.cluster import this_worker
from assay.dvc_internals.commands import dvc, last_line
from assay.errors import AssayError
from assay.experiments.clones import clone_commit
from assay.experiments.refs import packed
from assay.git import git
from assay.lineage.libraries import versions
from assay.sweep.folder import Setting
from assay.sweep.log import DONE
from assay.sweep.plan import Planned
from assay.sweep.worker_pool import Worker

IDLE = 600  # seconds after which processes that nobody uses end, such as those of a sweep that was killed
PATIENCE = 600  # seconds for the other side to say whether an experiment is hopeless
UNASKED = {"GIT_TERMINAL_PROMPT": "0"}  # nobody is there to type a password


@dataclass(frozen=True)
class Origin:
    """Where a worker finds the repository and the data of a sweep.

    repository: its folder where the sweep was started, or else its address. baseline: the commit. cache: DVC's, which a
    worker shares if it sees the file `mark` in it. versions: of the libraries that can change a model.
    """

    name: str
    repository: Path
    address: str
    baseline: str
    cache: Path
    mark: Path
    versions: dict[str, str] = field(default_factory=versions)


@dataclass(frozen=True)
class Outcome:
    """How an experiment went, as `assay.sweep.worker_pool.Worker.run` says it, and its log.

    If it is done: whether its data is in a cache that both sides have, its commit, and git's pack of that.
    """

    said: dict[str, Any]
    log: str
    shared: bool = True
    commit: str = ""
    pack: bytes = b""


class Site(WorkerPlugin):
    """A place for experiments on a worker of dask: made when it joins the sweep, removed when the sweep ends."""

    def __init__(self, name: str, origin: Origin) -> None:
        self.name, self.origin = name, origin

    def setup(self, worker: Any) -> None:
        """Begin to prepare, beside what the worker does."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=worker.local_directory))
        self.shared = self.origin.mark.exists()
        self.idle: SimpleQueue[Worker] = SimpleQueue()
        self.used = time.monotonic()
        self.resting = PeriodicCallback(self._rest, IDLE * 100)
        self.resting.start()
        self.beside = ThreadPoolExecutor(1, thread_name_prefix=self.name)
        self.ready: Future[list[Worker]] = self.beside.submit(self._prepare, worker.state.nthreads)

    def teardown(self, worker: Any) -> None:
        """Begin to end the processes, and to remove the clones."""
        self.resting.stop()
        self.beside.submit(self._end if worker.status == Status.running else self._stop)  # dask removes its own folder
        self.beside.shutdown(wait=False)

    def run(self, planned: dict[str, Any]) -> Outcome:
        """Run one experiment, which has the fields of `Planned`.

        Where the cache is not shared, its data is on DVC's remote then.
        """
        self.ready.result()
        one, process = Planned(**planned), self.idle.get()
        try:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                log = Path(folder, "log")
                said = process.run(one, log, self._hopeless)
                written = log.read_text(errors="replace") if log.exists() else ""
            if said["state"] == DONE and not self.shared:
                dvc("push", folder=process.folder)
        finally:
            self.used = time.monotonic()
            self.idle.put(process)
        if said["state"] != DONE:
            return Outcome(said, written)
        return Outcome(said, written, self.shared, *packed(self.folder / "source", one.name, self.origin.baseline))

    def _hopeless(self, name: str, value: float) -> bool:
        """The answer of the other side: it listens to events of this name, and sets a variable."""
        answer = Variable(uuid.uuid4().hex, client=get_client())
        get_worker().log_event(self.name, {"experiment": name, "value": value, "answer": answer.name})
        try:
            return answer.get(timeout=PATIENCE)
        finally:
            answer.delete()

    def _prepare(self, threads: int) -> list[Worker]:
        """The processes; AssayError if this worker cannot run experiments of the sweep."""
        self._require_libraries()
        source, baseline = self.folder / "source", self.origin.baseline
        cache = self.origin.cache if self.shared else self.folder / "cache"
        clone_commit(self._repository(), source, baseline, cache)
        if not self.shared:
            _fetch(source)
        # dask's workers tell libraries how many threads to have: one, unless a deployment says more.
        several = int(os.environ.get("OMP_NUM_THREADS", "1"))
        setting = Setting(self.origin.name, source, baseline, cache, max(1, (os.cpu_count() or 1) // several))
        processes = [Worker(self.folder / "work" / str(number), setting) for number in range(threads)]
        for process in processes:
            self.idle.put(process)
        return processes

    def _require_libraries(self) -> None:
        if other := {name for name, version in versions().items() if self.origin.versions.get(name) != version}:
            what = f"a worker has other versions of {', '.join(sorted(other))}, so it would give other models"
            todo = "install what requirements.lock says on the workers: make repro"
            raise AssayError(what, where=this_worker(), todo=todo)

    def _repository(self) -> Path:
        """The repository's folder, or else a clone of its address."""
        folder, baseline = self.origin.repository, self.origin.baseline
        if _has(folder, baseline):
            return folder
        what = f"a worker does not have the repository with commit {baseline[:10]}"
        todo = "share that folder with the workers, or git push, so that they can clone the remote"
        if not self.origin.address:
            raise AssayError(what, where=str(folder), todo=todo)
        clone = self.folder / "origin"
        git(self.folder, "clone", "--quiet", "--bare", self.origin.address, str(clone), env=UNASKED)
        if not _has(clone, baseline):
            raise AssayError(what, where=f"{folder}, {self.origin.address}", todo=todo)
        return clone

    def _rest(self) -> None:
        """End the processes if nobody has used one for long; each starts again when it is."""
        if time.monotonic() - self.used > IDLE:
            self.beside.submit(self._stop_idle)

    def _stop_idle(self) -> None:
        """The processes that no experiment has now; an experiment may take longer than `IDLE`."""
        for _ in range(self.idle.qsize()):
            with suppress(Empty):  # an experiment has taken it meanwhile
                process = self.idle.get_nowait()
                process.stop()
                self.idle.put(process)

    def _stop(self) -> None:
        if not self.ready.exception():
            for process in self.ready.result():
                process.stop()

    def _end(self) -> None:
        self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _has(repository: Path, commit: str) -> bool:
    try:
        git(repository, "cat-file", "-e", f"{commit}^{{commit}}")
    except (AssayError, OSError):
        return False
    return True


def _fetch(clone: Path) -> None:
    """Bring the data of the commit from DVC's remote, as far as it is there; AssayError if there is no remote."""
    if not last_line("config", "core.remote", folder=clone):
        todo = "name a remote (docs/sharing.md), commit, git push; or share the cache with the workers"
        what = "a worker neither shares DVC's cache nor has a default remote for the data"
        raise AssayError(what, where=".dvc/config", todo=todo)
    dvc("fetch", folder=clone)


async def prepared(name: str, dask_worker: Any = None) -> None:
    """Wait until a worker, which dask gives, is prepared for a sweep; AssayError if it cannot be."""
    await asyncio.wrap_future(dask_worker.plugins[name].ready)
