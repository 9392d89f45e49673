"""The table of 1,000 experiments beside git that reads the same files: python tests/bench experiments"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from assay.experiments.parameters import _section
from assay.overview.contents import FILES
from assay.overview.overview import overview
from many_experiments import repository

COUNT, REPEATS = 1000, 3


def by_git() -> float:
    """Seconds in which git alone reads these files."""
    start = time.perf_counter()
    refs = subprocess.run(["git", "for-each-ref", "--format=%(objectname)"], capture_output=True, text=True, check=True)
    asked = "".join(f"{sha}\n" + "".join(f"{sha}:{path}\n" for path in FILES) for sha in refs.stdout.split())
    subprocess.run(["git", "cat-file", "--batch", "--buffer"], input=asked.encode(), capture_output=True, check=True)
    return time.perf_counter() - start


def by_overview() -> float:
    """Seconds for the rows, with nothing remembered."""
    _section.cache_clear()
    start = time.perf_counter()
    assert len(overview()) == COUNT + 2
    return time.perf_counter() - start


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(repository(Path(scratch, "many"), COUNT))
        for name, way in (("git alone", by_git), ("rows", by_overview)):
            print(f"{name:<10} {min(way() for _ in range(REPEATS)):6.2f} s for {COUNT} experiments")
