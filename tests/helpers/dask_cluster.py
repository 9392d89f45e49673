"""A cluster of dask on loopback: a scheduler and workers, each a process of its own with one thread.

python tests/helpers/dask_cluster.py WORKERS: prints the address and the worker processes, and ends with its stdin.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import NamedTuple

IMPORTED = ["distributed", "pandas", "pyarrow.parquet", "sklearn.ensemble", "lightgbm", "xgboost"]


class Cluster(NamedTuple):
    """The address of its scheduler, and the processes: of the scheduler, of the workers as they were at the start."""

    address: str
    scheduler: int
    workers: list[int]


@contextmanager
def cluster(environment: Mapping[str, str], within: Sequence[str] = (), workers: int = 2) -> Iterator[Cluster]:
    """A cluster with these variables. within: a command that runs the one that comes after it."""
    command = [*within, sys.executable, __file__, str(workers)]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address, *pids = process.stdout.readline().split()
        yield Cluster(address, process.pid, list(map(int, pids)))
    finally:
        process.communicate()


def preload() -> None:
    """Let workers start as forks of a process that has imported what they need, also those that replace one."""
    os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")})  # as dask has it for workers
    multiprocessing.set_forkserver_preload(IMPORTED)
    forkserver.ensure_running()


def main() -> None:
    import dask
    from distributed import LocalCluster

    workers = int(sys.argv[1])
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    # After this long without a killed worker its place is given up; a busy machine takes more than dask's 15 s.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"})
    preload()
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0") as found:
        print(found.scheduler_address, *(worker.pid for worker in found.workers.values()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
