"""Reads raw files as tables: a CSV as texts, "" for a missing value; Parquet and pickles as typed values."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from assay.errors import AssayError, about, sample
from assay.memory import require_memory
from assay.records.formats import CSV, PARQUET, RESTORE, form_of_name
from assay.records.pickled import read_pickle
from assay.records.plain import typed, understood
from assay.records.streaming import CsvRecords
from assay.records.writing import texts
from assay.tables import SMALL_TABLE, in_order

if TYPE_CHECKING:
    from assay.config.source import Dialect

BATCH = 1 << 17  # rows
SEPARATORS = (b",", b";", b"\t", b"\n")  # as many as cells, about
WRITTEN, CELL = 3, 32  # bytes of memory for each byte of the file, and for each value besides


def read(
    path: Path, form: str | None = None, todo: str = RESTORE, where: str = "", dialect: "Dialect | None" = None
) -> pd.DataFrame:
    """A file as a table, or a folder of files; AssayError if it is missing, empty or no table.

    A CSV gives texts (str). Parquet and pickles give str, too, for texts, categories of texts and decimal numbers, ""
    where missing; else float64, Int64 or UInt64, boolean, or datetime64 as the clock showed it in the zone that the
    column names. What a column gives depends on its type alone, not on its values.

    form: by default that of the file's suffix. todo: the advice in that error, which depends on whose file it is.
    where: the name of the file in it, if this is a copy. dialect: how a CSV is written, if not in the usual way.
    Nothing that a pickle names is run (`assay.records.pickled`).
    """
    form = form or form_of_name(path)
    parts = raw_parts(path, form)
    if sum(part.stat().st_size for part in parts if part.is_file()) > SMALL_TABLE:
        require_memory(needed(parts, form, todo, where), where or str(path))
    if path.is_dir():
        tables = [read(one, form, todo, where, dialect) for one in parts]
        for one, table in zip(parts, tables, strict=True):
            require_alike(kinds_of(table), kinds_of(tables[0]), where or str(one), todo)
        return pd.concat(tables, ignore_index=True)
    if form != CSV:
        return typed(arrow_table(path, form, todo, where), where or str(path), todo)
    with csv_records(path, todo, where, dialect) as found:
        columns = pa.schema([(name, pa.large_string()) for name in found.names])
        batches = [one.columns for one in found.batches(found.names)]
        return typed(pa.Table.from_batches(batches, columns), found.where, todo)


def needed(parts: list[Path], form: str, todo: str = RESTORE, where: str = "") -> float:
    """About how many bytes `clean` takes of a raw table, by what it took of others: docs/scale.md; 0 of a pickle."""
    total = 0.0
    for part in parts if form in MEASURES else []:
        with reading(part, form, todo, where):
            total += MEASURES[form](part)
    return total


def _of_csv(path: Path) -> float:
    size = path.stat().st_size
    with path.open("rb") as stream:
        some = stream.read(SMALL_TABLE)
    cells = sum(map(some.count, SEPARATORS)) * size / len(some)
    return WRITTEN * size + CELL * cells


def _of_parquet(path: Path) -> float:
    found = parquet.read_metadata(path)
    stored = sum(found.row_group(number).total_byte_size for number in range(found.num_row_groups))
    return WRITTEN * stored + CELL * found.num_rows * found.num_columns


MEASURES = {CSV: _of_csv, PARQUET: _of_parquet}


def raw_parts(path: Path, form: str) -> list[Path]:
    """The raw files of a table in order: the file itself, or those in a folder; AssayError if it is empty."""
    if not path.is_dir():
        return [path]
    if found := in_order(path.glob(f"*.{form}")):
        return found
    raise AssayError("there is no part of the table", where=str(path), todo=RESTORE)


def kinds_of(table: pd.DataFrame) -> dict[str, object]:
    """The columns of a table with their types."""
    return {str(name): kind for name, kind in table.dtypes.items()}


def require_alike(kinds: Mapping[str, object], first: Mapping[str, object], where: str, todo: str) -> None:
    """AssayError unless a file of a folder has the columns of the first one, with their types."""
    if kinds != first:
        others = sorted({*kinds.items()} ^ {*first.items()}, key=str)
        names = list(dict.fromkeys(name for name, _ in others))
        raise AssayError(f"not as in the first file of the folder: column {sample(names)}", where=where, todo=todo)


@contextmanager
def csv_records(path: Path, todo: str, where: str = "", dialect: "Dialect | None" = None) -> Iterator[CsvRecords]:
    """The records of a CSV; AssayError as of `read`."""
    require_there(path, todo, where)
    with about(path), path.open("rb") as stream:
        yield CsvRecords(stream, where or str(path), todo, dialect)


def arrow_table(path: Path, form: str, todo: str = RESTORE, where: str = "") -> pa.Table:
    """A Parquet file or a pickle; AssayError as of `read`."""
    with reading(path, form, todo, where):
        if form != PARQUET:
            return pa.table({str(name): _arrow(column) for name, column in read_pickle(path).items()})
        with parquet.ParquetFile(path) as file:
            return file.read()


def schema(path: Path, todo: str = RESTORE, where: str = "") -> pa.Schema:
    """Names and types of the columns of a Parquet file; AssayError as of `read`."""
    with reading(path, PARQUET, todo, where):
        return parquet.read_schema(path)


def names_in(path: Path, form: str, where: str = "", dialect: "Dialect | None" = None) -> list[str]:
    """The names of the columns of a file; AssayError as of `read`."""
    if form == PARQUET:
        return schema(path, where=where).names
    if form != CSV:
        return arrow_table(path, form, where=where).column_names
    with csv_records(path, RESTORE, where, dialect) as found:
        return found.names


def as_parquet(path: Path, form: str, todo: str, where: str = "") -> None:
    """Make a pickled table a Parquet file, in place; AssayError as of `read`."""
    parquet.write_table(arrow_table(path, form, todo, where), path)


def copy_without(names: Collection[str], source: Path, target: Path, todo: str = RESTORE, where: str = "") -> None:
    """Copy a Parquet file, batch by batch, without these columns and without what else was noted in it.

    AssayError as of `read`.
    """
    with reading(source, PARQUET, todo, where), parquet.ParquetFile(source) as file:
        kept = pa.schema([pa.field(one.name, one.type) for one in file.schema_arrow if one.name not in names])
        with parquet.ParquetWriter(target, kept) as written:
            for batch in file.iter_batches(BATCH):  # to Parquet, a name with a point may mean a part of a column
                columns = [batch.column(name) for name in kept.names]
                written.write_batch(pa.record_batch(columns, schema=kept))


@contextmanager
def reading(path: Path, form: str, todo: str, where: str = "") -> Iterator[None]:
    """As `understood`, for a file that must be there; where: its name, if this is a copy."""
    require_there(path, todo, where)
    with understood(form, where or str(path), todo), about(path):
        yield


def require_there(path: Path, todo: str, where: str = "") -> None:
    """AssayError if there is no such file, or a pipe, which would be waited for."""
    if not path.is_file():
        what = "not a file" if path.exists() else "the file is missing"
        raise AssayError(what, where=where or str(path), todo=todo)


def _arrow(column: pd.Series) -> pa.Array:
    """A pickled column; one of objects that are not all texts becomes texts."""
    if column.dtype == "object" and not all(isinstance(value, str) for value in column.dropna()):
        column = texts(column)
    return pa.array(column, pa.large_string() if column.dtype == "object" else None)
