"""A cluster of dask: one that runs, or one on this machine; and what to do where there is none."""

import asyncio
import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assay.errors import AssayError
from assay.processes import without_interrupt

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10  # seconds in which a scheduler must answer
JOINING = 60  # seconds in which the workers that are needed must join
RETURNING = "10m"  # in which a killed worker of ours must be back, on a busy machine too; dask has 15 seconds
LOGS = ("distributed", "distributed.client")  # dask gives each a level of its own
EXAMPLE = "tcp://HOST:8786"
# What dask raises where something else answers: to it the first bytes are the length of what follows.
OTHERS = (ValueError, MemoryError, struct.error)


@contextmanager
def connected(address: str) -> Iterator["Client"]:
    """A client of the scheduler there; AssayError if dask is not installed, or no scheduler answers."""
    require_dask()
    from distributed import Client

    _require_address(address)
    with _without_its_log():
        try:
            asyncio.run(asyncio.wait_for(_answer(address), PATIENCE))
        except (OSError, *OTHERS) as error:
            what = f"no scheduler of dask answered within {PATIENCE} seconds"
            raise AssayError(what, where=address, todo="start one: dask scheduler; or correct the address") from error
        with Client(address, timeout=PATIENCE, set_as_default=False) as client:
            yield client


@contextmanager
def started(workers: int) -> Iterator["Client"]:
    """A client of so many worker processes on this machine, which end with the block, and with this process."""
    require_dask()
    import dask
    from distributed import Client, LocalCluster

    with _without_its_log(), dask.config.set({"distributed.deploy.lost-worker-timeout": RETURNING}):
        options = {"threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
        with without_interrupt():
            here = LocalCluster(n_workers=workers, **options)
        with here, Client(here, set_as_default=False) as client:
            yield client


async def _answer(address: str) -> None:
    """Wait for a word of the scheduler: a client would wait for ever for something else that listens there.

    ValueError if it is no scheduler but a worker, or a nanny of one.
    """
    from distributed import Security
    from distributed.core import rpc

    async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:
        found = await scheduler.identity()
    if found["type"] != "Scheduler":
        raise ValueError(f"a {found['type'].lower()} answers")


def require_dask() -> None:
    """AssayError if dask is not installed."""
    try:
        import distributed  # noqa: F401
    except ModuleNotFoundError as error:
        todo = "install the extra dask: pip install distributed (make extras has it)"
        raise AssayError(f"a cluster needs dask, which is not installed: {error.name}", todo=todo) from error


def _require_address(address: str) -> None:
    """AssayError unless it is an address: a client would try any other text without end."""
    from distributed.comm import parse_address, parse_host_port
    from distributed.comm.registry import get_backend

    try:
        kind, place = parse_address(address, strict=True)
        get_backend(kind)
        parse_host_port(place)
    except ValueError as error:
        raise AssayError(f"no address of a scheduler: {error}", where=address, todo=f"as {EXAMPLE}") from error


def require_worker(client: "Client", address: str) -> None:
    """AssayError if the scheduler has no worker, and none joins soon; a cluster that grows with its tasks gets one."""
    if client.nthreads():
        return
    try:
        client.submit(int, pure=False).result(timeout=JOINING)
    except TimeoutError as error:
        todo = "start some there, and run the same command again: dask worker ADDRESS --nthreads 1"
        raise AssayError(f"the scheduler got no worker within {JOINING} seconds", where=address, todo=todo) from error


def this_worker() -> str:
    """The address of the worker of dask that this code runs on; "" elsewhere."""
    try:
        from distributed import get_worker

        return get_worker().address
    except (ModuleNotFoundError, ValueError):
        return ""


@contextmanager
def _without_its_log() -> Iterator[None]:
    """Without what dask's client logs to stderr: what matters of it is raised, and becomes one message."""
    logs = [logging.getLogger(name) for name in LOGS]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)
