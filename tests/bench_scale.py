"""Seconds, memory and bytes of the stages by engine, on enlarged thyroid records: make bench-scale.

python tests/bench_scale.py 1000000 5000000 [--engines local stream] [--folder FOLDER] [--whole] [--set model=logistic]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from assay.config.compose import composed
from assay.files import files_md5, folder_md5, write_json
from samples import ROOT

STAGES = ("clean", "annotate", "split", "featurize")
LATER = ("profile", "train", "audit", "evaluate", "cards", "review")
MADE = ("data/cleaned", "data/quarantine", "data/annotated", "data/split", "data/features", "reports")
EVERY = 0.05  # seconds between two looks at the memory of a process and of those that it started
# A copy's key is longer than the key of its record.
LONGER_KEYS = [r"dataset.columns.patient_id.pattern='\d{9,}'", r"dataset.time.pattern='(\d{6})\d+'"]


class Cost(NamedTuple):
    """What a stage took; seconds: of the clock, and of processors, which others do not lengthen as much.

    peak_mib: of the process together with those that it started.
    """

    seconds: float
    busy: float
    peak_mib: float


def main() -> None:
    """Print a row for each stage, engine and number of rows, and whether the engines wrote the same bytes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", nargs="+", type=int)
    asked.add_argument("--engines", nargs="+", default=["local", "stream"])
    asked.add_argument("--folder", type=Path, help="where the tables are made, and stay; by default a temporary one")
    asked.add_argument("--whole", action="store_true", help="run the line to its end, not only the stages of the data")
    asked.add_argument("--set", nargs="+", default=[], help="settings of the line, as of assay params")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
        for rows in given.rows:
            raw = enlarged(given.folder or Path(scratch), rows)
            made = {
                engine: measured(
                    Path(scratch, f"{engine}-{rows}"),
                    raw,
                    [f"engine={engine}", *given.set],
                    STAGES + LATER * given.whole,
                    rows,
                )
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


def measured(folder: Path, raw: Path, settings: Sequence[str], stages: Sequence[str], rows: int) -> str:
    """Run the stages in a folder of their own; the hash of all tables and reports that they wrote."""
    folder.mkdir()
    for name in ("LICENSE", "conf", "src", "requirements.lock", "dvc.yaml", "annotations"):
        (folder / name).symlink_to(ROOT / name)
    os.chdir(ROOT)
    (folder / "params.yaml").write_text(composed([*LONGER_KEYS, *settings]))
    (folder / "data/raw").mkdir(parents=True)
    (folder / "data/raw/records.parquet").hardlink_to(raw)
    write_json(folder / "reports/sampling.json", {"sample": None})
    for stage in stages:
        cost = run([sys.executable, "-m", f"assay.stages.{stage}"], folder)
        print(line(stage, folder.name.split("-")[0], rows, cost), flush=True)
    return folder_md5(dict(hashes(folder, MADE)))


def hashes(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for file, md5 in files_md5(folder / name).items():
            yield f"{name}/{file}", md5


def run(command: list[str], folder: Path) -> Cost:
    """Run a command to its end; RuntimeError if it fails."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder)
    seen: list[float] = []
    watch = threading.Thread(target=note_memory, args=(process.pid, seen))
    watch.start()
    _, status, used = os.wait4(process.pid, 0)
    watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}")
    peak = max(used.ru_maxrss / 1024, *seen)  # the system misses no peak of one process
    return Cost(time.monotonic() - start, used.ru_utime + used.ru_stime, peak)


def note_memory(pid: int, seen: list[float]) -> None:
    """Note again and again how much a process and those that it started take, in MiB, until it has ended."""
    seen.append(0.0)
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            seen.append(sum(map(resident, [process, *process.children(recursive=True)])) / 2**20)
            time.sleep(EVERY)


def resident(process: psutil.Process) -> int:
    """The bytes of a process in memory; 0 of one that has just ended."""
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def line(stage: str, engine: str, rows: int, cost: Cost) -> str:
    """A row of the table."""
    return (
        f"| {stage:<9} | {engine:<6} | {rows:>11,} | {cost.seconds:7.1f} s | {cost.busy:7.1f} s "
        f"| {rows / cost.busy:>9,.0f} rows/s | {cost.peak_mib:7,.0f} MiB |"
    )


if __name__ == "__main__":
    main()
