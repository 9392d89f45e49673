"""Queries about all rows of a table; the answer has a row for each, in their order, and is read some rows at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from assay.records.database import database, scan
from assay.records.parts import Parts
from assay.tables import parts_of

BATCH_ROWS = 1 << 18  # rows of a file for DuckDB, and of a batch of an answer
ROWS = "rows"  # the relation that a query is about; its column `row` has the number of the row, from 0


class Answer:
    """The rows of an answer, read when they are taken."""

    def __init__(self, reader: pa.RecordBatchReader) -> None:
        self.reader, self.left = reader, pa.Table.from_batches([], reader.schema)

    @classmethod
    def of_files(cls, path: Path) -> "Answer":
        """The answer that `keep` wrote."""
        files = [parquet.ParquetFile(one) for one in parts_of(path)]
        batches = (batch for file in files for batch in file.iter_batches())
        return cls(pa.RecordBatchReader.from_batches(files[0].schema_arrow, batches))

    def keep(self, path: Path) -> None:
        """Write all rows, some at a time."""
        parts = Parts(path, BATCH_ROWS, brief=True)
        parts.write(self.left)
        for batch in self.reader:
            parts.write(pa.Table.from_batches([batch]))
        parts.end()

    def whole(self) -> pa.Table:
        """All rows that are left."""
        return pa.concat_tables([self.left, self.reader.read_all()])

    def before(self, row: int) -> dict[str, np.ndarray]:
        """The next rows whose number, `row`, is below this one, if they come in that order."""
        while not len(self.left) or self.left["row"][-1].as_py() < row:
            if not self._more():
                break
        return self.take(int(np.searchsorted(self.left["row"].to_numpy(), row)))

    def take(self, rows: int) -> dict[str, np.ndarray]:
        """The next rows, by column. ValueError if there are fewer."""
        while len(self.left) < rows:
            if not self._more():
                raise ValueError(f"{rows} rows are asked of an answer that has {len(self.left)} more")
        found, self.left = self.left.slice(0, rows), self.left.slice(rows)
        return {name: found.column(name).to_numpy() for name in found.column_names}

    def _more(self) -> bool:
        batch = next(self.reader, None)
        if batch is not None:
            self.left = pa.concat_tables([self.left, pa.Table.from_batches([batch])])
        return batch is not None


@contextmanager
def answered(
    rows: Iterable[dict[str, Any]], query: str, counts: str, path: Path, memory: str, asks: str
) -> Iterator[tuple[Answer, tuple[Any, ...]]]:
    """The answers to two queries about `ROWS`: `query` gives a row for each of them, `counts` a single row.

    rows: batches of columns by name. path: where they are on disk meanwhile. asks: as of `assay.records.database`.
    """
    source = stored(rows, path)
    with database(path.parent, "data/cleaned", asks, memory=memory) as connection:
        connection.execute(f"CREATE VIEW {ROWS} AS {source}")
        found = connection.execute(counts).fetchall()[0]
        yield Answer(connection.sql(query).to_arrow_reader(BATCH_ROWS)), found


def stored(rows: Iterable[dict[str, Any]], path: Path) -> str:
    """Write batches of columns with the number of each row; gives the query that reads them."""
    parts, start = Parts(path, BATCH_ROWS, brief=True), 0
    for one in rows:
        table = pd.DataFrame(one)
        parts.add(table.assign(row=range(start, start + len(table))))
        start += len(table)
    parts.end()
    return scan(parts_of(path))
