"""Wide and long tables through the whole line, step by step: make bench-tables, or some of them: TABLES="wide long".

Writes a table of random numbers, categories and gaps as CSV, takes it into a copy of the tree (`assay init-dataset`),
and runs the line there (`dvc repro`). Prints for each step seconds by the clock, the peak memory of its process, and
the bytes of what it leaves in git; beside them what the same models cost alone: the fits of the stage `train`, on the
same records with the same settings, in one process that does nothing else.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml

from assay.files import read_json
from pipeline_copy import ENVIRONMENT, Copy, copy_of_the_tree, edit

SHAPES = {"wide": (400, 3_000), "both": (20_000, 500), "long": (500_000, 20)}
TARGET, POSITIVE = "outcome", 0.1
CATEGORIES, MISSING = 5, 0.05  # every so manieth column is a category; share of the cells without a value
MIB = 2**20

# The fits of `train`, no more: early stopping, those out of fold, the last one. Prints the seconds of each model.
BARE = """
import json, time
from assay.config.load import order
from assay.config.models import possible
from assay.config.reading import plain
from assay.modelling.records import joined, read_labelled
from assay.modelling.fitting import fitted
from assay.modelling.training import blocks, fits, with_rounds
_, config = order()
train, validation = map(read_labelled, ("train", "validation"))
both, taken = joined(train, validation), {}
for name, model in {"model": plain(config.model), **possible(plain(config.baselines))}.items():
    start = time.perf_counter()
    chosen, _, _ = with_rounds(model, train, validation)
    for rest, _ in blocks(both, config.training.folds):
        fitted(chosen, both.rows(rest))
    last = time.perf_counter()
    fitted(chosen, both)
    end = time.perf_counter()
    taken[name] = {"seconds": end - start, "last": end - last, "fits": fits(model, config.training)}
print(json.dumps(taken))
"""


class Cost(NamedTuple):
    """Of a process: seconds by the clock and of processors, peak memory in bytes, and what it printed."""

    seconds: float
    cpu: float
    peak: int
    said: str = ""


def table(records: int, columns: int, seed: int) -> pd.DataFrame:
    """A table in which a few columns tell something of the outcome, and none tells it alone."""
    generator = np.random.default_rng(seed)
    risk = generator.normal(size=records)
    made: dict[str, Any] = {"record_id": [f"r{number:07}" for number in range(records)]}
    for number in range(columns):
        strength = 1 / (1 + number) if number < 10 else 0.0
        values = generator.normal(size=records) + strength * risk
        gaps = generator.random(records) < MISSING
        if number % CATEGORIES == CATEGORIES - 1:
            made[f"kind_{number}"] = np.where(gaps, "", np.array(list("abcd"))[np.digitize(values, [-1, 0, 1])])
        else:
            made[f"value_{number}"] = pd.Series(values.round(3)).mask(gaps)
    noisy = risk + generator.normal(size=records)
    made[TARGET] = np.where(noisy >= np.quantile(noisy, 1 - POSITIVE), "yes", "no")
    return pd.DataFrame(made)


def cost(copy: Copy, *command: str) -> Cost:
    """Run a command in the copy in a process of its own; the peak is that of the process or of one that it started."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as errors:
        environment = {**ENVIRONMENT, "PYTHONPATH": str(copy.path / "src")}
        process = subprocess.Popen(command, cwd=copy.path, env=environment, stdout=said, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        for file in (said, errors):
            file.seek(0)
        if status:
            raise SystemExit(f"{' '.join(command)}: status {status}\n{said.read()}{errors.read()}")
        cpu = usage.ru_utime + usage.ru_stime
        return Cost(time.perf_counter() - start, cpu, usage.ru_maxrss * 1024, said.read())


def in_git(copy: Copy, outs: Iterable[Any]) -> dict[str, int]:
    """The bytes of each output that git keeps, by path."""
    named = [path for out in outs if isinstance(out, dict) for path, how in out.items() if not how.get("cache", True)]
    return {path: size(copy.path / path) for path in named}


def size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    return sum(one.stat().st_size for one in ([path] if path.is_file() else path.rglob("*")) if one.is_file())


def row(step: str, cost: Cost, files: dict[str, int]) -> None:
    """A line of the table, with the largest file."""
    largest = max(files, key=files.__getitem__, default="")
    named = f"   {largest} {files[largest] / 1e3:,.0f}" if largest else ""
    size, time = sum(files.values()) / 1e3, f"{cost.seconds:8.1f} s {cost.cpu:8.1f} s of processors"
    print(f"  {step:12} {time} {cost.peak / MIB:8,.0f} MiB {size:9,.1f} kB in git{named}")


def run(shape: str, folder: Path) -> None:
    """Print the table of one shape."""
    records, columns = SHAPES[shape]
    copy = copy_of_the_tree(folder / "copy")
    file = folder / f"{shape}.csv"
    table(records, columns, seed=columns).to_csv(file, index=False)
    print(f"{shape}: {records:,} records, {columns:,} columns, {file.stat().st_size / MIB:,.0f} MiB")
    before = tracked(copy)
    python = (sys.executable, "-m")
    drafted = cost(copy, *python, "assay.cli", "init-dataset", str(file), "--target", TARGET)
    row("init-dataset", drafted, {n: s for n, s in tracked(copy).items() if n not in before})
    edit(copy, "conf/config.yaml", "dataset: thyroid", f"dataset: {shape}")
    composed = cost(copy, *python, "assay.cli", "params")
    row("params", composed, {"params.yaml": size(copy.path / "params.yaml")})
    ran = cost(copy, *python, "dvc", "repro")
    ran_stages = stages(copy)
    alone = ran.seconds - sum(one.seconds for one in ran_stages)
    row("DVC", ran._replace(seconds=alone), {"dvc.lock": size(copy.path / "dvc.lock")})
    seconds, cpu = (sum(getattr(one, name) for one in (drafted, composed, ran)) for name in ("seconds", "cpu"))
    peak = max(one.peak for one in (drafted, composed, ran, *ran_stages))
    whole = Cost(seconds, cpu + sum(one.cpu for one in ran_stages), peak)
    reports = {name: size(copy.path / name) for name in tracked(copy) if name.startswith("reports/")}
    row("all", whole, reports)
    bare(copy, whole)


def tracked(copy: Copy) -> dict[str, int]:
    """The bytes of each file that git has or would take."""
    names = copy.run("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.splitlines()
    return {name: size(copy.path / name) for name in names}


def stages(copy: Copy) -> list[Cost]:
    """A line for each stage, as its process noted it; and what each cost."""
    listed, costs = yaml.safe_load((copy.path / "dvc.yaml").read_text())["stages"], list[Cost]()
    for name, stage in listed.items():
        noted = copy.path / f".assay/costs/{name}.json"
        if noted.exists():
            last = read_json(noted)["last"]
            costs.append(Cost(last["seconds"], last["cpu"], last["peak"]))
            row(name, costs[-1], in_git(copy, [*stage["outs"], *stage.get("metrics", [])]))
    return costs


def bare(copy: Copy, whole: Cost) -> None:
    """The same fits alone, and their share of the whole."""
    alone = cost(copy, sys.executable, "-c", BARE)
    each = json.loads(alone.said.splitlines()[-1])
    row("fits alone", alone, {})
    for name, one in each.items():
        print(f"    {name}: {one['fits']} fits, {one['seconds']:.1f} s; the last one alone {one['last']:.1f} s")
    rest = whole.cpu - alone.cpu
    print(f"  fits alone are {alone.cpu / whole.cpu:.0%} of the seconds of processors; without them {rest:.1f} s")


def main(shapes: Sequence[str]) -> None:
    """Print a table for each shape."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for shape in shapes:
        with tempfile.TemporaryDirectory(prefix="bench-tables-") as folder:
            run(shape, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:] or list(SHAPES))
