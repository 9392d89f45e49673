"""Starts the processes that measure, one after the other, and reads what they say."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from assay.errors import AssayError

CHILD = (sys.executable, "-m", "assay.budget.child")
BARE_START = "import os, sys, pandas; os.write(int(sys.argv[1]), b'{}\\n')"
SHOWN = 3  # lines of a process that ended without a word of its own


def started(model: Path, records: Path, seconds: float) -> dict[str, float]:
    """The figures of one fresh process: `load_seconds` from its start until it could score, and those of `child`.

    AssayError as the process raised it, or with what it printed last.
    """
    return _run([*CHILD, "{pipe}", str(model), str(records), str(seconds)], "load_seconds", 2 if seconds else 1)


def python_and_pandas() -> dict[str, float]:
    """`python_pandas_seconds`: from the start of a process of Python until it has imported pandas."""
    return _run([sys.executable, "-c", BARE_START, "{pipe}"], "python_pandas_seconds", 1)


def _run(command: Sequence[str], name: str, lines: int) -> dict[str, float]:
    """The figures in so many lines of a process, and under `name` the seconds from its start to the first."""
    there, here = os.pipe()
    with os.fdopen(there) as said, tempfile.TemporaryFile("w+") as errors:
        words = [str(here) if word == "{pipe}" else word for word in command]
        start = time.perf_counter()
        process = subprocess.Popen(words, pass_fds=[here], stdout=subprocess.DEVNULL, stderr=errors)
        os.close(here)
        try:
            found = _line(said, process, errors)
            found[name] = time.perf_counter() - start
            for _ in range(lines - 1):
                found |= _line(said, process, errors)
            process.wait()
        finally:
            process.kill()
            process.wait()
    return found


def _line(said: IO[str], process: subprocess.Popen, errors: IO[str]) -> dict[str, Any]:
    line = said.readline()
    content = json.loads(line) if line else None
    if content is not None and "error" not in content:
        return content
    if content is not None:
        error = content["error"]
        raise AssayError(error["what"], where=error["where"], rows=error["rows"], todo=error["todo"])
    code = process.wait()
    errors.seek(0)
    last = errors.read().strip().splitlines()[-SHOWN:]
    reason = "\n".join(last) or (f"signal {-code}" if code < 0 else f"exit code {code}")
    raise AssayError(f"a process that measures has ended: {reason}", todo="make room in memory; then: assay budget")
