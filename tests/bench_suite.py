"""The test suite as a multiple of a forced run of the line, by part: make bench-suite.

    python tests/bench_suite.py [options of pytest, such as -m "not slow"]

Each part is a folder or module of tests/. Its seconds are those of its tests in three processes side by side, fixtures
included, so that they sum to nearly three times the seconds of the suite.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from bench import seconds
from pipeline_copy import ENVIRONMENT, copy_of_the_tree
from samples import ROOT

ROUNDS = 3
# Twelve forced runs of the line as it was when the limit was set; it took 1.6 times as long as now on the same machine.
LIMIT = 19
QUICK = ("-m", "not slow", "--ignore", "tests/pipeline")  # as `make quick`
SUITE = ("-n", "3", "--dist", "loadscope", "--no-loadscope-reorder", "--quiet")  # as `make test`


def forced_run() -> float:
    """Wall seconds of `dvc repro --force` in a copy of the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_the_tree(Path(folder))
        copy.repro()
        return statistics.median(seconds(lambda: copy.repro("--force")) for _ in range(ROUNDS))


def suite(report: Path, *options: str) -> float:
    """Wall seconds of the suite; its results as JUnit's XML. Ends if a test fails."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pytest", *SUITE, f"--junitxml={report}", *options],
        cwd=ROOT,
        env={**ENVIRONMENT, "OMP_NUM_THREADS": "1"},
        check=True,
    )
    return time.perf_counter() - start


def by_part(report: Path) -> Counter[str]:
    """Seconds of the tests of each folder or module of tests/."""
    parts: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        parts[".".join(case.attrib["classname"].split(".")[:2])] += float(case.attrib["time"])  # type: ignore[assignment]
    return parts


def main(*options: str) -> None:
    """Print the ratio of the suite, then the seconds of each part."""
    os.chdir(ROOT)
    line = forced_run()
    with tempfile.TemporaryDirectory() as folder:
        for chosen in [options] if options else [QUICK, ()]:
            report = Path(folder, "report.xml")
            taken = suite(report, *chosen)
            ratio = f"{taken:.0f} s / {line:.1f} s = {taken / line:.1f} forced runs"
            print(f"pytest {' '.join(chosen)}: {ratio}   (quick ones to stay under: {LIMIT})")
            for part, spent in by_part(report).most_common():
                print(f"  {part:30} {spent:6.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
