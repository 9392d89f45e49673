"""A module that a worker of dask preloads: what it starts with `sys.executable` starts warm (warm.py)."""

import os
import sys

sys.executable = os.environ["WARM_PYTHON"]
os.environ.pop("PYTHONHASHSEED", None)  # dask's own, for its workers
