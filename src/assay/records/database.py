"""DuckDB with bounded memory; what exceeds it goes to disk."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import AssayError
from assay.machine import advice
from assay.memory import require_addresses

if TYPE_CHECKING:
    import duckdb

UNITS = {"MiB": 1 << 20, "GiB": 1 << 30}
MEMORY = "1GiB"  # of DuckDB; the whole process needs some more
ADDRESSES, THREAD = 640 << 20, 64 << 20  # bytes of addresses that it takes from the start, for itself and each thread


@contextmanager
def database(
    scratch: Path, where: str, asks: str, *, memory: str = MEMORY, threads: int | None = None
) -> "Iterator[duckdb.DuckDBPyConnection]":
    """A DuckDB in memory that spills into a temporary folder within `scratch`, which is removed at the end.

    An error of DuckDB within the block (a value that is no date, a full disk) becomes an AssayError about `where`.
    asks: the key of the configuration that asks for the work.
    """
    try:
        import duckdb
    except ModuleNotFoundError as error:
        todo = "pip install duckdb; or, to score, hand over records that are joined already"
        raise AssayError("duckdb is not installed", where=where, todo=todo) from error

    threads = threads or os.cpu_count() or 1
    require_addresses(ADDRESSES + THREAD * threads, "DuckDB", where)
    with tempfile.TemporaryDirectory(prefix=".duckdb-", dir=scratch) as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": folder,
            "preserve_insertion_order": False,  # saves memory; every result here is ordered or a count
            "TimeZone": "UTC",
            "autoinstall_known_extensions": False,
        }
        try:
            with duckdb.connect(config=config) as connection:
                connection.execute("SET enable_progress_bar = false")  # its own bar would go to stdout
                yield connection
        except duckdb.OutOfMemoryException as error:
            todo = f"give engine.memory more, or ask for fewer rows or columns in {asks}"
            raise AssayError(_sentence(error), where=where, todo=todo) from error
        except duckdb.IOException as error:
            todo = advice(str(error)) or f"make sure that {where} can be read, and {scratch} written to"
            raise AssayError(_sentence(error), where=where, todo=todo) from error
        except duckdb.Error as error:
            raise AssayError(_sentence(error), where=where, todo=f"correct {asks} or the source") from error


def in_bytes(size: str) -> int:
    """The bytes of a size of the configuration.

    >>> in_bytes("2GiB")
    2147483648
    """
    return int(size[:-3]) * UNITS[size[-3:]]


def identifier(name: str) -> str:
    """A name as a quoted identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a quoted literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def scan(files: Sequence[Path]) -> str:
    """All rows of the files.

    Columns are matched by name, and folder names are no columns, so that the division into files changes nothing.
    """
    listed = ", ".join(literal(str(file)) for file in files)
    return f"SELECT * FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def _sentence(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
