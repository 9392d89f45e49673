"""The test suite as a multiple of a forced run of the line, by part: make bench-suite.

    python tests/bench suite [quick|test]

Each part is a folder or module of tests/. Its seconds are those of its tests in three processes side by side, fixtures
included, so that they sum to nearly three times the seconds of the suite.
"""

import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from bench_line import seconds
from pipeline_copy import ENVIRONMENT, copy_of_the_tree
from samples import ROOT

ROUNDS = 3
# Twelve forced runs of the line as it was when the limit was set; it took 1.6 times as long as now on the same machine.
LIMIT = 19
TARGETS = ("quick", "test")  # of make


def forced_run() -> float:
    """Wall seconds of `dvc repro --force` in a copy of the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_the_tree(Path(folder))
        copy.repro()
        return statistics.median(seconds(lambda: copy.repro("--force")) for _ in range(ROUNDS))


def suite(target: str, report: Path) -> float:
    """Wall seconds of `make quick` or `make test`; their results as JUnit's XML. Ends if a test fails."""
    command = ["make", "--silent", target, f"OPTIONS=--quiet --junitxml={report}"]
    return seconds(lambda: subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True))


def by_part(report: Path) -> dict[str, float]:
    """Seconds of the tests of each folder or module of tests/."""
    parts: dict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):
        parts[".".join(case.attrib["classname"].split(".")[:2])] += float(case.attrib["time"])
    return dict(sorted(parts.items(), key=lambda part: -part[1]))


def main(*targets: str) -> None:
    """Print the ratio of the suite, then the seconds of each part."""
    line = forced_run()
    with tempfile.TemporaryDirectory() as folder:
        for target in targets or TARGETS:
            report = Path(folder, "report.xml")
            taken = suite(target, report)
            ratio = f"{taken:.0f} s / {line:.1f} s = {taken / line:.1f} forced runs"
            print(f"make {target}: {ratio}   (quick ones to stay under: {LIMIT})")
            for part, spent in by_part(report).items():
                print(f"  {part:30} {spent:6.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
