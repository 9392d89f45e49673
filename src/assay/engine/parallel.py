"""Where a stage's work on single records is done: in this process, in others beside it, or by a dask cluster.

In each case batch after batch, in order, with few of them at a time in memory. What a stage writes depends on neither
the workers nor their number.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import assay
from assay.ahead import ahead
from assay.config.schema import DaskEngine, StreamEngine
from assay.errors import AssayError
from assay.files import files_md5, folder_md5
from assay.lineage.libraries import versions
from assay.processes import leave_with, without_interrupt

if TYPE_CHECKING:
    from distributed import Client, Future

    from assay.config.schema import Engine

# Calls a function on each batch; the results in order, as they are asked for: as `map` does.
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
AHEAD = 2  # batches for each worker: one at work, one that waits for it
Task = Callable[..., Any]  # of a packed function with its batch, and of what is on the cluster already


def on_this_machine(each: "Each") -> "Each":
    """`each` if its workers can read the files of this process, else `map`."""
    return each if isinstance(each, Processes) else map


@contextmanager
def spread(engine: "Engine", light: bool = False) -> Iterator[Each]:
    """Where the engine has the work on batches done.

    light: to work on a batch takes no longer than to send it to another process. Then only other machines get any.
    """
    if not isinstance(engine, DaskEngine) or (light and not engine.scheduler):
        with ExitStack() as stack:
            workers = engine.workers if isinstance(engine, StreamEngine) and not light else 1
            yield Processes(workers, stack) if workers > 1 else map
        return
    with on_workers(engine) as each:
        yield each


@contextmanager
def on_workers(engine: DaskEngine) -> Iterator["OnWorkers"]:
    """The cluster of the engine; AssayError if there is none, or it has no worker."""
    from assay.cluster import connected, require_worker, started

    with connected(engine.scheduler) if engine.scheduler else started(engine.workers) as client:
        import dask

        if engine.scheduler:
            require_worker(client, engine.scheduler)
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"}):  # it warns of batches
            yield OnWorkers(client, engine.scheduler or "this machine")


class Processes:
    """Calls a function on batches in so many processes of this machine, and on a single one in this process.

    They start when they are first needed, and end with `stack`, or with this process.
    """

    def __init__(self, workers: int, stack: ExitStack) -> None:
        self.workers, self.stack = workers, stack

    def __call__(self, function: Callable[[Any], Any], batches: Iterable[Any]) -> Iterator[Any]:
        left = iter(batches)
        first = list(islice(left, 2))
        if len(first) < 2:
            yield from map(function, first)
            return
        submitted = ahead(lambda batch: self._submit(function, batch), chain(first, left), AHEAD * self.workers)
        try:
            yield from (future.result() for future in submitted)
        except BrokenProcessPool as error:  # of a result, or when a batch is submitted
            todo = "give the machine more memory, or: engine.workers=1"
            raise AssayError("a process that worked on a batch of records was ended", todo=todo) from error

    def _submit(self, function: Callable[[Any], Any], batch: Any) -> Any:
        with without_interrupt():  # a process may start now
            return self._pool.submit(function, batch)

    @cached_property
    def _pool(self) -> ProcessPoolExecutor:
        # Not forked: DuckDB and Arrow have threads.
        pool = ProcessPoolExecutor(self.workers, get_context("spawn"), leave_with, (os.getpid(),))
        self.stack.callback(pool.shutdown, cancel_futures=True)
        return pool


class OnWorkers:
    """Calls a function on batches on the workers of a cluster; dask calls it elsewhere if a worker dies.

    where: the cluster, in messages.
    """

    def __init__(self, client: "Client", where: str) -> None:
        self.client, self.where = client, where

    def __call__(self, function: Callable[[Any], Any], batches: Iterable[Any]) -> Iterator[Any]:
        with self.reached():
            workers = max(1, sum(self.client.nthreads().values()))
        submitted = ahead(lambda batch: self.submit(function, batch), batches, AHEAD * workers)
        yield from map(self._result, submitted)

    def submit(self, function: Callable[..., Any], batch: Any, *held: "Future", worker: str | None = None) -> "Future":
        """Have a function called on a batch, and on results that the cluster holds; worker: by this one alone."""
        from distributed.protocol.pickle import dumps

        packed = dumps(((code(), versions()), dumps((function, batch))))
        with self.reached():
            return self.client.submit(_task(), packed, *held, pure=False, workers=worker)

    def _result(self, future: "Future") -> Any:
        from distributed import KilledWorker

        try:
            with self.reached():
                return self._awaited(future)
        except KilledWorker as error:
            what = f"{error.allowed_failures + 1} workers of the cluster died at the same batch"
            raise AssayError(what, where=self.where, todo="give the workers more memory") from error

    def _awaited(self, future: "Future") -> Any:
        """AssayError if all workers have left and none joins; dask would wait for ever."""
        from assay import cluster

        while True:
            try:
                return future.result(timeout=cluster.JOINING)
            except TimeoutError:
                if future.done():  # meanwhile, or the error is the function's own
                    return future.result()
                cluster.require_worker(self.client, self.where)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Ask the scheduler within this block: AssayError if it is gone, which dask's client says in many ways."""
        from distributed.client import FutureCancelledError, FuturesCancelledError
        from distributed.comm import CommClosedError

        try:
            yield
        except AssayError:
            raise
        except Exception as error:
            gone = isinstance(error, CommClosedError | FutureCancelledError | FuturesCancelledError)
            if not gone and self.client.status == "running":
                raise
            raise AssayError("the scheduler is gone", where=self.where, todo="start it; dvc repro") from error


def _task() -> Task:
    """The task of a worker. dask sends a function within another by value, so that the scheduler needs none of ours."""

    def task(packed: bytes, *held: Any) -> Any:
        from assay.engine.parallel import run_packed

        return run_packed(packed, *held)

    return task


def run_packed(packed: bytes, *held: Any) -> Any:
    """Call, on a worker, the packed function on its batch, and on results that the cluster holds.

    AssayError unless this worker has the same code and the same libraries.
    """
    from pickle import loads

    from assay.cluster import this_worker

    (its_code, its_versions), work = loads(packed)
    if its_code != code() or its_versions != versions():
        what = "a worker has other code of Assay, or other versions of libraries, than this repository"
        todo = "check out the same commit there, install what requirements.lock says, and start the worker again"
        raise AssayError(what, where=this_worker(), todo=todo)
    function, batch = loads(work)  # only now: other code may lack the function
    return function(batch, *held)


@cache
def code() -> str:
    """A hash of all code of this package."""
    return folder_md5(files_md5(Path(assay.__path__[0])))
