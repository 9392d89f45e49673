"""The raw records of the line: the file in data/raw, joined with the tables beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from assay.joins.join import Asked, beside, joining
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
    with asked(folder, dataset, scratch, memory) as records:
        records.take()
        _keep(records.made(), scratch / MADE)
    yield from _beside(batches, dataset, scratch / MADE)


def counted(
    folder: Path, dataset: "Dataset", scratch: Path, memory: str, records: pd.DataFrame | None = None
) -> tuple[dict[str, Any], Iterator[pd.DataFrame]]:
    """What the log of clean says of the other tables, and the raw records with the made columns, in batches.

    records: the raw records, if they are in memory: then these are the batch. AssayError as of `Asked.counts`, and for
    a column that is of no use.
    """
    batches = raw_batches(raw_file(folder), dataset.source.dialect) if records is None else iter([records])
    if not dataset.tables:
        return {}, batches
    with asked(folder, dataset, scratch, memory, records) as one:
        counts = one.counts()
        one.take()
        one.require_useful()
        _keep(one.made(), scratch / MADE)
    return {"tables": counts}, _beside(batches, dataset, scratch / MADE)


@contextmanager
def asked(
    folder: Path, dataset: "Dataset", scratch: Path, memory: str, records: pd.DataFrame | None = None
) -> Iterator[Asked]:
    """The raw records as they ask for the rows of the tables beside them; AssayError as of `joining`."""
    with joining(_tables(folder, dataset), dataset, scratch, memory) as join:
        columns = {*join.needed, *dataset.made}
        batches = raw_batches(raw_file(folder), dataset.source.dialect, columns) if records is None else [records]
        with join.asked(batches) as found:
            yield found


def _tables(folder: Path, dataset: "Dataset") -> "dict[str, Batches]":
    """The rows of the tables beside the raw records."""
    return {
        name: raw_batches(raw_file(folder / OTHERS / name), one.source.dialect) for name, one in dataset.tables.items()
    }


def _keep(made: pa.RecordBatchReader, path: Path) -> None:
    """Write the made columns to disk, so that the records are read beside them without DuckDB's memory."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with path.open("wb") as stream, pa.ipc.new_stream(stream, made.schema, options=options) as written:
        for batch in made:
            written.write_batch(batch)


def _beside(batches: "Batches", dataset: "Dataset", path: Path) -> Iterator[pd.DataFrame]:
    with path.open("rb") as stream, pa.ipc.open_stream(stream) as made:
        yield from beside(batches, made, dataset)
