"""Seconds, memory and bytes of stages that join records with another table, by engine: make bench-joined.

python tests/bench joined 1000000 3000000 [--stages clean] [--memory 1GiB 300MiB]

Enlarged thyroid records as of bench_scale.py, whose values of two tests are in a table of their own: of each
value there are two rows from before the record, and one from after it. Rows of one record lie far from one another.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, parquet

from bench_scale import CONTRACT, enlarged, measured, resolved

TESTS = ("TSH", "T3")
DAYS = (-3, -400, 1)
SOURCE = "source:{uri:labs.parquet,sha256:'',licence:none,citation:none}"
JOINED = [
    *CONTRACT,
    f"+dataset.tables.labs={{{SOURCE},key:person,time:day}}",
    *(f"+dataset.made.{test}={{table:labs,take:last,value:value,where:{{test:[{test}]}},within:30}}" for test in TESTS),
    *(f"+dataset.made.{test}_mean={{table:labs,take:mean,value:value,where:{{test:[{test}]}}}}" for test in TESTS),
    "+dataset.made.tests={table:labs,take:count}",
    *(
        f"+dataset.columns.{name}={{type:number,nullable:true}}"
        for name in (*(f"{one}_mean" for one in TESTS), "tests")
    ),
]
ROWS = 1 << 16  # of a batch


def main() -> None:
    """Print a row for each stage, engine and number of rows, and whether the engines wrote the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="+", type=int)
    parser.add_argument("--stages", nargs="+", default=["clean"])
    parser.add_argument("--memory", nargs="+", default=["1GiB"], help="of DuckDB, for each run of engine=stream")
    parser.add_argument(
        "--folder", type=resolved, help="where the tables are made, and stay; by default a temporary one"
    )
    given = parser.parse_args()
    steps = {stage: ["-m", f"assay.stages.{stage}"] for stage in given.stages}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for rows in given.rows:
            raw = taken_apart(enlarged(given.folder or Path(folder), rows), Path(folder, f"raw-{rows}"))
            engines = [["engine=local"], *(["engine=stream", f"engine.memory={memory}"] for memory in given.memory)]
            made = [
                measured(Path(folder, f"{engine[0][7:]}-{rows}-{place}"), raw, [*engine, *JOINED], rows, steps)
                for place, engine in enumerate(engines)
            ]
            print(f"{rows:,} rows: {'the same bytes' if len({*made}) == 1 else f'other bytes: {made}'}", flush=True)


def taken_apart(whole: Path, folder: Path) -> Path:
    """A folder like data/raw: the records without the values of the tests, and a table of these."""
    (folder / "tables/labs").mkdir(parents=True)
    names = [name for name in parquet.read_schema(whole).names if name not in TESTS]
    write(folder / "records.parquet", (batch.select(names) for batch in batches(whole)))
    write(folder / "tables/labs/records.parquet", values(whole))
    return folder


def values(whole: Path) -> Iterator[pa.RecordBatch]:
    """Rows of the table of values."""
    for day in DAYS:
        for batch in batches(whole):
            for test in TESTS:
                there = batch.filter(compute.not_equal(batch.column(test), ""))
                columns = {
                    "person": there.column("patient_id"),
                    "day": pa.repeat(day, len(there)),
                    "test": pa.repeat(test, len(there)),
                    "value": there.column(test),
                }
                yield pa.RecordBatch.from_pydict(columns)


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    with parquet.ParquetFile(path) as file:
        yield from file.iter_batches(ROWS)


def write(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    first = next(batches)
    with parquet.ParquetWriter(path, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


if __name__ == "__main__":
    main()
