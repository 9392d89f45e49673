"""Sampling from 50 million rows, measured: make bench-sampling.

Writes synthetic records as Parquet (about 1.5 GB) into a temporary folder, draws the same sample three times, each in
a process of its own: twice from the same files, once from other files with the same records in another order. Prints
seconds, the peak memory of the process, and whether the bytes are the same.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assay.config.sample import Sample
from assay.files import md5, read_json
from assay.records.database import database

RECORDS = int(float(sys.argv[1])) if sys.argv[1:] else 50_000_000
SPEC = Sample(
    rows=RECORDS // 100,
    key="record_id",
    label="code",
    positive=["F", "H"],
    keep_positives=True,
    time="date",
    strata=["site"],
    min_per_stratum=2,
)
# Numbers without a common divisor with the number of records: multiples of them, modulo it, are all records shuffled.
STEPS = (7_368_787, 15_485_863)
ONE = """
import json, sys
from pathlib import Path
from assay.config.sample import Sample
from assay.files import write_json
from assay.sampling.run import sampled
from assay.sampling.source import parquet_files
spec, source, target, report = sys.argv[1:]
write_json(Path(report), sampled(parquet_files(source), Sample(**json.loads(spec)), Path(target), source))
"""
RECORD = """
SELECT 'r' || lpad(CAST(n AS VARCHAR), 9, '0') AS record_id,
    DATE '1985-01-01' + CAST(n * 730 // {records} AS INTEGER) AS date,
    ['SVI', 'SVHC', 'STMW', 'other'][1 + CAST(h % 4 AS INTEGER)] AS site,
    CASE WHEN (h >> 8) % 200 = 0 THEN ['F', 'H'][1 + CAST((h >> 16) % 2 AS INTEGER)] ELSE '-' END AS code,
    CASE WHEN (h >> 20) % 3 = 0 THEN 'M' ELSE 'F' END AS sex,
    CAST((h >> 24) % 97 AS DOUBLE) AS age,
    CAST((h >> 28) % 10000 AS DOUBLE) / CASE WHEN (h >> 8) % 200 = 0 THEN 10 ELSE 100 END AS TSH,
    CASE WHEN (h >> 32) % 10 >= 3 THEN CAST((h >> 34) % 5000 AS DOUBLE) / 1000 END AS T3,
    CAST((h >> 38) % 30000 AS DOUBLE) / 100 AS TT4,
    CAST((h >> 42) % 20000 AS DOUBLE) / 100 AS FTI
FROM (SELECT n, hash(n) AS h FROM (SELECT i * {step} % {records} AS n FROM range({start}, {end}) t(i)))
"""


def write_source(folder: Path, files: int, step: int, row_group: int) -> None:
    """The same records for every `files`, `step` and `row_group`, in another order and other files."""
    folder.mkdir()
    with database(folder, str(folder), "dataset.sample") as connection:
        for number in range(files):
            start, end = (RECORDS * one // files for one in (number, number + 1))
            query = RECORD.format(records=RECORDS, step=step, start=start, end=end)
            target = folder / f"part-{number:03}.parquet"
            connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, ROW_GROUP_SIZE {row_group})")


def drawn(source: Path, target: Path) -> tuple[dict[str, Any], float, float]:
    """The report of a sample drawn in a process of its own, its seconds, and its peak memory in GiB."""
    start, report = time.perf_counter(), target.with_suffix(".json")
    command = [sys.executable, "-c", ONE, json.dumps(asdict(SPEC)), *map(str, (source, target, report))]
    _, status, usage = os.wait4(subprocess.Popen(command).pid, 0)
    if status:
        raise SystemExit(f"the sample failed: status {status}")
    return read_json(report), time.perf_counter() - start, usage.ru_maxrss / 2**20


def main() -> None:
    """Print the table."""
    hashes = set()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="bench-sampling-") as name:
        folder = Path(name)
        source, target = folder / "source", folder / "sample.parquet"
        layouts = [("8 files", 8, STEPS[0], 122_880), ("31 files, shuffled", 31, STEPS[1], 50_000)]
        for title, files, step, row_group in layouts:
            start = time.perf_counter()
            write_source(source, files, step, row_group)
            size = sum(file.stat().st_size for file in source.iterdir()) / 2**30
            print(f"{RECORDS:,} records in {title}: {size:.2f} GiB, written in {time.perf_counter() - start:.0f} s")
            for _ in range(2 if files == layouts[0][1] else 1):
                report, seconds, memory = drawn(source, target)
                hashes.add(md5(target))
                print(f"  {report['drawn']:,} drawn in {seconds:.0f} s, peak memory {memory:.2f} GiB, {md5(target)}")
            for file in source.iterdir():
                file.unlink()
            source.rmdir()
    print(f"the bytes are {'the same' if len(hashes) == 1 else 'NOT the same'}")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
