"""How much memory is free, so that a table that does not fit is refused with advice, and not killed without a word."""

import resource
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import NamedTuple

from assay.errors import AssayError, note

GIB = 1 << 30
SMALL = 1 << 28  # bytes: for less nobody asks the system
SCALE = (
    "take a sample (docs/sampling.md) or a machine with more; engine=stream runs the stages up to train in less, "
    "batch by batch (docs/scale.md)"
)


class Files(NamedTuple):
    """In which files a control group says its limit and what it uses, and under which name files that can go."""

    limit: str
    used: str
    cache: str


VERSION_2 = Files("memory.max", "memory.current", "inactive_file")
VERSION_1 = Files("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def require_memory(need: float, where: str, todo: str = SCALE) -> None:
    """AssayError if so many bytes, as estimated, are not free; of many that are, stderr says how many."""
    if need <= SMALL:
        return
    estimate = f"in memory it needs about {sized(need)} at once, and {sized(there := free())} are free"
    if need > there:
        raise AssayError(estimate, where=where, todo=todo)
    if need > GIB:
        note(f"{where}: {estimate}")


def sized(size: float) -> str:
    """A number of bytes for people.

    >>> sized(300 << 20), sized(2e9)
    ('300 MiB', '1.9 GiB')
    """
    return f"{size / GIB:.1f} GiB" if size >= GIB else f"{size / (1 << 20):.0f} MiB"


def require_addresses(need: int, reader: str, where: str, proc: Path = Path("/proc")) -> None:
    """AssayError if a limit on addresses (ulimit -v) leaves less than a library takes, by far most of it unused.

    With less it would end the process by a fault, or wait for threads that never start.
    """
    if (left := min(_of_process(proc), default=need)) < need:
        what = f"{reader} needs {need >> 20} MiB of addresses, and ulimit -v leaves {max(0, left) >> 20}"
        todo = "raise the limit: ulimit -v unlimited; what is taken in fact, a control group limits, and engine.memory"
        raise AssayError(what, where=where, todo=todo)


def free(proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> float:
    """The bytes that this process may still take: of the machine, of its control groups, of its own limit.

    Infinite where the system does not say it, as on other systems than Linux.
    """
    left = [*_of_machine(proc / "meminfo"), *_of_groups(proc / "self/cgroup", groups), *_of_process(proc)]
    return max(0, min(left, default=inf))


def _of_machine(path: Path) -> Iterator[int]:
    for line in _lines(path):
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024


def _of_groups(own: Path, root: Path) -> Iterator[int]:
    """The bytes left in each control group around this process (Linux's cgroup-v2.rst, cgroup-v1/memory.rst)."""
    for line in _lines(own):
        number, kinds, place = line.split(":", 2)
        if number == "0":
            yield from _left(root, place, VERSION_2)
        elif "memory" in kinds.split(","):
            yield from _left(root / "memory", place, VERSION_1)


def _left(root: Path, place: str, files: Files) -> Iterator[int]:
    folder = root / place.strip("/")
    for group in (folder, *folder.parents):
        if group.is_relative_to(root) and (limit := _number(group / files.limit)) is not None:
            yield limit - (_number(group / files.used) or 0) + _cache(group / "memory.stat", files.cache)


def _number(path: Path) -> int | None:
    """The number in a file; None if it has none, such as "max", or is not there."""
    text = "".join(_lines(path))
    return int(text) if text.isdecimal() else None


def _cache(path: Path, name: str) -> int:
    """The bytes of files that the kernel gives back before it kills."""
    return sum(int(line.split()[1]) for line in _lines(path) if line.startswith(f"{name} "))


def _of_process(proc: Path) -> Iterator[int]:
    """The bytes that the limit on addresses leaves (ulimit -v)."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        pages = "".join(_lines(proc / "self/statm")).split() or ["0"]
        yield limit - int(pages[0]) * resource.getpagesize()


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.is_file() else []
