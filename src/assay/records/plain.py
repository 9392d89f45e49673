"""Columns as pandas' own, of the types that a contract can describe; and the errors of those who read them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import compute, types

from assay.errors import AssayError, sample
from assay.machine import of_the_system
from assay.records.dialect import ENCODING, NOT_UTF8
from assay.records.formats import RESTORE

TEXTS = (types.is_string, types.is_large_string, types.is_string_view, types.is_null, types.is_decimal)
DAYS = (types.is_date, types.is_timestamp)
NUMBERED = re.compile(r"__index_level_\d+__")  # how pandas calls the numbers of rows in Parquet


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
        places = ", ".join(str(place) for place, name in enumerate(names, 1) if name == twice[0])
        todo = f"rename or remove one of columns {places}; {todo}"
        raise AssayError(f"columns of the same name: {sample(twice)}", where=where, todo=todo)


@contextmanager
def understood(form: str, where: str, todo: str) -> Iterator[None]:
    """Make an AssayError of whatever a reader of this format raises; where: the name of what is read, as stdin."""
    try:
        yield
    except Exception as error:  # each reader has errors of its own, and all say that this is no such file
        if of_the_system(error):
            raise
        reason = error.what if isinstance(error, AssayError) else str(error).partition("\n")[0]
        reason = NOT_UTF8 if isinstance(error, UnicodeDecodeError) else reason
        first = ENCODING if reason == NOT_UTF8 else getattr(error, "todo", "")
        mend = "; or ".join(filter(None, [first, todo]))
        raise AssayError(f"not a {form.upper()} table: {reason}", where=where, todo=mend) from error


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
