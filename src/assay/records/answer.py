"""A query about all rows of a table, answered in their order, some rows at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.files import parts_of
from assay.records.engine import engine, scan
from assay.records.parts import Parts

TOGETHER = 1 << 18  # rows of a file for DuckDB, and of an answer
ROWS = "rows"  # the relation that a query is about; its column `row` has the number of the row, from 0


class Answer:
    """The columns of an answer."""

    def __init__(self, reader: pa.RecordBatchReader) -> None:
        self.reader, self.left = reader, pa.Table.from_batches([], reader.schema)

    def take(self, rows: int) -> dict[str, np.ndarray]:
        """The next rows, by column."""
        while len(self.left) < rows:
            self.left = pa.concat_tables([self.left, pa.Table.from_batches([self.reader.read_next_batch()])])
        found, self.left = self.left.slice(0, rows), self.left.slice(rows)
        return {name: found.column(name).to_numpy() for name in found.column_names}


@contextmanager
def asked(
    rows: Iterable[dict[str, Any]], query: str, counts: str, path: Path, memory: str, asks: str
) -> Iterator[tuple[Answer, tuple[Any, ...]]]:
    """The answer to a query with a row for each of `ROWS`, and to one with a single row.

    rows: batches of columns by name. path: where they are on disk meanwhile. asks: as of `assay.records.engine.engine`.
    """
    source = stored(rows, path)
    with engine(path.parent, "data/cleaned", asks, memory=memory) as connection:
        connection.execute(f"CREATE VIEW {ROWS} AS {source}")
        found = connection.execute(counts).fetchall()[0]
        yield Answer(connection.sql(query).to_arrow_reader(TOGETHER)), found


def stored(rows: Iterable[dict[str, Any]], path: Path) -> str:
    """Write batches of columns, and the number of each row; the query that reads them."""
    parts, start = Parts(path, TOGETHER, brief=True), 0
    for one in rows:
        table = pd.DataFrame(one)
        parts.add(table.assign(row=range(start, start + len(table))))
        start += len(table)
    parts.end()
    return scan(parts_of(path))
