"""Seconds, memory and bytes of the stages of the data by engine, on enlarged thyroid records: make bench-scale.

python tests/bench_scale.py 1000000 5000000 [--engines local stream] [--folder FOLDER]
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
    asked.add_argument("--folder", type=Path, help="where the tables are made, and stay; by default a temporary one")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
        for rows in given.rows:
            raw = enlarged(given.folder or Path(scratch), rows)
            made = {engine: measured(Path(scratch, f"{engine}-{rows}"), raw, engine, rows) for engine in given.engines}
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


def measured(folder: Path, raw: Path, engine: str, rows: int) -> str:
    """Run the stages in a folder of their own; the hash of all that they wrote."""
    folder.mkdir()
    for name in ("LICENSE", "conf", "src", "requirements.lock", "dvc.yaml", "annotations"):
        (folder / name).symlink_to(ROOT / name)
    os.chdir(ROOT)
    (folder / "params.yaml").write_text(composed([*LONGER_KEYS, f"engine={engine}"]))
    (folder / "data/raw").mkdir(parents=True)
    (folder / "data/raw/records.parquet").hardlink_to(raw)
    write_json(folder / "reports/sampling.json", {"sample": None})
    for stage in STAGES:
        cost = run([sys.executable, "-m", f"assay.stages.{stage}"], folder)
        print(line(stage, engine, rows, cost), flush=True)
    return folder_md5(dict(hashes(folder, MADE)))


def hashes(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
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
    main()
