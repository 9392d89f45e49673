"""The budget for people: figures beside what they can be compared with, limits, and what makes them doubtful."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.budget.command import RATIOS, Budget
from assay.budget.host import was_busy
from assay.evaluation.criteria import MET, NOT_MET
from assay.presentation.markdown import Markdown, table

if TYPE_CHECKING:
    from assay.config.schema import Cost

NOT_MEASURED, NOTHING = "not measured", "–"
WIDE = 0.25  # of the median: figures further apart are doubtful
HEAD = ("figure", "measured", "lowest to highest", "beside it", "ratio", "limit", "verdict")
TITLES = {
    "bundle_mb": "the model's folder, MB",
    "load_seconds": "from the start of a process until it can score, seconds",
    "memory_mb": "most memory of a process that scores, MB",
    "single_p50_ms": "one record, half of them within, ms",
    "single_p99_ms": "one record, 99 of 100 within, ms",
    "records_per_second": "records per second, in batches of 1,000",
    "train_seconds": "training, seconds",
    "train_memory_mb": "most memory of training, MB",
}
COMPARED_WITH = {
    "load_seconds": ("python_pandas_seconds", "start of Python and pandas"),
    "single_p50_ms": ("bare_p50_ms", "the model alone"),
    "single_p99_ms": ("bare_p99_ms", "the model alone"),
    "records_per_second": ("bare_records_per_second", "the model alone"),
}
FURTHER = {
    "loading_seconds": "loading alone, once everything is imported but the model's library: {} seconds",
    "first_record_ms": "the first record after that: {} ms",
    "records_per_second_at_10000": "in batches of 10,000: {} records per second",
    "bare_records_per_second_at_10000": "and of the model alone: {}",
    "cpu_seconds_per_1000": "CPU time for 1,000 records in one batch: {} seconds",
    "cpu_seconds_per_1000_singly": "and one by one: {} seconds",
    "retrain_seconds": "all stages of the line, run once: {} seconds",
    "retrain_cpu_seconds": "of CPU time: {} seconds",
}
RATIO_OF = {figure: name for name, (figure, _) in RATIOS.items()}


@dataclass(frozen=True)
class Limit:
    """A limit of the criteria, and whether what was measured is within it."""

    name: str
    asked: str
    value: float | None
    verdict: str


def limits(found: "Budget | None", cost: "Cost") -> list[Limit]:
    """Every limit, judged; `NOT_MEASURED` where there is no figure."""
    figures = found.figures if found else {}
    most = [
        _limit(name, f"at most {number(limit)}", figures.get(name), limit, 1) for name, limit in cost.at_most.items()
    ]
    return most + [
        _limit(name, f"at least {number(limit)}", figures.get(name), limit, -1) for name, limit in cost.at_least.items()
    ]


def _limit(name: str, asked: str, value: float | None, limit: float, sign: int) -> Limit:
    """sign: 1 where more is worse, -1 where less is."""
    if value is None:
        return Limit(name, asked, None, NOT_MEASURED)
    return Limit(name, asked, value, MET if sign * (value - limit) <= 0 else NOT_MET)


def as_markdown(found: Budget, cost: "Cost") -> Markdown:
    """The table, further figures, the machine, and warnings."""
    judged = {one.name: one for one in limits(found, cost)}
    rows = [_row(found, name, judged.get(name)) for name in TITLES]
    further = [Markdown("- {}").format(text) for text in further_figures(found)]
    warned = [Markdown("- **{}**").format(text) for text in warnings(found)]
    parts = [table(HEAD, rows), Markdown("\n").join(further), Markdown.escape(on_machine(found.machine))]
    return Markdown("\n\n").join([*parts, *([Markdown("\n").join(warned)] if warned else [])])


def as_json(found: Budget, cost: "Cost") -> dict[str, Any]:
    """The content of reports/budget.json, and the verdict on each limit."""
    return vars(found) | {"limits": [vars(one) for one in limits(found, cost)], "warnings": warnings(found)}


def _row(found: Budget, name: str, limit: Limit | None) -> tuple[str, ...]:
    beside, words = COMPARED_WITH.get(name, ("", ""))
    value, other = found.figures.get(name), found.beside.get(beside)
    return (
        TITLES[name],
        NOT_MEASURED if value is None else number(value),
        " to ".join(map(number, found.spread[name])) if name in found.spread else NOTHING,
        f"{number(other)}: {words}" if other is not None else NOTHING,
        number(found.ratios[RATIO_OF[name]]) if RATIO_OF.get(name) in found.ratios else NOTHING,
        limit.asked if limit else NOTHING,
        limit.verdict if limit else NOTHING,
    )


def further_figures(found: Budget) -> list[str]:
    """The other figures, a sentence each."""
    return [words.format(number(found.beside[name])) for name, words in FURTHER.items() if name in found.beside]


def on_machine(machine: Any) -> str:
    """The machine in a sentence."""
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    threads = "".join(f", {name}={value}" for name, value in machine["threads"].items())
    return (
        f"Measured on {machine['cpu']}, {machine['cores']} core(s), {machine['memory_gb']} GB; {machine['system']}; "
        f"Python {machine['python']}; {libraries}{threads}. Another machine has other figures; ratios differ less."
    )


def warnings(found: Budget) -> list[str]:
    """The reasons to doubt the figures."""
    return [*_busy(found.machine), *_apart(found), *_training(found)]


def _busy(machine: Any) -> list[str]:
    if not was_busy(machine):
        return []
    load, cores = machine["load_before"], machine["cores"]
    return [
        f"the machine was busy before measuring began (load {load:.1f} on {cores} core(s)): its figures mislead; "
        "measure again when it is idle"
    ]


def _apart(found: Budget) -> list[str]:
    names = [name for name in TITLES if name in found.spread and _spread(found, name) > WIDE]
    said = ", ".join(f"{TITLES[name]} ({' to '.join(map(number, found.spread[name]))})" for name in names)
    return [f"fresh processes differ by more than {WIDE:.0%}: {said}; give it more --seconds"] if names else []


def _spread(found: Budget, name: str) -> float:
    low, high = found.spread[name]
    return (high - low) / found.figures[name] if found.figures[name] else 0.0


def _training(found: Budget) -> list[str]:
    if not found.trained:
        return [
            "train has not run in this clone: dvc repro --force train measures its time and memory, then this again"
        ]
    if found.trained["forked"]:
        return [
            "training started as a fork of a process that had imported everything: by itself it takes the seconds of "
            "the imports more (ASSAY_FORKSERVER=0 dvc repro --force train)"
        ]
    return []


def number(value: float) -> str:
    """Three digits that count, and no more than a reader needs.

    >>> number(0.00123), number(8.1449), number(270.4), number(58162.9)
    ('0.00123', '8.14', '270', '58,163')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def unmet(judged: Sequence[Limit]) -> list[Limit]:
    """The limits that are not met, or not measured."""
    return [one for one in judged if one.verdict != MET]
