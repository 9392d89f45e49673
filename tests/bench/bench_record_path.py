"""Every record of the line by `prepare` and `features` alone, in batches: python tests/bench record_path

Takes some minutes, most of them for the batches of one.
"""

import tempfile
import time
from pathlib import Path

from record_path import by_itself, differences

if __name__ == "__main__":
    for size in (10_000, 1000, 7, 1):
        start = time.perf_counter()
        table = by_itself(Path(), slice(None), size, labelled=False)
        took = (time.perf_counter() - start) / len(table) * 1000
        with tempfile.TemporaryDirectory() as scratch:
            found = differences(Path(), table, Path(scratch))
        print(
            f"batches of {size:>6}  {len(table)} records  {took:8.3f} ms a record  differing folds: {found or 'none'}"
        )
