"""Contradictions in `dataset.tables` and `dataset.made`, each named by its key."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Made, Table

LAST, FIRST, COUNT, TREND = "last", "first", "count", "trend"
NUMERIC_TAKES = ("mean", "min", "max", "sum", TREND)
TAKES = (LAST, FIRST, COUNT, *NUMERIC_TAKES)


def faults(dataset: "Dataset") -> list[str]:
    """The contradictions; empty if there are none."""
    found = [one for name, table in dataset.tables.items() for one in _of_table(name, table, dataset)]
    found += [one for name, made in dataset.made.items() for one in _of_made(name, made, dataset)]
    if dataset.tables and dataset.sample:
        found.append("dataset.sample and dataset.tables: a sample is drawn of one table; join them beforehand")
    if dataset.index and dataset.columns.get(dataset.index) is None:
        found.append(f"dataset.index names no column: {dataset.index}")
    return found


def _of_table(name: str, table: "Table", dataset: "Dataset") -> Iterator[str]:
    key = f"dataset.tables.{name}"
    of = table.of or dataset.key
    if of is None:
        yield f"{key}.of is missing: the column of a record that {table.key} is compared with; or give dataset.key"
    elif of not in dataset.columns or of in dataset.made:
        yield f"{key}.of names no column of a record: {of}"
    if table.format and not dataset.index:
        yield f"{key}.format is of dates, and there is no dataset.index: the column of the date of a record"
    if name not in {one.table for one in dataset.made.values()}:
        yield f"{key} is of no use: no column of dataset.made takes from it"


def _of_made(name: str, made: "Made", dataset: "Dataset") -> Iterator[str]:
    key, column = f"dataset.made.{name}", dataset.columns.get(name)
    if made.take not in TAKES:
        yield f"{key}.take={made.take} is none of: {', '.join(TAKES)}"
    if column is None:
        yield f"{key}: declare it among dataset.columns, with its type"
    elif made.take in (COUNT, *NUMERIC_TAKES) and column.type != "number":
        yield f"dataset.columns.{name}.type={column.type}: a {made.take} is a number"
    if (made.value is None) != (made.take == COUNT):
        yield f"{key}.value is missing" if made.value is None else f"{key}.value: a count has none"
    if made.within is not None and made.within < made.gap:
        yield f"{key}.within={made.within:g} is less than {key}.gap={made.gap:g}: no row can count"
    if made.table not in dataset.tables:
        yield f"{key}.table names none of dataset.tables: {made.table}"
    elif dataset.tables[made.table].time is None and (made.take in (FIRST, LAST, TREND) or made.within is not None):
        yield f"{key} needs dataset.tables.{made.table}.time"
