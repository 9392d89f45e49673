"""Times functions that are given: how long each call takes, and what many of them say together."""

import time
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from typing import Any

Clock = Callable[[], float]


@dataclass(frozen=True)
class Timed:
    """Wall seconds of each call, and of each bare call beside it; the CPU seconds of all calls without the bare ones.

    records: how many items the calls had together.
    """

    calls: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    bare_records: list[int] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Records per second, the median over the calls."""
        return median(count / seconds for count, seconds in zip(self.records, self.calls, strict=True))

    @property
    def bare_rate(self) -> float | None:
        """The same of the bare calls; None if there was none."""
        rates = [count / seconds for count, seconds in zip(self.bare_records, self.bare, strict=True)]
        return median(rates) if rates else None

    @property
    def cpu_per_record(self) -> float:
        """CPU seconds of a record, the mean."""
        return sum(self.cpu) / sum(self.records)


def timed(
    call: Callable[[Any], Any],
    bare: Callable[[Any], int],
    items: Sequence[Sized],
    seconds: float,
    least: int,
    clock: Clock = time.perf_counter,
    cpu: Clock = time.process_time,
) -> Timed:
    """Call with each item in turn, again and again, until `seconds` have passed and `least` calls were made.

    After each call, `bare` gets its result: it makes the bare call and returns the number of its records, 0 for none.
    So both are timed at the same moments, and what slows the machine slows both.
    """
    found, end = Timed(), clock() + seconds
    for number, item in enumerate(cycle(items)):
        if number >= least and clock() >= end:
            return found
        used, start = cpu(), clock()
        result = call(item)
        found.calls.append(clock() - start)
        found.cpu.append(cpu() - used)
        found.records.append(len(item))
        start = clock()
        count = bare(result)
        if count:
            found.bare.append(clock() - start)
            found.bare_records.append(count)
    raise ValueError("no items")


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed.

    >>> quantile([4, 1, 3, 2], 0.5), quantile(range(1, 201), 0.99)
    (2, 198)
    """
    ranked = sorted(values)
    return ranked[max(0, -int(-share * len(ranked) // 1) - 1)]


@dataclass(frozen=True)
class Figure:
    """The median of a figure over several processes, and the lowest and the highest."""

    value: float
    low: float
    high: float


def together(runs: Sequence[Mapping[str, float | None]]) -> dict[str, Figure]:
    """The figures of several processes as one; a figure that one of them lacks is left out."""
    names = [name for name in runs[0] if all(run.get(name) is not None for run in runs)]
    columns = {name: [float(run[name] or 0) for run in runs] for name in names}
    return {name: Figure(median(values), min(values), max(values)) for name, values in columns.items()}
