"""Measures the model in models/ on the records in data/raw, and writes reports/budget.json."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.budget import host, processes
from assay.budget.child import LARGE
from assay.budget.measure import Figure, together
from assay.config.load import load
from assay.config.schema import FIGURES
from assay.errors import AssayError
from assay.files import files_in, md5, read_json, write_json
from assay.lineage.checks import require
from assay.lineage.costs import Costs, costs_of
from assay.lineage.graph import graph
from assay.paths import BUDGET, MODEL, RAW

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

SEED = 42
RUNS = 3  # processes for each figure
STEPS = 2 * RUNS
TRAIN = "train"
RATIOS = {  # name: figure, and what it is beside
    "single_p50_over_model_alone": ("single_p50_ms", "bare_p50_ms"),
    "records_per_second_over_model_alone": ("records_per_second", "bare_records_per_second"),
    "load_over_python_and_pandas": ("load_seconds", "python_pandas_seconds"),
}


@dataclass(frozen=True)
class Budget:
    """The figures, as reports/budget.json holds them.

    model: the MD5 of models/, as dvc.lock has it. time: ISO, UTC. figures: of `FIGURES`, those that there are. ratios:
    of `RATIOS`. beside: what they stand beside, and other figures. spread: the lowest and the highest of the processes,
    by name. trained: when `train` last ran here (ISO), and whether as a fork; empty if it never did.
    """

    model: str
    time: str
    machine: Mapping[str, Any]
    figures: Mapping[str, float]
    ratios: Mapping[str, float]
    beside: Mapping[str, float]
    spread: Mapping[str, list[float]]
    trained: Mapping[str, Any]


def measured(seconds: float, advance: Callable[[], Any] = lambda: None) -> Budget:
    """Measure for so many seconds, besides what processes need to start; `advance` is called `STEPS` times.

    AssayError if there is no model or no raw file, if they are not what their stages made, or if the model changes.
    """
    require(MODEL, RAW)
    before, model = host.load(), md5(MODEL)
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder, "records.parquet")
        draw(records, load().dataset)
        runs = []
        for _ in range(RUNS):
            bare = processes.python_and_pandas()
            advance()
            runs.append(with_ratios(bare | processes.started(MODEL, records, seconds / RUNS)))
            advance()
    if md5(MODEL) != model:
        raise AssayError("the model was changed while it was measured", where=str(MODEL), todo="run: assay budget")
    machine = host.machine() | {"load_before": before, "load_after": host.load()}
    stages = {name: costs_of(name) for name in graph().nodes}
    return budget(together(runs), sizes() | training(stages), machine, trained(stages.get(TRAIN)))


def with_ratios(run: Mapping[str, float]) -> dict[str, float]:
    """The figures of one process, and the ratios among them: what slows the machine meanwhile slows both sides."""
    found = {name: run[one] / run[other] for name, (one, other) in RATIOS.items() if run.get(other)}
    return dict(run) | found


def budget(
    found: Mapping[str, Figure], once: Mapping[str, float], machine: Mapping[str, Any], trained: Mapping[str, Any]
) -> Budget:
    """The figures of several processes, and those that were taken once, in their places."""
    values = {name: one.value for name, one in found.items()} | dict(once)
    return Budget(
        md5(MODEL),
        datetime.now(UTC).isoformat(timespec="seconds"),
        machine,
        {name: values[name] for name in FIGURES if name in values},
        {name: values[name] for name in RATIOS if name in values},
        {name: value for name, value in values.items() if name not in (*FIGURES, *RATIOS)},
        {name: [one.low, one.high] for name, one in found.items()},
        trained,
    )


def draw(path: Path, dataset: "Dataset") -> None:
    """Write `LARGE` raw records in an order of chance; if there are fewer, some of them again."""
    import numpy as np

    from assay.joins.raw import raw_records
    from assay.tables import write_table

    table = raw_records(RAW, dataset)
    order = np.random.default_rng(SEED).permutation(len(table))
    write_table(path, table.iloc[np.resize(order, LARGE)])


def sizes() -> dict[str, float]:
    """The size of the model folder on disk."""
    return {"bundle_mb": sum(file.stat().st_size for file in files_in(MODEL)) / 1e6}


def training(stages: Mapping[str, Costs | None]) -> dict[str, float]:
    """The time of the last run of `train`, and of the last runs of all stages together, as far as noted here."""
    train, every = stages.get(TRAIN), [one.last for one in stages.values() if one]
    found = {"train_seconds": train.last.seconds, "train_memory_mb": train.last.peak / 1e6} if train else {}
    if len(every) < len(stages):
        return found
    cpu = [one.cpu for one in every if one.cpu is not None]
    found["retrain_seconds"] = sum(one.seconds for one in every)
    return found | ({"retrain_cpu_seconds": sum(cpu)} if len(cpu) == len(every) else {})


def trained(train: Costs | None) -> dict[str, Any]:
    """See `Budget.trained`."""
    if train is None:
        return {}
    time = datetime.fromtimestamp(train.last.at, UTC).isoformat(timespec="seconds")
    return {"time": time, "forked": train.last.forked}


def write(found: Budget) -> None:
    """Write reports/budget.json, all or nothing."""
    write_json(BUDGET, vars(found), sort_keys=False)


def last() -> Budget | None:
    """The last figures; None without any. AssayError if the file is not a budget."""
    if not BUDGET.exists():
        return None
    content = read_json(BUDGET)
    try:
        return Budget(**content)
    except TypeError as error:
        raise AssayError(f"no budget: {error}", where=str(BUDGET), todo="run: assay budget") from error
