"""Tables in batches of bounded size: raw files, and tables of the line, with the values that whole ones have."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from assay.errors import about
from assay.memory import require_memory
from assay.records import streaming
from assay.records.formats import CSV, RESTORE, form_of_name
from assay.records.reading import csv_records, kinds_of, raw_parts, require_alike, require_there
from assay.records.streaming import CsvRecords, ParquetRecords
from assay.tables import opened_table, parts_of, read_table, require_columns

if TYPE_CHECKING:
    from assay.config.source import Dialect

BLOCK, VALUE = 64 << 20, 64  # bytes of columns that are read together, and of a value, if it is a text
BLOCKS_KEPT = 3  # blocks of columns: a column is often asked for beside the ids and the days


def raw_batches(
    path: Path, dialect: "Dialect | None" = None, columns: Collection[str] | None = None, todo: str = RESTORE
) -> Iterator[pd.DataFrame]:
    """A raw table, in batches whose index is the number of the row, from 0; AssayError as of `read`.

    columns: only those of them that there are. todo: the advice in an error.
    """
    start, first = 0, dict[str, object]()
    for part in raw_parts(path, form_of_name(path)):
        with _opened(part, dialect, todo) as found:
            names = [name for name in found.names if columns is None or name in columns]
            for batch in found.batches(names):
                table = batch.table(found.where, found.todo)
                kinds = kinds_of(table)
                first = first or kinds
                require_alike(kinds, first, found.where, found.todo)
                yield table[[*first]].set_axis(pd.RangeIndex(start, start + len(table)))
                start += len(table)


@contextmanager
def _opened(path: Path, dialect: "Dialect | None", todo: str) -> Iterator[CsvRecords | ParquetRecords]:
    if form_of_name(path) == CSV:
        with csv_records(path, todo, dialect=dialect) as found:
            yield found
        return
    require_there(path, todo)
    with about(path), path.open("rb") as stream:
        yield ParquetRecords(stream, str(path), todo)


def names_of(path: Path) -> list[str]:
    """The columns of a table of the line."""
    with opened_table(parts_of(path)[0]) as file:
        return file.schema_arrow.names


def rows_of(path: Path) -> int:
    """How many rows a table of the line has."""
    rows = 0
    for part in parts_of(path):
        with opened_table(part) as file:
            rows += file.metadata.num_rows
    return rows


def require_memory_of(path: Path, bytes_per_record: int) -> None:
    """AssayError if so many bytes for each record of a table of the line are not free."""
    require_memory(
        bytes_per_record * rows_of(path), str(path), "take a sample (docs/sampling.md) or a machine with more"
    )


class Columns(Mapping[str, pd.Series]):
    """The columns of tables of the line, one after another; each is read when it is asked for, with a few after it.

    So many are read at once as take about `BLOCK` bytes: opening a file takes longer, the more columns it has. names:
    the column of the tables for each name; by default every column has its own name. AssayError as of `read_table`.
    """

    def __init__(self, *paths: Path, names: Mapping[str, str] | None = None) -> None:
        self.paths = paths
        self.names = {name: name for name in names_of(paths[0])} if names is None else names
        self._read: list[pd.DataFrame] = []

    def __getitem__(self, name: str) -> pd.Series:
        there = self.names.get(name, name)
        found = next((some for some in self._read if there in some), None)
        if found is None:
            found = self._read_columns([there, *self._after(there)])
        others = [some for some in self._read if some is not found]  # the one that was used last comes first
        self._read = [found, *others][: BLOCKS_KEPT if found.shape[1] > 1 else 1]
        return found[there].rename(name)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def chosen(self, names: Mapping[str, str]) -> "Columns":
        """Some of the columns under other names; names: the column of the tables for each of these."""
        return Columns(*self.paths, names=names)

    def _read_columns(self, names: list[str]) -> pd.DataFrame:
        tables = [read_table(path, names) for path in self.paths]
        return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)

    def _after(self, name: str) -> list[str]:
        """Columns that are there, and that are named after this one."""
        at_once = BLOCK // (VALUE * max(1, self._rows))
        place = self._places.get(name, len(self._places))
        return list(self._places)[place + 1 : place + at_once]

    @cached_property
    def _rows(self) -> int:
        return sum(map(rows_of, self.paths))

    @cached_property
    def _places(self) -> dict[str, int]:
        there = set(names_of(self.paths[0]))
        return {name: place for place, name in enumerate(one for one in self.names.values() if one in there)}


def numbers_of(path: Path) -> list[str]:
    """The columns of a table of the line that are numbers."""
    with opened_table(parts_of(path)[0]) as file:
        kinds = file.schema_arrow
    return [one.name for one in kinds if pa.types.is_integer(one.type) or pa.types.is_floating(one.type)]


def table_batches(path: Path, columns: Sequence[str] | None = None, *, whole: bool = False) -> Iterator[pd.DataFrame]:
    """A table of the line in batches with the types that `read_table` gives, or whole, as a single one; at least one.

    Two tables of as many rows come in batches of the same lengths. AssayError as of `read_table`.
    """
    if whole:
        yield read_table(path, columns)
        return
    some = False
    for part in parts_of(path):
        with opened_table(part) as file:
            require_columns(file, part, columns or [])
            for batch in file.iter_batches(streaming.ROWS, columns=columns):
                some = True
                yield pa.Table.from_batches([batch]).to_pandas()
    if not some:
        yield read_table(path, columns)
