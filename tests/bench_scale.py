"""Seconds, memory and bytes of the stages up to train by engine, on enlarged thyroid records: make bench-scale.

python tests/bench_scale.py 1000000 5000000 [--engines local stream] [--rounds 100] [--folder FOLDER]

With --rounds, in place of train with its models, blocks and baselines, one fit of each booster with so many rounds.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assay.config.compose import composed
from assay.files import files_md5, folder_md5, write_json
from samples import ROOT

STAGES = ("clean", "annotate", "split", "featurize", "train")
FOLDERS = ("cleaned", "quarantine", "annotated", "split", "features", "predictions")
MADE = (*(f"data/{name}" for name in FOLDERS), "models", "reports")
FIT = "fit"  # a word before the name of a booster and rounds, for a process of its own
BOOSTERS = ("lightgbm", "xgboost")
# A copy's key is longer than the key of its record.
LONGER_KEYS = [r"dataset.columns.patient_id.pattern='\d{9,}'", r"dataset.time.pattern='(\d{6})\d+'"]


class Cost(NamedTuple):
    """What a stage took; seconds: of the clock, and of processors, which others do not lengthen as much."""

    seconds: float
    busy: float
    peak_mib: float


def main() -> None:
    """Print a row for each stage, engine and number of rows, and whether the engines wrote the same bytes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", nargs="+", type=int)
    asked.add_argument("--engines", nargs="+", default=["local", "stream"])
    asked.add_argument("--rounds", type=int, help="of one fit of each booster, in place of train")
    asked.add_argument("--folder", type=Path, help="where the tables are made, and stay; by default a temporary one")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for rows in given.rows:
            raw = enlarged(given.folder or Path(folder), rows)
            made = {
                engine: measured(Path(folder, f"{engine}-{rows}"), raw, engine, rows, given.rounds)
                for engine in given.engines
            }
            print(
                f"{rows:,} rows: {'the same bytes' if len({*made.values()}) == 1 else f'other bytes: {made}'}",
                flush=True,
            )


def enlarged(folder: Path, rows: int) -> Path:
    """The raw table of so many rows, as Parquet; one that is there is taken."""
    path = folder / f"thyroid-{rows}.parquet"
    if not path.exists():
        source = str(ROOT / "data/raw/records.csv")
        words = [
            "enlarge",
            source,
            "-o",
            str(path),
            "--rows",
            str(rows),
            "--target",
            "target",
            "--number",
            "patient_id",
        ]
        cost = run([sys.executable, "-m", "assay.cli", *words], ROOT)
        print(line("enlarge", "", rows, cost), flush=True)
    return path


def measured(folder: Path, raw: Path, engine: str, rows: int, rounds: int | None) -> str:
    """Run the stages in a folder of their own, or one fit of each booster for the last; the hash of what they wrote."""
    folder.mkdir()
    for name in ("LICENSE", "conf", "src", "requirements.lock", "dvc.yaml", "annotations"):
        (folder / name).symlink_to(ROOT / name)
    os.chdir(ROOT)
    (folder / "params.yaml").write_text(composed([*LONGER_KEYS, f"engine={engine}"]))
    (folder / "data/raw").mkdir(parents=True)
    (folder / "data/raw/records.parquet").hardlink_to(raw)
    write_json(folder / "reports/sampling.json", {"sample": None})
    commands = {stage: ["-m", f"assay.stages.{stage}"] for stage in (STAGES[:-1] if rounds else STAGES)}
    if rounds:
        commands |= {name: [__file__, FIT, name, str(rounds)] for name in BOOSTERS}
    for name, command in commands.items():
        cost = run([sys.executable, *command], folder)
        print(line(name, engine, rows, cost), flush=True)
    return folder_md5(dict(hashes(folder, MADE)))


def one_fit(name: str, rounds: int) -> None:
    """In a process of its own: fit a booster on all records of train, and write it, by the engine of params.yaml."""
    from assay.bundle.folder import save_model
    from assay.config.load import load
    from assay.config.reading import plain
    from assay.config.schema import STREAM
    from assay.engine.spill import scratch
    from assay.engine.train import fitting, read_streamed
    from assay.modelling.fitting import IN_MEMORY
    from assay.modelling.records import read_labelled
    from assay.paths import FEATURES
    from assay.records.folds import TRAIN

    config = load()
    known = {"lightgbm": config.model, "xgboost": config.baselines["xgboost"]}
    model = {**plain(known[name]), "n_estimators": rounds, "early_stopping_rounds": None}
    if config.engine.name == STREAM:
        with scratch(FEATURES.parent) as folder:
            estimator = fitting(model, config.engine, folder).fitted(model, read_streamed(TRAIN))
    else:
        estimator = IN_MEMORY.fitted(model, read_labelled(TRAIN))
    Path("models").mkdir(exist_ok=True)
    save_model(estimator, Path("models"))


def hashes(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in filter(lambda one: (folder / one).exists(), names):
        for file, md5 in files_md5(folder / name).items():
            yield f"{name}/{file}", md5


def run(command: list[str], folder: Path) -> Cost:
    """Run a command to its end; RuntimeError if it fails."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}")
    return Cost(time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def line(stage: str, engine: str, rows: int, cost: Cost) -> str:
    """A row of the table."""
    return (
        f"| {stage:<9} | {engine:<6} | {rows:>11,} | {cost.seconds:7.1f} s | {cost.busy:7.1f} s "
        f"| {rows / cost.busy:>9,.0f} rows/s | {cost.peak_mib:7,.0f} MiB |"
    )


if __name__ == "__main__":
    if sys.argv[1] == FIT:
        one_fit(sys.argv[2], int(sys.argv[3]))
    else:
        main()
