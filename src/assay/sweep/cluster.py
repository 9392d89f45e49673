"""A sweep on the workers of a dask cluster: experiments go there as tasks, and come home as experiments of DVC."""

import asyncio
import hashlib
import platform
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cluster import connected, require_dask, require_worker
from assay.errors import AssayError, in_a_line
from assay.experiments.clones import fetch_data
from assay.experiments.refs import name_experiment, unpack
from assay.files import WRITING
from assay.git import address, content, parents
from assay.lineage.graph import PARAMS
from assay.sweep.folder import Setting
from assay.sweep.log import DONE, FAILED
from assay.sweep.plan import Planned
from assay.sweep.worker_pool import Hopeless, failure

if TYPE_CHECKING:
    from distributed import Client

    from assay.sweep.site import Outcome, Site

AGAIN = "start it, and run the same command again: the sweep goes on"


@contextmanager
def on_cluster(scheduler: str, setting: Setting, at_once: int | None) -> Iterator[list["Cluster"]]:
    """The cluster, as often as experiments run at a time; its workers are being prepared for them.

    at_once: by default as many as its workers have threads. AssayError if no scheduler answers at this address, or it
    has no worker.
    """
    require_dask()
    from assay.sweep.site import Origin, Site

    setting.cache.mkdir(parents=True, exist_ok=True)
    with connected(scheduler) as client, tempfile.NamedTemporaryFile(prefix=WRITING, dir=setting.cache) as mark:
        require_worker(client, scheduler)
        name, root = _name(setting), setting.root
        origin = Origin(setting.name, root, address(root), setting.baseline, setting.cache, Path(mark.name))
        _register(client, scheduler, Site(name, origin))
        try:
            yield [Cluster(client, scheduler, name, setting)] * (at_once or _threads(client))
        finally:
            if client.status == "running":
                client.unregister_worker_plugin(name)


def _register(client: "Client", scheduler: str, site: "Site") -> None:
    """Give the workers what they prepare; AssayError if one cannot take it, as where it cannot import this package."""
    try:
        client.register_plugin(site)
    except Exception as error:  # whatever a worker raises; dask sends some of it only as a text
        what = f"a worker cannot take part: {' '.join(str(error).split())}"
        todo = "workers need the environment of this repository: make repro, and the extra dask"
        raise AssayError(what, where=scheduler, todo=todo) from error


def _name(setting: Setting) -> str:
    """A name for what the workers have of the sweep: the same when it is started again, another for other clones."""
    clone = f"{platform.node()}:{setting.root.resolve()}"
    digest = hashlib.sha256(clone.encode()).hexdigest()[:8]
    return f"assay-{setting.name}-{digest}"


def _task() -> Callable[[str, dict[str, Any]], "Outcome"]:
    """The task of a worker. dask sends a function within another by value, so that the scheduler needs none of ours."""

    def task(name: str, one: dict[str, Any]) -> Any:
        from distributed import get_worker

        site: Any = get_worker().plugins[name]
        return site.run(one)

    return task


def _threads(client: "Client") -> int:
    return sum(client.nthreads().values()) or 1


def on_two_clusters(one: Planned) -> str:
    """Why an experiment cannot run on a worker, or "": it would wait for workers, each of which may run one like it."""
    import yaml

    scheduler = yaml.load(one.params, yaml.CSafeLoader)["engine"].get("scheduler")
    return f"engine.scheduler={scheduler} is for a line that runs here, not on a worker" if scheduler else ""


class Cluster:
    """Runs experiments on whichever workers dask chooses; several threads ask it to."""

    def __init__(self, client: "Client", scheduler: str, name: str, setting: Setting) -> None:
        self._client, self._scheduler, self._name, self._setting = client, scheduler, name, setting
        self._asked: dict[str, Hopeless] = {}
        self._ready = self._prepared()
        client.subscribe_topic(name, self._answer)

    def run(self, one: Planned, log: Path, hopeless: Hopeless) -> dict[str, Any]:
        """Run one experiment and take it home; as of `assay.sweep.worker_pool.Worker.run`.

        dask runs it elsewhere if its worker dies. AssayError if a worker cannot be prepared, or the scheduler is gone.
        """
        if fault := one.fault or on_two_clusters(one):
            return {"state": FAILED, "error": fault}
        self._ready.result()
        self._asked[one.name] = hopeless
        came = self._outcome(one)
        log.write_text(came.log)
        if came.said["state"] == DONE:
            try:
                self._take_home(one, came)
            except AssayError as error:
                return {"state": FAILED, "error": in_a_line(error)}
        return {**came.said, "error": failure(came.said["error"], log)}

    def _prepared(self) -> Future[None]:
        """When all workers are; beside what the caller does."""
        from assay.sweep.site import prepared

        beside = ThreadPoolExecutor(1)
        ready = beside.submit(self._require, prepared)
        beside.shutdown(wait=False)
        return ready

    def _require(self, prepared: Any) -> None:
        found = self._client.run(prepared, self._name, on_error="return")
        for worker, fault in found.items():
            if isinstance(fault, AssayError):
                where = f"{fault.where}, on the worker {worker}" if fault.where else f"the worker {worker}"
                raise AssayError(fault.what, where=where, rows=fault.rows, todo=fault.todo)
            if fault:
                raise AssayError(f"a worker cannot be prepared: {in_a_line(fault)}", where=worker)

    def _outcome(self, one: Planned) -> "Outcome":
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        from assay.sweep.site import Outcome

        key = f"{self._name}-{one.name}"
        future = self._client.submit(_task(), self._name, asdict(one), key=key, pure=False)
        try:
            return future.result()
        except FutureCancelledError as error:
            raise AssayError("the scheduler is gone", where=self._scheduler, todo=AGAIN) from error
        except KilledWorker as error:
            what = f"{error.allowed_failures + 1} workers of the cluster died while it ran"
            return Outcome({"state": FAILED, "error": what}, "")
        except Exception as error:  # whatever a worker raises: the sweep goes on with the next
            return Outcome({"state": FAILED, "error": in_a_line(error)}, "")

    def _take_home(self, one: Planned, came: "Outcome") -> None:
        """Its commit, then its data, then its name: an experiment is there whole or not at all."""
        root, baseline = self._setting.root, self._setting.baseline
        unpack(root, came.pack)
        if parents(root, came.commit) != [baseline] or content(root, came.commit, PARAMS) != one.params.encode():
            raise AssayError("a worker gave another experiment than it was asked for", where=came.commit)
        if not came.shared:
            fetch_data(root, came.commit, self._setting.cache)
        name_experiment(root, one.name, baseline, came.commit)

    async def _answer(self, event: tuple[float, dict[str, Any]]) -> None:
        """Tell a worker whether an experiment is hopeless."""
        from distributed import Variable

        question = event[1]
        hopeless = self._asked[question["experiment"]]
        said = await asyncio.to_thread(hopeless, question["experiment"], question["value"])
        await Variable(question["answer"], client=self._client).set(said)
