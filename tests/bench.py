"""What DVC costs, as ratios of wall times measured side by side in one run: make bench.

Works in a temporary copy of the tree, on the real data. Absolute seconds are printed for orientation only.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline_copy import Copy, copy_of_the_tree

ROUNDS_OF_THE_LINE, ROUNDS_OF_NOTHING = 3, 11
STAGES = ("collect", "clean", "annotate", "split", "featurize", "train", "evaluate")
ONE_PROCESS = f"""
from importlib import import_module
for name in {STAGES}:
    import_module("assay.stages." + name).main()
"""


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def compare(title: str, rounds: int, target: float, ours: Sequence[str], theirs: Sequence[str], copy: Copy) -> None:
    """Run the two commands in turns; print the medians and the median of the ratios of neighbours."""
    times = [(seconds(lambda: copy.run(*ours)), seconds(lambda: copy.run(*theirs))) for _ in range(rounds)]
    ratio = statistics.median(one / other for one, other in times)
    one, other = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{title:58} {one:6.2f} s / {other:6.2f} s = {ratio:4.2f}   (to stay under: {target})", flush=True)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_the_tree(Path(folder))
        copy.run("dvc", "repro", "--quiet")
        compare(
            "dvc repro --force / the same stages in one process",
            ROUNDS_OF_THE_LINE,
            2.5,
            ("dvc", "repro", "--force", "--quiet"),
            (sys.executable, "-c", ONE_PROCESS),
            copy,
        )
        compare(
            "dvc repro with nothing to do / dvc status",
            ROUNDS_OF_NOTHING,
            1.3,
            ("dvc", "repro"),
            ("dvc", "status"),
            copy,
        )


if __name__ == "__main__":
    main()
