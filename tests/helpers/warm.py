"""Commands of copies that start warm: `python`, `dvc` and `assay` on a PATH that leads to forks of one process.

To start Python and import what DVC and the stages need takes longer than what most tests then do. So a process that
has imported the libraries, and nothing of assay, forks for each command, which then runs in its own folder and
environment with the code of its copy; what DVC parses and writes there: warm_yaml.py, warm_git.py. Left to a fresh
interpreter is what only one can do: another hash seed, `python -c`, and the commands of a test that kills them: it sets
PATH to `FRESH`. `ASSAY_FRESH=1 pytest` starts all so, and so does what is no test: a bench measures what a user would
wait for.
"""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

PYTHON = Path(sys.executable)  # of this run: a test may have another one
FRESH = f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
CLIENT, SERVER = (Path(__file__).with_name(f"warm_{side}.py") for side in ("client", "server"))
PROGRAMS = ("python", "dvc", "assay")
tests = False  # whether tests run: conftest.py says so
PROGRAM = """#!/bin/sh
exec '{python}' -IS '{client}' '{address}' '{program}' "$@"
"""


def programs(environment: dict[str, str]) -> Path:
    """The folder of the programs that start warm in this environment; where they cannot, of those that start fresh."""
    if not tests or sys.platform != "linux" or "ASSAY_FRESH" in os.environ:
        return PYTHON.parent
    return _served(tuple(environment.items()))


@cache
def _served(environment: tuple[tuple[str, str], ...]) -> Path:
    """A folder with the programs, and what serves them as long as this process lives."""
    folder = Path(tempfile.mkdtemp(prefix="assay-warm-"))
    address = str(folder / "socket")
    for name in PROGRAMS:
        program = PYTHON.with_name(name)
        text = PROGRAM.format(python=PYTHON, client=CLIENT, address=address, program=program)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(address)
        listening.listen(100)
        server = subprocess.Popen(
            [PYTHON, SERVER, folder, str(listening.fileno())],
            env=dict(environment),
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
        )
    atexit.register(_end, server, folder)
    return folder


def _end(server: subprocess.Popen, folder: Path) -> None:
    server.communicate()
    shutil.rmtree(folder)
