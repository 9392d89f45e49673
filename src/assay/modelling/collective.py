"""How processes, each with a partition of the records, fit one model together, by the means of the libraries.

XGBoost: its collective, to which a tracker in the process of the first partition leads the others. LightGBM: sockets
between all of them (its "Distributed Learning Guide"). Both number the processes by their partitions, and add up in
that order: so the model depends on what is in which partition, and not on the processes or the time that each takes.
"""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from traceback import clear_frames
from typing import Any, Protocol

import lightgbm
import numpy as np
from xgboost.collective import CommunicatorContext
from xgboost.tracker import RabitTracker

PATIENCE = 3600  # seconds that one process of XGBoost waits for another, which may have more to read
STDOUT, STDERR = 1, 2


class Meeting(Protocol):
    """How one process meets the others of a fit; made before it. address: what the others must know of this one."""

    address: Any

    def __init__(self, partition: int, partitions: int, host: str) -> None:
        """host: the address of this machine, for the others; partition: from 0."""

    def joined(self, addresses: Sequence[Any]) -> AbstractContextManager[dict[str, Any]]:
        """Fit within this block, with these parameters. addresses: of all processes, in the order of the partitions."""


class Collective:
    """The processes of XGBoost meet at the tracker of the first one."""

    def __init__(self, partition: int, partitions: int, host: str) -> None:
        self.partition = partition
        self.tracker = None if partition else RabitTracker(partitions, host, sortby="task")
        if self.tracker:
            self.tracker.start()
        self.address = self.tracker.worker_args() if self.tracker else None

    @contextmanager
    def joined(self, addresses: Sequence[Any]) -> Iterator[dict[str, Any]]:
        """As of `Meeting`."""
        # Processes are numbered in the order of these names.
        place: dict[str, Any] = {"dmlc_task_id": f"{self.partition:05}", "dmlc_timeout": PATIENCE}
        with ExitStack() as joined:
            with _silent(STDOUT, STDERR):  # XGBoost prints its number
                joined.enter_context(CommunicatorContext(**addresses[0], **place))
            yield {}
        if self.tracker:
            self.tracker.wait_for()  # the other processes may still use it


class Sockets:
    """The processes of LightGBM know the addresses of all; each finds its number by its own address in that list."""

    def __init__(self, partition: int, partitions: int, host: str) -> None:
        self.socket = socket.socket()  # keeps the port, and does not listen: LightGBM will, when it joins
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("", 0))
        self.port = self.socket.getsockname()[1]
        self.address = f"{socket.gethostbyname(host)}:{self.port}"

    @contextmanager
    def joined(self, addresses: Sequence[Any]) -> Iterator[dict[str, Any]]:
        """As of `Meeting`."""
        self.socket.close()
        with _silent(STDOUT):  # a thread of LightGBM prints that it listens, whatever the verbosity
            tiny = lightgbm.Booster({}, lightgbm.Dataset(np.array([[0.0], [1.0]]), label=[0, 1]))
            try:
                yield {
                    "machines": ",".join(addresses),
                    "num_machines": len(addresses),
                    "local_listen_port": self.port,
                    "tree_learner": "data",
                }
            except BaseException as error:
                # Its model leaves the network when it is removed: now, not in the next fit of this thread, which would
                # end, because somebody, such as dask, keeps the traceback that long.
                clear_frames(error.__traceback__)
                raise
            finally:  # after a failure too: else the next fit of this thread would wait for the processes of this one
                tiny.free_network()


@contextmanager
def _silent(*descriptors: int) -> Iterator[None]:
    """Drop what this process writes to these descriptors: libraries write there directly, past Python's streams."""
    kept = {one: os.dup(one) for one in descriptors}
    with Path(os.devnull).open("wb") as nothing:
        for one in descriptors:
            os.dup2(nothing.fileno(), one)
    try:
        yield
    finally:
        for one, copy in kept.items():
            os.dup2(copy, one)
            os.close(copy)
