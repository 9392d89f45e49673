"""Reads raw files as tables: a CSV as texts, "" for a missing value; Parquet and pickles as typed values."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import compute, parquet, types

from assay.errors import AssayError, about, sample
from assay.machine import of_the_system
from assay.records.formats import CSV, PARQUET, RESTORE, SUFFIXES
from assay.records.pickled import read_pickle
from assay.records.writing import texts

TEXTS = (types.is_string, types.is_large_string, types.is_string_view, types.is_null, types.is_decimal)
DAYS = (types.is_date, types.is_timestamp)
NOT_UTF8 = "the text is not in UTF-8: save it as UTF-8"
BATCH = 1 << 17  # rows
NUMBERED = re.compile(r"__index_level_\d+__")  # how pandas calls the numbers of rows in Parquet


def read(path: Path, form: str | None = None, todo: str = RESTORE, where: str = "") -> pd.DataFrame:
    """A file as a table; AssayError if it is missing, empty or no table.

    A CSV gives texts (str). Parquet and pickles give str, too, for texts, categories of texts and decimal numbers, ""
    where missing; else float64, Int64 or UInt64, boolean, or datetime64 as the clock showed it in the zone that the
    column names. What a column gives depends on its type alone, not on its values.

    form: by default that of the file's suffix. todo: the advice in that error, which depends on whose file it is.
    where: the name of the file in it, if this is a copy. Nothing that a pickle names is run (`assay.records.pickled`).
    """
    form = form or SUFFIXES[path.suffix]
    if form != CSV:
        return typed(arrow_table(path, form, todo, where), where or str(path), todo)
    with reading(path, form, todo, where):
        return pd.read_csv(path, dtype="str", keep_default_na=False, na_filter=False)


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


def names_in(path: Path, form: str, where: str = "") -> list[str]:
    """The names of the columns of a file; AssayError as of `read`."""
    if form == PARQUET:
        return schema(path, where=where).names
    if form != CSV:
        return arrow_table(path, form, where=where).column_names
    with reading(path, form, RESTORE, where):
        return list(pd.read_csv(path, dtype="str", nrows=0).columns)


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


def typed(table: pa.Table, where: str, todo: str = RESTORE) -> pd.DataFrame:
    """The columns as pandas' own, as `read` says; AssayError for a column that no contract can describe."""
    names = [name for name in table.column_names if not NUMBERED.fullmatch(name)]
    require_plain(table.schema, where, todo)
    return pd.DataFrame({name: _typed(table.column(name)) for name in names}, index=pd.RangeIndex(len(table)))


def require_plain(fields: Iterable[pa.Field], where: str, todo: str) -> None:
    """AssayError for columns of the same name, and for a type that holds more than one value, or bytes."""
    fields = list(fields)
    require_distinct([one.name for one in fields], where, todo)
    if odd := [f"{one.name} ({one.type})" for one in fields if not _is_plain(one.type)]:
        raise AssayError(
            f"not numbers, texts, truth values or dates, in all rows: column {sample(odd)}",
            where=where,
            todo=f"write them as such, or leave them out; {todo}",
        )


def require_distinct(names: Sequence[str], where: str, todo: str) -> None:
    """AssayError for columns of the same name."""
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        raise AssayError(f"columns of the same name: {sample(twice)}", where=where, todo=todo)


@contextmanager
def reading(path: Path, form: str, todo: str, where: str = "") -> Iterator[None]:
    """Make an AssayError of whatever a reader of this format raises; where: the name of the file, if this is a copy."""
    if not path.exists():
        raise AssayError("the file is missing", where=where or str(path), todo=todo)
    with understood(form, where or str(path), todo), about(path):
        yield


@contextmanager
def understood(form: str, where: str, todo: str) -> Iterator[None]:
    """The same for what is no file, such as stdin: `where` names it."""
    try:
        yield
    except Exception as error:  # each reader has errors of its own, and all say that this is no such file
        if of_the_system(error):
            raise
        reason = error.what if isinstance(error, AssayError) else str(error).partition("\n")[0]
        reason = NOT_UTF8 if isinstance(error, UnicodeDecodeError) else reason
        raise AssayError(f"not a {form.upper()} table: {reason}", where=where, todo=todo) from error


def _is_plain(kind: pa.DataType) -> bool:
    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    return any(is_kind(kind) for is_kind in (*TEXTS, *DAYS, types.is_boolean, types.is_integer, types.is_floating))


def _typed(column: pa.ChunkedArray) -> Any:
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if any(is_kind(kind) for is_kind in TEXTS):
        return pd.array(compute.fill_null(column.cast(pa.large_string()), ""), dtype="str")
    if types.is_boolean(kind):
        return _nullable("boolean", column)
    if types.is_integer(kind):
        wide = "UInt64" if types.is_unsigned_integer(kind) else "Int64"
        return _nullable(wide, column.cast(wide.lower()))
    if types.is_floating(kind):
        return column.cast(pa.float64()).to_numpy()
    days = column.cast(pa.timestamp("s")) if types.is_date32(kind) else column
    days = column.cast(pa.timestamp("ms")) if types.is_date64(kind) else days
    return days.to_pandas().dt.tz_localize(None).array


def _nullable(name: str, column: pa.ChunkedArray) -> Any:
    dtype: Any = pd.api.types.pandas_dtype(name)
    return dtype.__from_arrow__(column)


def _arrow(column: pd.Series) -> pa.Array:
    """A pickled column; one of objects that are not all texts becomes texts."""
    if column.dtype == "object" and not all(isinstance(value, str) for value in column.dropna()):
        column = texts(column)
    return pa.array(column, pa.large_string() if column.dtype == "object" else None)
