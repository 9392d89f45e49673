"""A sweep on the workers of a dask cluster: experiments go there as tasks, and come home as experiments of DVC."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.cluster import connected
from assay.errors import AssayError, described
from assay.experiments.refs import bring_home
from assay.files import WRITING
from assay.sweep.folder import Setting
from assay.sweep.log import DONE, FAILED
from assay.sweep.plan import Planned
from assay.sweep.worker_pool import Hopeless, failure

if TYPE_CHECKING:
    from distributed import Client


@contextmanager
def on_cluster(address: str, setting: Setting, at_once: int | None) -> Iterator[list["Slot"]]:
    """Prepare the workers of a cluster for a sweep; a slot for each experiment that they run at a time.

    at_once: how many, by default as many as the workers have threads. AssayError if there is no scheduler at this
    address or no worker, or if a worker cannot run these experiments.
    """
    with connected(address) as client, tempfile.NamedTemporaryFile(prefix=WRITING, dir=setting.cache) as mark:
        from assay.sweep import site

        name = _name(setting)
        client.wait_for_workers(1, timeout=30)
        origin = site.Origin(setting.name, setting.root, setting.baseline, setting.cache, Path(mark.name))
        client.register_plugin(site.Site(name, origin))
        try:
            client.run(site.prepared, name)
            yield [Slot(client, address, name, setting) for _ in range(at_once or _threads(client))]
        finally:
            client.unregister_worker_plugin(name)


def _name(setting: Setting) -> str:
    """A name for what the workers have of the sweep: the same when it is started again, another for other clones."""
    digest = hashlib.sha256(str(setting.root.resolve()).encode()).hexdigest()[:8]
    return f"assay-{setting.name}-{digest}"


def _threads(client: "Client") -> int:
    return sum(client.nthreads().values()) or 1


class Slot:
    """A place for one experiment at a time, on whichever worker dask chooses."""

    def __init__(self, client: "Client", address: str, name: str, setting: Setting) -> None:
        self._client, self._address, self._name, self._setting = client, address, name, setting

    def run(self, one: Planned, log: Path, hopeless: Hopeless) -> dict[str, Any]:
        """Run one experiment, and take it home; as of `assay.sweep.worker_pool.Worker.run`.

        dask runs it again elsewhere if its worker dies. AssayError if the scheduler is gone.
        """
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        from assay.sweep import site

        if one.fault:
            return {"state": FAILED, "error": one.fault}
        future = self._client.submit(site.experiment, self._name, one, key=f"{self._name}-{one.name}", pure=False)
        try:
            said = future.result()
        except KilledWorker as error:
            return {"state": FAILED, "error": str(error)}
        except FutureCancelledError as error:
            todo = "start it, and say the same again: the sweep goes on"
            raise AssayError("the scheduler is gone", where=self._address, todo=todo) from error
        except Exception as error:
            return {"state": FAILED, "error": described(error)}
        log.write_text(said.pop("log"))
        if said["state"] == DONE:
            bring_home(self._setting.root, one.name, self._setting.baseline, said.pop("commit"), said.pop("pack"))
        return {**said, "error": failure(said["error"], log)}
