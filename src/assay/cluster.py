"""A cluster of dask: one that runs, or one on this machine; and what to do where there is none."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assay.errors import AssayError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10  # seconds in which a scheduler must answer
LOGS = ("distributed", "distributed.client")  # dask gives each a level of its own
EXAMPLE = "tcp://HOST:8786"


@contextmanager
def connected(address: str) -> Iterator["Client"]:
    """A client of the scheduler there; AssayError if dask is not installed, or no scheduler answers."""
    require_dask()
    from distributed import Client

    _require_address(address)
    with _without_its_log():
        try:
            asyncio.run(asyncio.wait_for(_answer(address), PATIENCE))
        except (OSError, ValueError) as error:  # ValueError: something else answered
            what = f"no scheduler of dask answered within {PATIENCE} seconds"
            raise AssayError(what, where=address, todo="start one: dask scheduler; or correct the address") from error
        with Client(address, timeout=PATIENCE, set_as_default=False) as client:
            yield client


@contextmanager
def started(workers: int) -> Iterator["Client"]:
    """A client of so many worker processes on this machine, which end with the block, and with this process."""
    require_dask()
    from distributed import Client, LocalCluster

    with _without_its_log():
        options = {"threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
        with LocalCluster(n_workers=workers, **options) as here, Client(here, set_as_default=False) as client:
            yield client


async def _answer(address: str) -> None:
    """Wait until the scheduler answers: a client would wait without end if something else listens there."""
    from distributed import Security
    from distributed.core import rpc

    async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:
        await scheduler.identity()


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
