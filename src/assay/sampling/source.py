"""The Parquet files of a source: find them, hash them, check that their columns agree."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assay.config.sample import named
from assay.errors import AssayError, about, sample
from assay.files import sha256
from assay.machine import of_the_system
from assay.records.columns import WEIGHT

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.config.sample import Sample

LOCAL, WILDCARDS = "file://", set("*?[")
PATTERN = "*.parquet"


def parquet_files(uri: str) -> list[Path]:
    """The file itself, all files below a folder, or all that match a pattern like data/part-*.parquet, by name.

    AssayError if there are none.
    """
    path = Path(uri.removeprefix(LOCAL))
    found: Iterable[Path] = [path]
    if path.is_dir():
        found = path.rglob(PATTERN)
    elif WILDCARDS & set(str(path)):
        found = Path(path.anchor or ".").glob(str(path.relative_to(path.anchor)))
    if files := sorted(file for file in found if file.is_file()):
        return files
    raise AssayError(
        "no Parquet file", where=uri, todo="name a local file, a folder, or a pattern like data/part-*.parquet"
    )


def unordered_fingerprint(files: Sequence[Path]) -> str:
    """The SHA-256 of a file; of several files, that of the sorted list of their hashes, whatever their names."""
    hashes = sorted(map(sha256, files))
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def columns(files: Sequence[Path]) -> "dict[str, pa.DataType]":
    """The name and type of each column in the first file; AssayError if another file has other columns."""
    import pyarrow as pa
    from pyarrow import parquet

    first: dict[str, pa.DataType] = {}
    for file in files:
        try:
            with about(file):
                schema = parquet.read_schema(file)
        except (pa.ArrowException, OSError) as error:
            if of_the_system(error):
                raise
            raise AssayError(f"not a Parquet file: {error}", where=str(file), todo="restore it") from error
        first = first or dict(zip(schema.names, schema.types, strict=True))
        if differing := sorted(set(first) ^ set(schema.names)):
            raise AssayError(
                f"the files have different columns: {sample(differing)}",
                where=f"{files[0]}, {file}",
                todo="write all files with the same columns",
            )
    return first


def require_columns(found: "Mapping[str, pa.DataType]", spec: "Sample", where: str) -> None:
    """AssayError unless the named columns exist, the key is of whole numbers or text, and all names are distinct."""
    import pyarrow as pa

    if unknown := [name for name in named(spec) if name not in found]:
        todo = f"choose among: {', '.join(found)}"
        raise AssayError(f"dataset.sample names no column of the source: {sample(unknown)}", where=where, todo=todo)
    kind = found[spec.key]
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not any(is_kind(kind) for is_kind in (pa.types.is_integer, pa.types.is_string, pa.types.is_large_string)):
        todo = "take a key of whole numbers or text, which has one spelling"
        raise AssayError(f"column {spec.key} is of type {kind}", where=where, todo=todo)
    folded = [name.casefold() for name in (*found, WEIGHT)]
    if twice := sorted({name for name in folded if folded.count(name) > 1}):
        todo = f"rename them; {WEIGHT} is the column of the inclusion weights"
        raise AssayError(f"columns of the same name, but for case: {sample(twice)}", where=where, todo=todo)
