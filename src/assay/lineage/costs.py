"""Notes the cost of each stage, and that of the run before."""

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from assay.files import read_json, write_text
from assay.forkserver import client

FOLDER = Path(".assay/costs")


@dataclass(frozen=True)
class Cost:
    """The cost of one run of a stage.

    at: its end, in seconds since 1970. seconds: wall time from the start of its process. peak: the most memory that the
    process had, in bytes. read, written: the sizes of its dependencies and outputs, in bytes. forked: whether it
    started as a fork (`assay.forkserver`), whose time and memory are not those of a process that imports for itself.
    cpu: the CPU seconds of all its threads; None in a note from before they were taken.
    """

    at: float
    seconds: float
    peak: int
    read: int
    written: int
    forked: bool = False
    cpu: float | None = None


@dataclass(frozen=True)
class Costs:
    """The cost of a stage's last run, and of the run before, if there was one."""

    stage: str
    last: Cost
    before: Cost | None

    @property
    def slower(self) -> bool:
        """Whether the last run took at least half as long again as the run before, and at least a second more.

        False if only one of them started as a fork.
        """
        if self.before is None or self.before.forked != self.last.forked:
            return False
        return self.last.seconds > max(1.5 * self.before.seconds, self.before.seconds + 1)


def note(stage: str, deps: Iterable[str], outs: Iterable[str]) -> None:
    """Note the cost of this process up to now as the last run of a stage; the last one becomes the run before."""
    import psutil

    now = time.time()
    seconds = now - psutil.Process().create_time()
    cost = Cost(now, seconds, peak_memory(), _size(deps), _size(outs), client.forked, time.process_time())
    earlier = costs_of(stage)
    content = {"last": asdict(cost), "before": asdict(earlier.last) if earlier else None}
    write_text(FOLDER / f"{stage}.json", json.dumps(content, indent=1) + "\n")


def costs_of(stage: str) -> Costs | None:
    """The noted costs of a stage; None if there is no valid note."""
    path = FOLDER / f"{stage}.json"
    if not path.exists():
        return None
    content = read_json(path)
    return Costs(stage, Cost(**content["last"]), Cost(**content["before"]) if content["before"] else None)


def peak_memory(status: Path = Path("/proc/self/status")) -> int:
    """The most memory that this process has had, in bytes.

    On Linux from VmHWM (proc(5)): getrusage also counts the process that started this one, such as DVC.
    """
    lines = status.read_text().splitlines() if status.exists() else []
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")]
    return found[0] if found else _peak_by_getrusage()


def _peak_by_getrusage() -> int:
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _size(paths: Iterable[str]) -> int:
    files = (file for path in map(Path, paths) for file in (path.rglob("*") if path.is_dir() else [path]))
    return sum(file.stat().st_size for file in files if file.is_file())
