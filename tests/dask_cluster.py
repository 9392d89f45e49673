"""A cluster of dask on loopback: a scheduler and two workers, each a process, with the code of a copy of the repository.

python tests/dask_cluster.py SRC [WORKERS]: prints the address and the worker processes, and ends with its stdin.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Cluster(NamedTuple):
    """The address of its scheduler, and the processes of its workers as they were at the start."""

    address: str
    workers: list[int]


@contextmanager
def cluster(src: Path, workers: int = 2, **environment: str) -> Iterator[Cluster]:
    """A cluster whose workers import from `src`."""
    command = [sys.executable, __file__, str(workers)]
    env = {**os.environ, "PYTHONPATH": str(src), **environment}
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address, *pids = process.stdout.readline().split()
        yield Cluster(address, list(map(int, pids)))
    finally:
        process.communicate()


def main() -> None:
    from distributed import LocalCluster

    workers = int(sys.argv[1])
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        print(found.scheduler_address, *(worker.pid for worker in found.workers.values()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
