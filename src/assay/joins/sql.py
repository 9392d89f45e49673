"""The queries that make columns of other tables, in DuckDB's SQL; this module reads and writes no file.

Relations: `records` with the columns `ROW`, `KEY` (text) and `AT` (number), and `rows` as `assay.joins.rows` has them.
Times, of records and of rows, are numbers. Where the order of the rows could change the last digit of a figure, they
are ordered first.
"""

from typing import TYPE_CHECKING

from assay.config.joins import TREND
from assay.joins.rows import KEY, TIME, of_table, places, read_of, reads
from assay.joins.rows import Read as ReadColumn
from assay.records.engine import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.config.dataset import Dataset, Made

RECORDS, ROWS = "records", "rows"
ROW, AT, LATEST = "record", "moment", "latest"
TAKES = {"mean": "avg"} | {name: name for name in ("last", "first", "min", "max", "sum")}
ORDERED = "{function}({value} ORDER BY " + TIME + ", {value})"


def made(name: str, dataset: "Dataset") -> str:
    """The value of a made column of one record."""
    one = dataset.made[name]
    every = reads(one.table, dataset)
    if one.value is None:
        return f"count(*) FILTER ({_which(one, every)})"
    value = read_of(name, one, dataset).name(every)
    condition = f"FILTER ({_which(one, every)} AND {value} IS NOT NULL)"
    if one.take == TREND:
        slope = f"regr_slope({value}, {TIME} ORDER BY {TIME}, {value}) {condition}"
        return f"CASE WHEN isfinite({slope}) THEN {slope} END"
    return ORDERED.format(function=TAKES[one.take], value=value) + f" {condition}"


def _which(one: "Made", every: "Sequence[ReadColumn]") -> str:
    """The rows that count: those of the record, with these values, within the window before its time."""
    conditions = [f"{TIME} IS NOT NULL", f"{AT} - {TIME} >= {float(one.gap)!r}"]
    conditions += [f"{AT} - {TIME} <= {float(one.within)!r}"] if one.within is not None else []
    for column, values in one.where.items():
        name = ReadColumn(column, is_number=False).name(every)
        conditions.append(f"{name} IN ({', '.join(map(literal, values))})")
    return f"WHERE {' AND '.join(conditions)}"


def joined(dataset: "Dataset", table: str) -> str:
    """Every made column of one table under the name of its place, a row for each record, in their order."""
    names = places(dataset.made)
    columns = [f"{made(name, dataset)} AS {names[name]}" for name in of_table(table, dataset)]
    return (
        f"SELECT {', '.join([ROW, *columns])} FROM {RECORDS} LEFT JOIN {ROWS} USING ({KEY}) "
        f"GROUP BY {ROW} ORDER BY {ROW}"
    )


def counts() -> str:
    """How many rows there are, belong to a record, were known by its time (the latest), have no time, and repeat."""
    latest = f"SELECT {KEY}, max({AT}) AS {AT} FROM {RECORDS} GROUP BY {KEY}"
    repeats = f"(SELECT count(*) FROM {ROWS}) - (SELECT count(*) FROM (SELECT DISTINCT * FROM {ROWS}))"
    return (
        f"SELECT count(*), count({LATEST}.{KEY}), count(*) FILTER (WHERE {TIME} <= {AT}), "
        f"count(*) FILTER (WHERE {TIME} IS NULL), {repeats} "
        f"FROM {ROWS} LEFT JOIN ({latest}) AS {LATEST} USING ({KEY})"
    )
