"""The queries that make columns of other tables, in DuckDB's SQL; this module reads and writes no file.

Times, of records and of rows, are numbers: as the tables have them, or, of dates, days since 1970. Where the order of
the rows could change the last digit of a figure, they are ordered first.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.config.dataset import NUMBER
from assay.config.joins import TREND
from assay.records.engine import identifier, literal

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Made, Table

RECORDS, ROWS = "records", "rows"
# A prefix keeps our own columns apart from those of the tables, which may have any name.
KEY, AT, TIME, ROW = (f"_join_{name}" for name in ("key", "at", "time", "row"))
SHOWN = 6
DAY = 86_400.0  # seconds
TAKES = {"mean": "avg"} | {name: name for name in ("last", "first", "min", "max", "sum")}
ORDERED = "{function}({value} ORDER BY " + TIME + ", {value})"


def known(name: str, missing: Sequence[str]) -> str:
    """A column as text, NULL where it has no value."""
    text = f"CAST({identifier(name)} AS VARCHAR)"
    return f"CASE WHEN {text} NOT IN ({', '.join(map(literal, ['', *missing]))}) THEN {text} END"


def number(name: str, missing: Sequence[str]) -> str:
    """A column as a finite number; NULL where it has none. NaN is how Parquet writes that there is none."""
    value = f"TRY_CAST({known(name, [*missing, 'nan'])} AS DOUBLE)"
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def days(name: str, form: str, missing: Sequence[str]) -> str:
    """A column of dates as days since 1970, NULL where it has none."""
    text = known(name, missing)
    moment = f"coalesce(try_strptime({text}, {literal(form)}), TRY_CAST({text} AS TIMESTAMP))"
    return f"epoch({moment}) / {DAY}"


def time(table: "Table", missing: Sequence[str]) -> str:
    """When a row was known, as a number; of a table without time, always."""
    if table.time is None:
        return "CAST('-infinity' AS DOUBLE)"
    return days(table.time, table.format, missing) if table.format else number(table.time, missing)


def made(one: "Made", is_number: bool, missing: Sequence[str]) -> str:
    """The value of a made column of one record."""
    if one.value is None:
        return f"count(*) FILTER ({_which(one, missing)})"
    value = number(one.value, missing) if is_number else known(one.value, missing)
    condition = f"FILTER ({_which(one, missing)} AND {value} IS NOT NULL)"
    if one.take == TREND:
        slope = f"regr_slope({value}, {TIME} ORDER BY {TIME}, {value}) {condition}"
        return f"CASE WHEN isfinite({slope}) THEN {slope} END"
    return ORDERED.format(function=TAKES[one.take], value=value) + f" {condition}"


def _which(one: "Made", missing: Sequence[str]) -> str:
    """The rows that count: those of the record, with these values, within the window before its time."""
    conditions = [f"{TIME} IS NOT NULL", f"{AT} - {TIME} >= {float(one.gap)!r}"]
    conditions += [f"{AT} - {TIME} <= {float(one.within)!r}"] if one.within is not None else []
    for name, values in one.where.items():
        conditions.append(f"{known(name, missing)} IN ({', '.join(map(literal, values))})")
    return f"WHERE {' AND '.join(conditions)}"


def joined(dataset: "Dataset", table: str) -> str:
    """Every made column of one table, a row for each record, in their order.

    Relations: `records` with the columns `ROW`, `KEY` (text) and `AT` (number), and `rows`, the other table.
    """
    one, missing = dataset.tables[table], dataset.missing
    columns = [
        f"{made(each, dataset.columns[name].type == NUMBER, missing)} AS {identifier(name)}"
        for name, each in dataset.made.items()
        if each.table == table
    ]
    rows = f"SELECT *, {known(one.key, missing)} AS {KEY}, {time(one, missing)} AS {TIME} FROM {ROWS}"
    return (
        f"SELECT {', '.join([ROW, *columns])} FROM {RECORDS} LEFT JOIN ({rows}) USING ({KEY}) "
        f"GROUP BY {ROW} ORDER BY {ROW}"
    )


def counts(one: "Table", missing: Sequence[str]) -> str:
    """How many rows there are, belong to a record, were known by its time (the latest), and have no time."""
    when = time(one, missing)
    latest = f"SELECT {KEY}, max({AT}) AS {AT} FROM {RECORDS} GROUP BY {KEY}"
    return (
        f"SELECT count(*), count({KEY}), count(*) FILTER (WHERE {when} <= {AT}), "
        f"count(*) FILTER (WHERE {when} IS NULL) "
        f"FROM {ROWS} LEFT JOIN ({latest}) ON {KEY} = {known(one.key, missing)}"
    )


def unread(expression: str, name: str, missing: Sequence[str]) -> str:
    """A few texts of a column that are not what the expression reads."""
    text = known(name, [*missing, "nan"])
    return (
        f"SELECT DISTINCT {text} FROM {ROWS} WHERE {text} IS NOT NULL AND {expression} IS NULL ORDER BY 1 LIMIT {SHOWN}"
    )
