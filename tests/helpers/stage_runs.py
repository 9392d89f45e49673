"""Runs of stages as DVC does them, and what the processes of their forks and servers do."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

# A program that runs stages one after the other, as `dvc repro` does.
RUNNER = """
import json, os, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has those in the background ignore it
for line in sys.stdin:
    command, variables = json.loads(line)
    environment = {**os.environ, "DVC_STAGE": "probe", **variables}
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True)
    print(json.dumps([done.returncode, done.stdout, done.stderr]), flush=True)
"""
# A stage that says who it is, does as it is told, and leaves a server behind.
PROBE = """
import os, sys, time
from pathlib import Path
from assay.forkserver.client import leave_server
if __name__ == "__main__":
    server = b"forkserver" in Path(f"/proc/{os.getppid()}/cmdline").read_bytes()
    print("forked" if server else "alone", os.environ["DVC_STAGE"], Path.cwd().name, flush=True)
    exec(Path("todo.py").read_text())
    leave_server()
"""
STAGE = "python -m assay.stages.probe"
PRELOADED = "list(reversed(preloaded(started_by)))"  # in the code of the server
NOTHING = "[*()]"
WAITING = "Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)"


@dataclass
class Run:
    """A run of DVC's kind in a folder."""

    folder: Path
    process: subprocess.Popen

    def begin(self, todo: str = "", command: str = STAGE, **variables: str) -> None:
        (self.folder / "todo.py").write_text(todo)
        assert self.process.stdin
        self.process.stdin.write(json.dumps([command, variables]) + "\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        assert self.process.stdout
        code, out, err = json.loads(self.process.stdout.readline())
        return code, out, err

    def stage(self, todo: str = "", command: str = STAGE, **variables: str) -> tuple[int, str, str]:
        self.begin(todo, command, **variables)
        return self.end()

    def waiting(self) -> int:
        """Begin a stage that waits; the process that does."""
        (self.folder / "pid").unlink(missing_ok=True)
        self.begin(WAITING)
        until(lambda: (self.folder / "pid").exists() and (self.folder / "pid").read_text())
        return int((self.folder / "pid").read_text())

    def servers(self) -> list[int]:
        """The processes of servers here, without their forks."""
        found = map(int, processes(b"assay.forkserver.server"))
        return [pid for pid in found if _is_in(pid, self.folder) and _session(pid) == pid]

    def server(self) -> int:
        """The one server that there is, once those that came too late to serve have ended."""
        until(lambda: len(self.servers()) == 1)
        return self.servers()[0]


def in_server(run: Run, old: str, new: str) -> None:
    """Change the code of the server, before there is one."""
    path = run.folder / "src/assay/forkserver/server.py"
    path.write_text(path.read_text().replace(old, new, 1))


def processes(word: bytes) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word in path.read_bytes():
                found.append(path.parent.name)
        except OSError:  # it has ended
            continue
    return found


def _is_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").resolve() == folder.resolve()
    except OSError:  # it has ended
        return False


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:  # it has ended
        return 0


def until(holds, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def state(pid: int) -> str:
    """Of a process: T if it is stopped; Z as soon as it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return "Z"


def runs(pid: int) -> bool:
    return state(pid) != "Z"


def asking(run: Run) -> int:
    """The process that DVC started for the stage, and that waits for its fork."""
    (found,) = (int(pid) for pid in processes(b"python\0-m\0assay.stages.probe") if _is_in(int(pid), run.folder))
    return found
