"""Joins files with the same columns into one table, in their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from assay.errors import AssayError, sample
from assay.records.formats import CSV, PARQUET, SUFFIXES
from assay.records.plain import NUMBERED
from assay.records.reading import BATCH, csv_records, read, reading, schema
from assay.records.writing import write_csv

if TYPE_CHECKING:
    from assay.config.source import Dialect


@dataclass(frozen=True)
class Part:
    """A file, and its name for people: `path` may be a copy."""

    path: Path
    name: str


def join(
    parts: Sequence[Part], target: Path, mend: Callable[[str], str], dialect: "Dialect | None" = None
) -> list[int]:
    """Write the rows of all parts to `target`, CSV or Parquet as its name ends; how many each part has.

    The columns are in the order of the first part. mend: what to do about a file, by its name. dialect: how
    a CSV is written, and what is made of them. AssayError naming the
    file and the column if a part has other columns, or, in Parquet, another type in one of them.
    """
    return _csv(parts, target, mend, dialect) if SUFFIXES[target.suffix] == CSV else _parquet(parts, target, mend)


def require_alike(parts: Sequence[Part], mend: Callable[[str], str], dialect: "Dialect | None" = None) -> list[int]:
    """How many rows each of some files has that are one table as they are; AssayError as of `join`."""
    if SUFFIXES[parts[0].path.suffix] != CSV:
        _require_alike([_plain(schema(part.path, mend(part.name), part.name)) for part in parts], parts, mend)
        return [parquet.read_metadata(part.path).num_rows for part in parts]
    names: list[list[str]] = []
    rows = []
    for part in parts:
        with csv_records(part.path, mend(part.name), part.name, dialect) as found:
            names.append(found.names)
            _require_columns(part, found.names, names[0], parts[0], mend)
            rows.append(sum(len(batch.columns) for batch in found.batches(found.names)))
    return rows


def _csv(parts: Sequence[Part], target: Path, mend: Callable[[str], str], dialect: "Dialect | None") -> list[int]:
    tables = [read(part.path, CSV, mend(part.name), part.name, dialect) for part in parts]
    names = list(tables[0].columns)
    for part, table in zip(parts, tables, strict=True):
        _require_columns(part, list(table.columns), names, parts[0], mend)
    write_csv(pd.concat([table[names] for table in tables]), target, dialect)
    return list(map(len, tables))


def _parquet(parts: Sequence[Part], target: Path, mend: Callable[[str], str]) -> list[int]:
    schemas = [_plain(schema(part.path, mend(part.name), part.name)) for part in parts]
    _require_alike(schemas, parts, mend)
    with parquet.ParquetWriter(target, schemas[0]) as written:
        return [_copied(part, schemas[0], written, mend) for part in parts]


def _require_alike(schemas: Sequence[pa.Schema], parts: Sequence[Part], mend: Callable[[str], str]) -> None:
    for part, found in zip(parts, schemas, strict=True):
        _require_columns(part, found.names, schemas[0].names, parts[0], mend)
        _require_types(part, found, schemas[0], mend)


def _plain(found: pa.Schema) -> pa.Schema:
    """Names and types alone: what else a writer noted, such as pandas its index, is of one file."""
    return pa.schema([pa.field(one.name, one.type) for one in found if not NUMBERED.fullmatch(one.name)])


def _copied(part: Part, wanted: pa.Schema, written: parquet.ParquetWriter, mend: Callable[[str], str]) -> int:
    rows = 0
    with reading(part.path, PARQUET, mend(part.name), part.name), parquet.ParquetFile(part.path) as file:
        for batch in file.iter_batches(BATCH):  # to Parquet, a name with a point may mean a part of a column
            columns = [batch.column(one.name).cast(one.type) for one in wanted]
            written.write_batch(pa.record_batch(columns, schema=wanted))
            rows += batch.num_rows
    return rows


def _require_columns(part: Part, there: list[str], wanted: list[str], first: Part, mend: Callable[[str], str]) -> None:
    missing = [name for name in wanted if name not in there]
    unknown = [name for name in there if name not in wanted]
    if missing or unknown:
        found = [f"missing column {sample(missing)}"] if missing else []
        found += [f"unknown column {sample(unknown)}"] if unknown else []
        what = f"{'; '.join(found)}: not the columns of {first.name}"
        raise AssayError(what, where=part.name, todo=mend(part.name))


def _require_types(part: Part, found: pa.Schema, wanted: pa.Schema, mend: Callable[[str], str]) -> None:
    for one in wanted:
        kind = found.field(one.name).type
        if kind != one.type and not (_is_text(kind) and _is_text(one.type)):
            what = f"column {one.name} is of type {kind}, in the first file {one.type}"
            raise AssayError(what, where=part.name, todo=f"write it with that type; {mend(part.name)}")


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
