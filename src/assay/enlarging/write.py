"""Reads a table to be enlarged, and writes its copies, batch by batch: as CSV, as Parquet, or as a folder of parts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from assay.enlarging.enlarge import Wish, enlarged
from assay.errors import AssayError
from assay.files import is_in_parts, replacing
from assay.placing import require_another
from assay.progress import progress
from assay.records.formats import CSV, PARQUET, SUFFIXES
from assay.records.parts import Parts
from assay.records.plain import typed
from assay.records.reading import arrow_table, read
from assay.records.writing import texts
from assay.tables import PART_NAME

MEND = "restore the file"
Write = Callable[[pa.Table], object]


def enlarge(source: Path, target: Path, wish: Wish, part_rows: int | None = None) -> None:
    """Write the enlarged table: to a file by its suffix, or, with `part_rows`, to a folder of Parquet files.

    The same file and wish give the same bytes. In memory are the source, a few times over, and one part.
    """
    require_target(source, target, part_rows)
    batches = enlarged(as_arrow(source), wish, str(source))
    with opened(target, wish.rows, part_rows) as write, progress(wish.rows, "rows") as bar:
        for batch in batches:
            write(batch)
            bar.update(len(batch))


def require_target(source: Path, target: Path, part_rows: int | None) -> None:
    """AssayError for a target that says no format, or for one that is there and is the source, or no earlier output."""
    if part_rows is not None:
        _require_folder(source, target)
        return
    if target.suffix not in SUFFIXES:
        todo = f"end its name with {', '.join(SUFFIXES)}; or --part-rows N, for a folder of parts"
        raise AssayError("the name has the ending of no format", where=str(target), todo=todo)
    require_another(target, str(target), {"table": source})


def _require_folder(source: Path, target: Path) -> None:
    """AssayError for what may not make way for a folder of parts: all that is in it would be gone."""
    if target.exists() and not target.is_dir():
        raise AssayError("not a folder", where=str(target), todo="name a folder for the parts")
    if source.resolve().is_relative_to(target.resolve()):
        raise AssayError("it would replace the table", where=str(target), todo="name another folder")
    if target.exists() and not is_in_parts(target):
        what = "it would replace a folder that has more in it than the parts of a table"
        raise AssayError(what, where=str(target), todo="name a new folder")


def as_arrow(path: Path) -> pa.Table:
    """A CSV as texts, Parquet as it is."""
    form = SUFFIXES.get(path.suffix)
    if form is None:
        raise AssayError("neither a CSV nor a Parquet file", where=str(path), todo=f"a name in {', '.join(SUFFIXES)}")
    if form == PARQUET:
        return arrow_table(path, form, MEND)
    return pa.Table.from_pandas(read(path, form, MEND), preserve_index=False).replace_schema_metadata()


@contextmanager
def opened(target: Path, rows: int, part_rows: int | None) -> Iterator[Write]:
    """A writer of batches of so many rows in all; they take the target's place when all have come."""
    with replacing(target) as scratch:
        if part_rows:
            scratch.mkdir()
            parts = Parts(scratch if rows > part_rows else scratch / PART_NAME.format(0), part_rows)
            yield parts.write
            parts.end()
        elif SUFFIXES[target.suffix] == CSV:
            yield CsvLines(scratch).write
        else:
            with ParquetFile(scratch) as file:
                yield file.write


class CsvLines:
    """A CSV with the values as people write them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, batch: pa.Table) -> None:
        """Add lines; before the first, the names."""
        table = typed(batch, str(self.path), MEND)
        written = pd.DataFrame({name: texts(table[name]) for name in table})
        written.to_csv(self.path, mode="a", header=not self.path.exists(), index=False, lineterminator="\n")


class ParquetFile:
    """One Parquet file, with a group of rows for each batch."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer: parquet.ParquetWriter | None = None

    def __enter__(self) -> "ParquetFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self.writer:
            self.writer.close()

    def write(self, batch: pa.Table) -> None:
        """Add rows."""
        self.writer = self.writer or parquet.ParquetWriter(self.path, batch.schema)
        self.writer.write_table(batch)
