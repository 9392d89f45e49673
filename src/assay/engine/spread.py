"""Where a stage's work on single records is done: in this process, or by the workers of a dask cluster.

In either case batch after batch, in order, with few of them at a time in memory. What a stage writes depends on neither
the workers nor their number.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import assay
from assay.config.schema import DaskEngine
from assay.errors import AssayError
from assay.files import files_md5, folder_md5
from assay.lineage.libraries import versions

if TYPE_CHECKING:
    from distributed import Client, Future

    from assay.config.schema import Engine

# Calls a function on each batch; the results in order, as they are asked for: as `map` does.
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
AHEAD = 2  # batches for each thread of the cluster: one at work, one that waits for it
Task = Callable[..., Any]  # of packed bytes, and of what is there


@contextmanager
def spread(engine: "Engine") -> Iterator[Each]:
    """The way to do the work that an engine asks for."""
    if not isinstance(engine, DaskEngine):
        yield map
        return
    with on_workers(engine) as each:
        yield each


@contextmanager
def on_workers(engine: DaskEngine) -> Iterator["OnWorkers"]:
    """The cluster of the engine."""
    from assay.cluster import connected, started

    with connected(engine.scheduler) if engine.scheduler else started(engine.workers) as client:
        import dask

        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"}):  # it warns of batches
            yield OnWorkers(client, engine.scheduler or "this machine")


class OnWorkers:
    """Calls a function on batches on the workers of a cluster; dask calls it elsewhere if a worker dies.

    where: the cluster, in messages.
    """

    def __init__(self, client: "Client", where: str) -> None:
        self.client, self.where = client, where

    def __call__(self, function: Callable[[Any], Any], batches: Iterable[Any]) -> Iterator[Any]:
        waiting: deque[Future] = deque()
        window = AHEAD * max(1, sum(self.client.nthreads().values()))
        for batch in batches:
            waiting.append(self.submit(function, batch))
            if len(waiting) >= window:
                yield self._result(waiting.popleft())
        while waiting:
            yield self._result(waiting.popleft())

    def submit(self, function: Callable[..., Any], batch: Any, *there: "Future", worker: str | None = None) -> "Future":
        """Ask for the result of a function for a batch, and for what is on the cluster; worker: on this one alone."""
        from distributed.protocol.pickle import dumps

        packed = dumps(((code(), versions()), dumps((function, batch))))
        return self.client.submit(_task(), packed, *there, pure=False, workers=worker)

    def _result(self, future: "Future") -> Any:
        from distributed import KilledWorker

        try:
            with self.there():
                return future.result()
        except KilledWorker as error:
            what = f"{error.allowed_failures + 1} workers of the cluster died at the same batch"
            raise AssayError(what, where=self.where, todo="give the workers more memory") from error

    @contextmanager
    def there(self) -> Iterator[None]:
        """AssayError if the scheduler is not there any more."""
        from distributed.client import FutureCancelledError, FuturesCancelledError
        from distributed.comm import CommClosedError

        try:
            yield
        except (CommClosedError, FutureCancelledError, FuturesCancelledError) as error:
            raise AssayError("the scheduler is gone", where=self.where, todo="start it; dvc repro") from error


def _task() -> Task:
    """What a worker runs. dask sends a function within another by value, so that the scheduler needs none of ours."""

    def task(packed: bytes, *there: Any) -> Any:
        from assay.engine.spread import done

        return done(packed, *there)

    return task


def done(packed: bytes, *there: Any) -> Any:
    """The result of a function for a batch, and for what is there.

    AssayError unless this worker has the same code and the same libraries.
    """
    from pickle import loads

    (its_code, its_versions), work = loads(packed)
    if its_code != code() or its_versions != versions():
        what = "a worker has other code of Assay, or other versions of libraries, than this repository"
        todo = "check out the same commit there, install what requirements.lock says, and start the worker again"
        raise AssayError(what, todo=todo)
    function, batch = loads(work)  # only now: other code may lack the function
    return function(batch, *there)


@cache
def code() -> str:
    """A hash of all code of this package."""
    return folder_md5(files_md5(Path(assay.__path__[0])))
