"""The machine that measured, in words: figures of another one are other figures."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from assay.lineage.libraries import LIBRARIES, XGBOOST

BUSY = 0.5  # load for each core, from which figures mislead
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, memory, system, Python, libraries, limits on threads."""
    import psutil

    return {
        "cpu": processor(),
        "cores": cores(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: found for name in (*LIBRARIES, *XGBOOST) if (found := installed(name))},
        "threads": {name: os.environ[name] for name in THREADS if name in os.environ},
    }


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The model of the processor, as the system names it."""
    lines = cpuinfo.read_text(errors="replace").splitlines() if cpuinfo.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float | None:
    """How many processes wanted to run in the last minute, on average; None where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def was_busy(machine: Any) -> bool:
    """Whether a machine, as reports/budget.json describes it, had other work to do before it measured."""
    found = machine if isinstance(machine, dict) else {}
    busy, cores = found.get("load_before"), found.get("cores")
    return isinstance(busy, int | float) and isinstance(cores, int | float) and busy > BUSY * cores


def installed(name: str) -> str | None:
    """The version of a package; None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
