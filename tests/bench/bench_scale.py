"""Rows a second, memory and bytes by stage and engine, on enlarged thyroid records of 20 columns: make bench-scale.

python tests/bench scale ROWS [ROWS ...] [--engines local stream hand] [--rounds 100 | --whole] [--partitions 2]
                            [--set KEY=VALUE]

Up to train; with --whole, to the end of the line; with --rounds, in place of train with its models, blocks and
baselines, one fit of each booster with so many rounds. `hand` is no engine, but the same in pandas (by_hand.py).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import psutil

from assay.config.compose import composed
from assay.files import files_md5, folder_md5, write_json
from line_outputs import raw_records
from samples import ROOT

DATA, LATER = ("clean", "annotate", "split", "featurize"), ("profile", "audit", "evaluate", "cards", "review")
FOLDERS = ("cleaned", "quarantine", "annotated", "split", "features", "predictions")
MADE = (*(f"data/{name}" for name in FOLDERS), "models", "reports")
FIT = "fit"  # a word before the name of a booster and rounds, for a process of its own
BOOSTERS = ("lightgbm", "xgboost")
HAND = "hand"
POLL_SECONDS = 0.05  # between two looks at the memory of a process and of those that it started
# Twenty of the 31 columns: those that the features of the dataset ask for, age, sex, target and key.
MEASURED = [f"{name}_measured" for name in ("TSH", "T3", "TT4", "T4U", "FTI", "TBG")]
TREATED = ["on_thyroxine", "on_antithyroid_meds", "thyroid_surgery", "I131_treatment"]
LEFT_OUT = [*MEASURED, *TREATED, "referral_source"]
CONTRACT = [
    r"dataset.columns.patient_id.pattern='\d{9,}'",  # a copy's key is longer than the key of its record
    r"dataset.time.pattern='(\d{6})\d+'",
    "dataset.population=[]",
    "~dataset.slices.referral_source",
    *(f"~dataset.columns.{name}" for name in LEFT_OUT),
    *(f"~dataset.rules.{name}_at_odds" for name in MEASURED),
]


class Cost(NamedTuple):
    """What a stage took; seconds: of the clock, and of processors, which others do not lengthen as much.

    peak_mib: of the process together with those that it started.
    """

    seconds: float
    busy: float
    peak_mib: float


def main() -> None:
    """Print a row for each stage, engine and number of rows, and whether the engines wrote the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="+", type=int)
    parser.add_argument("--engines", nargs="+", default=["local", "stream"], help="local, stream, dask, hand")
    parser.add_argument(
        "--folder", type=resolved, help="where the tables are made, and stay; by default a temporary one"
    )
    parser.add_argument("--rounds", type=int, help="of one fit of each booster, in place of train")
    parser.add_argument("--boosters", nargs="+", default=BOOSTERS, help="which of these")
    parser.add_argument("--whole", action="store_true", help="run the line to its end, not only up to train")
    parser.add_argument("--partitions", type=int, default=1, help="of each fit with dask: other bytes if more than one")
    parser.add_argument("--set", nargs="+", default=[], help="settings of the line, as of assay params")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for rows in given.rows:
            raw = enlarged(given.folder or Path(folder), rows)
            made = {
                engine: measured(
                    Path(folder, f"{engine}-{rows}"),
                    raw,
                    [*CONTRACT, *settings(engine, given), *given.set],
                    rows,
                    commands(given, engine),
                )
                for engine in given.engines
            }
            written = {of_all for engine, of_all in made.items() if engine != HAND}
            print(f"{rows:,} rows: {'the same bytes' if len(written) == 1 else f'other bytes: {made}'}", flush=True)


def resolved(name: str) -> Path:
    """A path that stays right when the folder is changed."""
    return Path(name).resolve()


def enlarged(folder: Path, rows: int) -> Path:
    """The raw table of so many rows, as Parquet; one that is there is taken."""
    path = folder / f"thyroid-{rows}.parquet"
    if not path.exists():
        few = folder / "records.csv"
        pd.read_csv(raw_records(), dtype="str").drop(columns=LEFT_OUT).to_csv(few, index=False)
        words = ["enlarge", str(few), "-o", str(path), "--rows", str(rows), "--target", "target"]
        cost = run([sys.executable, "-m", "assay.cli", *words, "--number", "patient_id"], ROOT)
        print(line("enlarge", "", rows, cost), flush=True)
    return path


def settings(engine: str, given: argparse.Namespace) -> list[str]:
    """The settings of an engine."""
    partitions = [f"engine.partitions={given.partitions}"] if engine == "dask" else []
    return [] if engine == HAND else [f"engine={engine}", *partitions]


def commands(given: argparse.Namespace, engine: str) -> dict[str, list[str]]:
    """The words for Python of each step, by its name."""
    if engine == HAND:
        return {HAND: [str(ROOT / "tests/bench/by_hand.py"), str(given.rounds or 100)]}
    trained = {name: [__file__, FIT, name, str(given.rounds)] for name in given.boosters} if given.rounds else {}
    stages = (*DATA, *(() if given.rounds else ("train",)), *(LATER if given.whole else ()))
    return {stage: ["-m", f"assay.stages.{stage}"] for stage in stages} | trained


def measured(folder: Path, raw: Path, settings: Sequence[str], rows: int, steps: Mapping[str, Sequence[str]]) -> str:
    """Run the steps in a folder of their own, which is removed; the hash of all that they wrote.

    raw: the table, or all of data/raw.
    """
    folder.mkdir()
    engine = folder.name.split("-")[0]
    for name in ("LICENSE", "conf", "src", "requirements.lock", "dvc.yaml", "annotations"):
        (folder / name).symlink_to(ROOT / name)
    os.chdir(ROOT)
    (folder / "params.yaml").write_text(composed(settings))
    if raw.is_dir():
        shutil.copytree(raw, folder / "data/raw", copy_function=os.link)
    else:
        (folder / "data/raw").mkdir(parents=True)
        (folder / "data/raw/records.parquet").hardlink_to(raw)
    write_json(folder / "reports/sampling.json", {"sample": None})
    costs = {}
    for name, words in steps.items():
        costs[name] = run([sys.executable, *words], folder)
        print(line(name, engine, rows, costs[name]), flush=True)
    for booster in costs.keys() & {*BOOSTERS}:
        print(line(f"clean to {booster}", engine, rows, total([costs[name] for name in (*DATA, booster)])), flush=True)
    found = folder_md5(dict(hashes(folder, MADE)))
    shutil.rmtree(folder)
    return found


def one_fit(name: str, rounds: int) -> None:
    """In a process of its own: fit a booster on all records of train, and write it, by the engine of params.yaml."""
    from assay.bundle.folder import save_model
    from assay.config.load import load
    from assay.config.reading import plain
    from assay.engine.spill import scratch
    from assay.engine.stored import read_streamed
    from assay.engine.train import fittings
    from assay.modelling.fitting import IN_MEMORY
    from assay.modelling.records import read_labelled
    from assay.paths import FEATURES
    from assay.records.folds import TRAIN

    config = load()
    known = {"lightgbm": config.model, "xgboost": config.baselines["xgboost"]}
    model = {**plain(known[name]), "n_estimators": rounds, "early_stopping_rounds": None}
    if config.engine.in_batches:
        with scratch(FEATURES.parent) as folder, fittings(config.engine, folder) as fitting:
            estimator = fitting(model).fitted(model, read_streamed(TRAIN))
    else:
        estimator = IN_MEMORY.fitted(model, read_labelled(TRAIN))
    Path("models").mkdir(exist_ok=True)
    save_model(estimator, Path("models"))


def hashes(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in filter(lambda one: (folder / one).exists(), names):
        for file, md5 in files_md5(folder / name).items():
            yield f"{name}/{file}", md5


def run(command: list[str], folder: Path) -> Cost:
    """Run a command to its end; SystemExit if it fails."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder)
    seen: list[float] = []
    watch = threading.Thread(target=note_memory, args=(process.pid, seen))
    watch.start()
    _, status, used = os.wait4(process.pid, 0)
    watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    peak = max(used.ru_maxrss / 1024, *seen)  # the system misses no peak of one process
    return Cost(time.monotonic() - start, used.ru_utime + used.ru_stime, peak)


def note_memory(pid: int, seen: list[float]) -> None:
    """Note again and again how much a process and those that it started take, in MiB, until it has ended."""
    seen.append(0.0)
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            seen.append(sum(map(resident, [process, *process.children(recursive=True)])) / 2**20)
            time.sleep(POLL_SECONDS)


def resident(process: psutil.Process) -> int:
    """The bytes of a process in memory; 0 of one that has just ended."""
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def total(costs: Sequence[Cost]) -> Cost:
    """What steps that run one after another take together."""
    seconds, busy, peaks = zip(*costs, strict=True)
    return Cost(sum(seconds), sum(busy), max(peaks))


def line(stage: str, engine: str, rows: int, cost: Cost) -> str:
    """A row of the table."""
    return (
        f"| {stage:<17} | {engine:<6} | {rows:>11,} | {cost.seconds:7.1f} s | {rows / cost.seconds:>9,.0f} rows/s "
        f"| {cost.busy:7.1f} s of processors | {cost.peak_mib:7,.0f} MiB |"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == [FIT]:
        one_fit(sys.argv[2], int(sys.argv[3]))
    else:
        main()
