"""`assay score` on 10 million records beside bare prediction: make bench-score, or for a million RECORDS=1e6 after it.

Writes the thyroid records again and again, with new keys, as CSV and as Parquet into a temporary folder (10 million:
1 GB and 0.1 GB), and scores each file in a process of its own. Prints rows per second, the peak memory of the process,
and its processor time beside that of the estimator alone on a ready matrix of features, for as many records, in this
run: seconds by the clock depend on what else the machine does.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

from assay.bundle.loading import Bundle, load
from assay.files import md5
from assay.records.reading import read
from assay.scoring.scorer import Scorer, feature_table
from line_outputs import model_folder, raw_records

RECORDS = int(float(sys.argv[1])) if sys.argv[1:] else 10_000_000
RUNS = ("--reasons none -j 1", "--reasons none -j 2", "--reasons alerts -j 2")
KEY, DAYS = "patient_id", pd.date_range("2001-01-01", periods=10_000).strftime("%y%m%d")


def batches() -> Iterator[pa.Table]:
    """The records of the raw file, as often as it takes, each time with other keys: another day, and a number."""
    raw = pa.Table.from_pandas(read(raw_records()), preserve_index=False)
    for start in range(0, RECORDS, len(raw)):
        places = np.arange(start, min(start + len(raw), RECORDS))
        keys = pa.array([f"{DAYS[place // 1000]}{place % 1000:03}" for place in places])
        part = raw.slice(0, len(places))
        yield part.set_column(part.column_names.index(KEY), KEY, keys)


def write(folder: Path) -> list[Path]:
    """The same records in both formats; missing values are empty in a CSV, and null in Parquet."""
    first = next(batches())
    paths = [folder / "in.csv", folder / "in.parquet"]
    options = csv.WriteOptions(quoting_style="none")
    with csv.CSVWriter(paths[0], first.schema, write_options=options) as lines, _parquet(paths[1], first) as table:
        for one in batches():
            lines.write_table(one)
            table.write_table(one)
    return paths


def _parquet(path: Path, like: pa.Table) -> parquet.ParquetWriter:
    return parquet.ParquetWriter(path, like.schema)


def bare(bundle: Bundle) -> float:
    """Processor seconds of the estimator alone for as many records, on a ready matrix, in batches as of a file."""
    X = feature_table(Scorer(bundle)(read(raw_records())).features, bundle.vocabularies)
    X = pd.concat([X] * 5, ignore_index=True)
    seconds = []
    for _ in range(5):
        start = time.process_time()
        bundle.estimator.predict_proba(X)
        seconds.append(time.process_time() - start)
    return RECORDS * min(seconds) / len(X)


def scored(source: Path, target: Path, *options: str) -> tuple[float, float, float]:
    """Seconds by the clock and of processors, and peak memory in MiB, of a process that scores a file."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "assay.cli", "score", str(source), "-o", str(target), *options]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: status {status}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**10


def main() -> None:
    """Print the table."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    alone = bare(load(model_folder()))
    print(f"{RECORDS:,} records; the estimator alone: {alone:.1f} processor seconds")
    with tempfile.TemporaryDirectory(prefix="bench-score-") as name:
        folder = Path(name)
        for source in write(folder):
            print(f"{source.suffix[1:]}: {source.stat().st_size / 2**20:,.0f} MiB")
            for options in RUNS:
                target = folder / "out.csv"
                seconds, cpu, memory = scored(source, target, *options.split())
                print(
                    f"  {options}: {seconds:.0f} s, {RECORDS / seconds:,.0f} rows/s; {cpu:.0f} processor seconds, "
                    f"{cpu / alone:.1f} times the estimator alone; {memory:,.0f} MiB; {md5(target)}"
                )


if __name__ == "__main__":
    main()
