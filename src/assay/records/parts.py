"""A table as one Parquet file or, if it has more rows than a part may have, as a folder of parts.

The parts have names in the order of their rows, and all but the last the same number of rows. So the same rows give the
same bytes, however they came to be written: at once or batch by batch.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from assay.files import replacing
from assay.tables import PART_NAME

if TYPE_CHECKING:
    import pandas as pd

SLICE = 2  # a slice is copied if it keeps more than so many times the bytes of its rows in memory
BRIEF: Mapping[str, Any] = {"use_dictionary": False, "compression": "lz4", "write_statistics": False}


class Parts:
    """Takes a table in batches with the same columns and types, in order, and writes a part once its rows are there."""

    def __init__(self, path: Path, rows: int, executor: Executor | None = None, brief: bool = False) -> None:
        """executor: where parts are written while others are made; the caller ends it before the folder goes away.

        brief: they are read once and removed: it matters more how soon they are written than how small they are.
        """
        self.path, self.rows, self.number, self.executor = path, rows, 0, executor
        self.options = BRIEF if brief else {}
        self.waiting: list[pa.Table] = []
        self.there = 0
        self.written: Future[None] | None = None

    def write(self, batch: pa.Table) -> None:
        """Add rows. In memory are at most the rows of three parts, and this batch."""
        self.waiting.append(_alone(batch))
        self.there += len(batch)
        while self.there > self.rows:
            self._part()

    def add(self, batch: "pd.DataFrame") -> None:
        """Add rows of a table without its index."""
        self.write(pa.Table.from_pandas(batch, preserve_index=False))

    def end(self) -> None:
        """Write the rows that are left: as the file, if there is no part before them. ValueError without any batch."""
        if not self.number:
            _write(pa.concat_tables(self.waiting), self.path, self.options)
        elif self.there:
            self._part()
        self._wait()

    def _part(self) -> None:
        table = pa.concat_tables(self.waiting)
        self.path.mkdir(exist_ok=True)
        self._begin(table.slice(0, self.rows), self.path / PART_NAME.format(self.number))
        left = table.slice(self.rows)
        self.number, self.waiting, self.there = self.number + 1, [_alone(left)], len(left)

    def _begin(self, part: pa.Table, path: Path) -> None:
        self._wait()
        if self.executor:
            self.written = self.executor.submit(_write, part, path, self.options)
        else:
            _write(part, path, self.options)

    def _wait(self) -> None:
        if self.written:
            self.written.result()


@contextmanager
def writing(path: Path, rows: int) -> Iterator[Parts]:
    """Parts that become the table at `path`, in place of one that is there, when the block has succeeded."""
    with replacing(path) as scratch, ThreadPoolExecutor(1) as executor:
        parts = Parts(scratch, rows, executor)
        yield parts
        parts.end()


def write_parts(path: Path, table: "pd.DataFrame", rows: int) -> None:
    """Write a whole table, without its index."""
    with writing(path, rows) as parts:
        parts.add(table)


def _alone(table: pa.Table) -> pa.Table:
    """The table; a copy if it is a slice, which keeps all of a larger table in memory."""
    if table.get_total_buffer_size() <= SLICE * table.nbytes:
        return table
    return table.take(pa.array(np.arange(len(table))))


def _write(table: pa.Table, path: Path, options: Mapping[str, Any]) -> None:
    """Write the table in one piece: Parquet's pages end where pieces end, and pieces depend on how a table was made."""
    parquet.write_table(table.unify_dictionaries().combine_chunks(), path, **options)
