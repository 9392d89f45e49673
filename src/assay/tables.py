"""Reading and writing the tables between stages: Parquet in one file or a folder of parts, and CSV for people."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import AssayError, about
from assay.files import FIGURES_KEPT, MAKE_AGAIN, damaged, replacing, require_file
from assay.machine import of_the_system
from assay.memory import require_memory

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

SMALL_TABLE = 1 << 20  # bytes; nobody asks how much memory a smaller one needs
WORKING, CELL = 3, 8  # times what a table takes, and bytes of a value, as measured: docs/scale.md
PART_NAME = "part-{:05}.parquet"  # of a table in parts, from 0 on


def write_table(path: Path, table: "pd.DataFrame") -> None:
    """Write a table without its index: as CSV if the name ends so, else as Parquet."""
    with replacing(path) as scratch:
        if path.suffix == ".csv":
            decimals = f"%.{FIGURES_KEPT}f"
            table.round(FIGURES_KEPT).to_csv(scratch, index=False, float_format=decimals, lineterminator="\n")
        else:
            table.to_parquet(scratch, index=False)


def read_table(path: Path, columns: Sequence[str] | None = None, optional: Sequence[str] = ()) -> "pd.DataFrame":
    """A Parquet table, one file or a folder of parts, or only its `columns`, and those `optional` ones that it has.

    AssayError if a file or a column is missing or damaged.
    """
    import pandas as pd
    import pyarrow as pa

    parts = parts_of(path)
    if sum(part.stat().st_size for part in parts) > SMALL_TABLE:
        require_memory(needed(path, columns), str(path))
    frame = pa.concat_tables(_read_part(part, columns, optional) for part in parts).to_pandas()
    assert isinstance(frame, pd.DataFrame)
    return frame


def parts_of(path: Path) -> list[Path]:
    """The files of a table in order: the file itself, or those in a folder.

    AssayError if there is none, one is missing before the last, or one is too many.
    """
    require_file(path)
    found = in_order(path.glob("*.parquet")) if path.is_dir() else [path]
    if not found:
        raise AssayError("there is no part of the table", where=str(path), todo=MAKE_AGAIN)
    if path.is_dir():
        for number, part in enumerate(found):
            if part.name != (due := PART_NAME.format(number)):
                what = f"not the parts of a table: {part.name} where {due} is due"
                raise AssayError(what, where=str(path), todo=MAKE_AGAIN)
    return found


def in_order(parts: Iterable[Path]) -> list[Path]:
    """The files of a folder by their numbers: part-100000 comes after part-99999."""
    return sorted(parts, key=lambda part: (len(part.name), part.name))


def needed(path: Path, columns: Sequence[str] | None = None) -> float:
    """About how many bytes a stage takes that reads a table, or some of its columns, and works on it."""
    return sum(_needed(part, columns) for part in parts_of(path))


def _needed(path: Path, columns: Sequence[str] | None) -> float:
    with opened_table(path) as file:
        names, rows = file.schema_arrow.names, file.metadata.num_rows
        groups = range(file.metadata.num_row_groups)
        stored = sum(file.metadata.row_group(number).total_byte_size for number in groups)
    share = len(columns) / len(names) if columns else 1.0
    return WORKING * share * (stored + CELL * rows * len(names))


def _read_part(path: Path, columns: Sequence[str] | None, optional: Sequence[str]) -> "pa.Table":
    with opened_table(path) as file:
        require_columns(file, path, columns or [])
        chosen = [*columns, *(name for name in optional if name in file.schema_arrow.names)] if columns else None
        return file.read(columns=chosen)


def require_columns(file: "parquet.ParquetFile", path: Path, columns: Sequence[str]) -> None:
    """AssayError if a table of the line lacks one of these columns."""
    if missing := sorted(set(columns) - set(file.schema_arrow.names)):
        what, todo = f"no column {', '.join(missing)}", "run: dvc repro (from this stage up)"
        raise AssayError(what, where=str(path), todo=todo)


@contextmanager
def opened_table(path: Path) -> "Iterator[parquet.ParquetFile]":
    """A Parquet file of the line; AssayError if it is damaged."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        # Not pandas.read_parquet: its dataset layer costs 0.2 s to import and is of no use for one file.
        with about(path), parquet.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        if of_the_system(error):
            raise
        raise damaged(path, error) from error
