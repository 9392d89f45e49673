"""The warm processes of a sweep as their parent sees them; what they do: `assay.sweep.worker`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assay.errors import AssayError, described
from assay.experiments.clones import clone, environment
from assay.machine import FEWER
from assay.sweep.folder import Setting
from assay.sweep.log import FAILED
from assay.sweep.plan import Planned

COMMAND = [sys.executable, "-m", "assay.sweep.worker"]
Hopeless = Callable[[str, float], bool]


class Worker:
    """A warm process in a clone of its own that shares the cache; one that dies is replaced. `folder`: the clone."""

    def __init__(self, folder: Path, setting: Setting) -> None:
        self.folder, self._setting = folder, setting
        self._said = folder.with_name(f"{folder.name}.said")  # what it says before an experiment has a log of its own
        self._process: subprocess.Popen | None = self._start()

    def run(self, one: Planned, log: Path, hopeless: Hopeless) -> dict[str, Any]:
        """Run one experiment; its state, seconds, error and metrics."""
        if one.fault:
            return {"state": FAILED, "error": one.fault}
        try:
            self._process = self._process or self._start()
            said = self._ask(self._process, one, log, hopeless)
        except (OSError, RuntimeError, ValueError, AssayError) as error:
            said = {"state": FAILED, "error": self._why(error)}
            self.stop()
        return {**said, "error": failure(said["error"], log)}

    def _why(self, error: Exception) -> str:
        """Why the process ended: its last words, what ended it, or the error on this side."""
        try:
            code = self._process.wait(timeout=1) if self._process else 0
        except subprocess.TimeoutExpired:
            code = 0
        if code == -signal.SIGKILL:
            return f"the worker was killed, as the system does when there is not enough memory: {FEWER}"
        said = self._said.read_text(errors="replace").strip() if self._said.exists() else ""
        return said or (f"the worker ended with exit code {code}" if code else f"the worker died: {described(error)}")

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _start(self) -> subprocess.Popen:
        clone(self._setting.root, self.folder, self._setting.baseline, self._setting.cache)
        self._said.unlink(missing_ok=True)
        threads = str(max(1, (os.cpu_count() or 1) // self._setting.jobs))
        with self._said.open("w") as said:
            return subprocess.Popen(
                COMMAND,
                cwd=self.folder,
                env={**environment(self.folder), "OMP_NUM_THREADS": threads},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )

    def _ask(self, process: subprocess.Popen, one: Planned, log: Path, hopeless: Hopeless) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        request = {
            "name": one.name,
            "params": one.params,
            "baseline": self._setting.baseline,
            "message": f"sweep {self._setting.name}: {' '.join(one.overrides)}",
            "log": str(log),
            "watched": one.watched,
        }
        print(json.dumps(request), file=process.stdin, flush=True)
        said = json.loads(process.stdout.readline())
        if "average_precision" in said:
            answer = {"hopeless": hopeless(one.name, said["average_precision"])}
            print(json.dumps(answer), file=process.stdin, flush=True)
            said = json.loads(process.stdout.readline())
        return said


def failure(error: str, log: Path) -> str:
    """Why an experiment failed: in the words of its stage where that said some."""
    said = [line for line in log.read_text(errors="replace").splitlines() if "error:" in line] if log.exists() else []
    return said[-1] if error and said else error
