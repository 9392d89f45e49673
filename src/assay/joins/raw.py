"""The raw records of the line: the file in data/raw, joined with the tables beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from assay.joins.join import PendingJoin, joining, with_made
from assay.records.batches import raw_batches
from assay.records.formats import OTHERS, raw_file
from assay.records.reading import read

if TYPE_CHECKING:
    from assay.config.dataset import Dataset
    from assay.joins.join import Batches

MADE = "made"  # the made columns on disk, while records are read beside them


def raw_records(folder: Path, dataset: "Dataset") -> pd.DataFrame:
    """The raw records with the columns that are made of other tables; AssayError as of `read` and `joining`."""
    records = read(raw_file(folder), dialect=dataset.source.dialect)
    if not dataset.tables:
        return records
    with joining(_tables(folder, dataset), dataset) as join:
        return join(records)


def raw_in_batches(folder: Path, dataset: "Dataset", scratch: Path, memory: str) -> Iterator[pd.DataFrame]:
    """The same in batches, whose index is the number of the row.

    scratch: for what is on disk meanwhile; memory: of DuckDB.
    """
    batches = raw_batches(raw_file(folder), dataset.source.dialect)
    if not dataset.tables:
        yield from batches
        return
    with pending_join(folder, dataset, scratch, memory) as join:
        join.make()
        _keep(join.made(), scratch / MADE)
    yield from _with_made(batches, dataset, scratch / MADE)


def counted(
    folder: Path, dataset: "Dataset", scratch: Path, memory: str, records: pd.DataFrame | None = None
) -> tuple[dict[str, Any], Iterator[pd.DataFrame]]:
    """The log of clean on the other tables, and the raw records with the made columns, in batches.

    records: the raw records, if they are in memory: then they are the only batch. AssayError as of
    `PendingJoin.counts`, and for a column that is of no use.
    """
    batches = raw_batches(raw_file(folder), dataset.source.dialect) if records is None else iter([records])
    if not dataset.tables:
        return {}, batches
    with pending_join(folder, dataset, scratch, memory, records) as join:
        counts = join.counts()
        join.make()
        join.require_useful()
        _keep(join.made(), scratch / MADE)
    return {"tables": counts}, _with_made(batches, dataset, scratch / MADE)


@contextmanager
def pending_join(
    folder: Path, dataset: "Dataset", scratch: Path, memory: str, records: pd.DataFrame | None = None
) -> Iterator[PendingJoin]:
    """The join of the raw records with the tables beside them, not made yet; AssayError as of `joining`."""
    with joining(_tables(folder, dataset), dataset, scratch, memory) as joiner:
        columns = {*joiner.needed, *dataset.made}
        batches = raw_batches(raw_file(folder), dataset.source.dialect, columns) if records is None else [records]
        with joiner.pending(batches) as join:
            yield join


def _tables(folder: Path, dataset: "Dataset") -> "dict[str, Batches]":
    """The rows of the tables beside the raw records."""
    return {
        name: raw_batches(raw_file(folder / OTHERS / name), one.source.dialect) for name, one in dataset.tables.items()
    }


def _keep(made: pa.RecordBatchReader, path: Path) -> None:
    """Write the made columns to disk: so DuckDB's memory is free while the records are read beside them."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with path.open("wb") as stream, pa.ipc.new_stream(stream, made.schema, options=options) as written:
        for batch in made:
            written.write_batch(batch)


def _with_made(batches: "Batches", dataset: "Dataset", path: Path) -> Iterator[pd.DataFrame]:
    with path.open("rb") as stream, pa.ipc.open_stream(stream) as made:
        yield from with_made(batches, made, dataset)
