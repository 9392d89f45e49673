"""Forty experiments on a dask cluster of two workers on loopback, one killed half way, beside the local sweep.

python tests/bench cluster [--experiments 40] [--cheap]
"""

import argparse
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

from dask_cluster import cluster
from pipeline_copy import ENVIRONMENT, FRESH, Copy, cheapened, copy_of_the_tree, wait_for


def main() -> None:
    """Print seconds of both, and whether they gave the same experiments: names, and every byte that git has of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=40)
    parser.add_argument("--cheap", action="store_true", help="a small model, few folds and few resamples")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "here").mkdir()
        here = copy_of_the_tree(Path(scratch) / "here")
        here.environment["PATH"] = FRESH
        here = cheapened(here) if given.cheap else line(here)
        there = here.fork(Path(scratch) / "there", PATH=FRESH)
        key = "model.C" if given.cheap else "model.learning_rate"
        values = ",".join(f"{0.02 + number / 400:.4f}" for number in range(given.experiments))
        seconds, found = timed(here, "-S", f"{key}={values}", "-j", "2")
        print(f"local sweep, two workers: {seconds:.0f} s, {len(found)} experiments", flush=True)
        with cluster({**ENVIRONMENT, "PYTHONPATH": str(there.path / "src")}) as two:
            threading.Thread(target=killing, args=(there, two.workers[0], given.experiments), daemon=True).start()
            seconds, others = timed(there, "-S", f"{key}={values}", "--on", two.address)
        print(f"two workers of dask, one killed half way: {seconds:.0f} s, {len(others)} experiments", flush=True)
        print("the same names and the same trees in git" if found == others else f"different: {found} {others}")


def line(copy: Copy) -> Copy:
    """The copy with its data."""
    copy.run("dvc", "repro")
    if copy.git_status():
        copy.commit("What this machine gives")
    return copy


def timed(copy: Copy, *options: str) -> tuple[float, dict[str, str]]:
    """The seconds of a sweep, and the tree of each of its experiments by name."""
    start = time.monotonic()
    copy.run("assay", "sweep", "forty", *options)
    return time.monotonic() - start, trees(copy)


def trees(copy: Copy) -> dict[str, str]:
    """The tree in git, which is a hash of all files, of each experiment by name."""
    listed = copy.run("git", "for-each-ref", "--format=%(refname:lstrip=4) %(tree)", "refs/exps").stdout
    return dict(one.split() for one in listed.splitlines())


def killing(copy: Copy, worker: int, experiments: int) -> None:
    """Kill a worker when half of the experiments are done."""
    wait_for(lambda: len(trees(copy)) >= experiments // 2, 3600)
    os.kill(worker, signal.SIGKILL)
    print("killed a worker", flush=True)


if __name__ == "__main__":
    main()
