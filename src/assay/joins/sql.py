"""The queries that make columns of other tables, in DuckDB's SQL; this module reads and writes no file.

Relations, of which those of a table have its place among `dataset.tables` in their name:

- `LOADED`: what has just been read.
- `rows_0`: the rows of a table as `assay.joins.rows` has them; `keys_0`: their keys, with the number of rows.
- `plain_0`: these keys, each with its `PLAIN` spelling; made when it is first needed, because it takes the longest.
- `records_0`: of each record its number `ROW`, its `KEY` (text) in a table, and its time `AT` (number). Tables that are
  found by the same column share one.
- `taken_0`, or with another prefix: the columns that are made of a table, a row for each record.

Rows and records lie in the order of `PLACE`, a hash of the key, so that those of a span of places are read alone.
Times, of records and of rows, are numbers. Where the order of the rows could change the last digit of a figure, they
are ordered first.
"""

from typing import TYPE_CHECKING, NamedTuple

from assay.config.dataset import NUMBER
from assay.config.joins import TREND
from assay.joins.rows import KEY, TIME, of_table, places, read_of, reads
from assay.joins.rows import Read as ReadColumn
from assay.records.database import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assay.config.dataset import Dataset, Made

LOADED, TAKEN = "loaded", "taken"
ROW, AT, LATEST, PLACE = "record", "moment", "latest", "place"
PLAIN = "plain"  # a function: a key without what spellings differ in; and the column with its values
PLACES = f"(hash({KEY}) >> 48)::USMALLINT AS {PLACE}"
TAKES = {"mean": "avg"} | {name: name for name in ("last", "first", "min", "max", "sum")}
ORDERED = "{function}({value} ORDER BY " + TIME + ", {value})"


class Span(NamedTuple):
    """Joined at a time: keys with these places, ends included, and of so many parts of their records one."""

    first: int
    last: int
    part: int = 0
    parts: int = 1

    def halves(self) -> "list[Span]":
        """The same as two."""
        return [self._replace(part=part, parts=2 * self.parts) for part in (self.part, self.part + self.parts)]


def rows(table: str, dataset: "Dataset") -> str:
    """The relation of the rows of a table."""
    return _of("rows", table, dataset)


def keys(table: str, dataset: "Dataset") -> str:
    """The relation of their keys."""
    return _of("keys", table, dataset)


def plain_keys(table: str, dataset: "Dataset") -> str:
    """The relation of the plain spellings of these keys."""
    return _of(PLAIN, table, dataset)


def taken(prefix: str, table: str, dataset: "Dataset") -> str:
    """The relation of the columns that are made of a table."""
    return _of(prefix, table, dataset)


def _of(prefix: str, table: str, dataset: "Dataset") -> str:
    return f"{prefix}_{list(dataset.tables).index(table)}"


def compared(dataset: "Dataset") -> list[str]:
    """The columns of a record that equal the key of a table, each once."""
    return list(dict.fromkeys(one.of or dataset.key or "" for one in dataset.tables.values()))


def records(table: str, dataset: "Dataset") -> str:
    """The relation of the records with their keys in a table."""
    return records_of(dataset.tables[table].of or dataset.key or "", dataset)


def records_of(column: str, dataset: "Dataset") -> str:
    """The relation of the records whose key is in this column."""
    return f"records_{compared(dataset).index(column)}"


def key_of(column: str, dataset: "Dataset") -> str:
    """The name of this column among the loaded ones."""
    return f"{KEY}_{compared(dataset).index(column)}"


def types_of_rows(table: str, dataset: "Dataset") -> dict[str, str]:
    """The columns of loaded rows, with their types."""
    every = reads(table, dataset)
    return {KEY: "VARCHAR", TIME: "DOUBLE"} | {
        one.name(every): "DOUBLE" if one.is_number else "VARCHAR" for one in every
    }


def types_of_records(dataset: "Dataset") -> dict[str, str]:
    """The columns of loaded records, with their types."""
    return {ROW: "BIGINT", AT: "DOUBLE"} | {key_of(one, dataset): "VARCHAR" for one in compared(dataset)}


def stored_rows(table: str, dataset: "Dataset") -> str:
    """Make the relation of rows of the loaded ones."""
    return f"CREATE TABLE {rows(table, dataset)} AS SELECT *, {PLACES} FROM {LOADED} ORDER BY {PLACE}"


def stored_keys(table: str, dataset: "Dataset") -> str:
    """Make the relation of their keys."""
    return (
        f"CREATE OR REPLACE TABLE {keys(table, dataset)} AS SELECT {KEY}, count(*) AS rows "
        f"FROM {rows(table, dataset)} WHERE {KEY} IS NOT NULL GROUP BY {KEY}"
    )


def stored_plain_keys(table: str, dataset: "Dataset") -> str:
    """Make the relation of their plain spellings, unless it is there."""
    return (
        f"CREATE TABLE IF NOT EXISTS {plain_keys(table, dataset)} AS "
        f"SELECT {KEY}, {PLAIN}({KEY}) AS {PLAIN} FROM {keys(table, dataset)}"
    )


def stored_records(column: str, dataset: "Dataset") -> str:
    """Make the relation of records whose key is in this column, of the loaded ones."""
    found = f"SELECT {ROW}, {AT}, {key_of(column, dataset)} AS {KEY} FROM {LOADED}"
    return f"CREATE TEMP TABLE {records_of(column, dataset)} AS SELECT *, {PLACES} FROM ({found}) ORDER BY {PLACE}"


def spans(table: str, dataset: "Dataset", most: int) -> str:
    """Spans of places that hold all keys of records, with about so many records and pairs of record and row in each.

    More if a place has more; the third column is their number.
    """
    there = f"{records(table, dataset)} LEFT JOIN {keys(table, dataset)} USING ({KEY})"
    costs = f"SELECT {PLACE}, sum(1 + coalesce(rows, 0)) AS cost FROM {there} GROUP BY {PLACE}"
    parts = f"SELECT *, (sum(cost) OVER (ORDER BY {PLACE}) - cost) // {most} AS part FROM ({costs})"
    return f"SELECT min({PLACE}), max({PLACE}), sum(cost) FROM ({parts}) GROUP BY part ORDER BY part"


def joined(table: str, dataset: "Dataset", span: Span) -> str:
    """Every made column of one table under the name of its place, a row for each record within the span."""
    names, inside = places(dataset.made), f"WHERE {PLACE} BETWEEN {span.first} AND {span.last}"
    part = f"AND {ROW} % {span.parts} = {span.part}"
    columns = [f"{value(name, dataset)} AS {names[name]}" for name in of_table(table, dataset)]
    return (
        f"SELECT {', '.join([ROW, *columns])} "
        f"FROM (SELECT {ROW}, {KEY}, {AT} FROM {records(table, dataset)} {inside} {part}) "
        f"LEFT JOIN (SELECT * EXCLUDE ({PLACE}) FROM {rows(table, dataset)} {inside}) USING ({KEY}) GROUP BY {ROW}"
    )


def value(name: str, dataset: "Dataset") -> str:
    """The value of a made column of one record."""
    one = dataset.made[name]
    every = reads(one.table, dataset)
    if one.value is None:
        return f"count(*) FILTER ({_which(one, every)})"
    read = read_of(name, one, dataset).name(every)
    condition = f"FILTER ({_which(one, every)} AND {read} IS NOT NULL)"
    if one.take == TREND:
        slope = f"regr_slope({read}, {TIME} ORDER BY {TIME}, {read}) {condition}"
        return f"CASE WHEN isfinite({slope}) THEN {slope} END"
    return ORDERED.format(function=TAKES[one.take], value=read) + f" {condition}"


def _which(one: "Made", every: "Sequence[ReadColumn]") -> str:
    """The rows that count: those of the record, with these values, within the window before its time."""
    conditions = [f"{TIME} IS NOT NULL", f"{AT} - {TIME} >= {float(one.gap)!r}"]
    conditions += [f"{AT} - {TIME} <= {float(one.within)!r}"] if one.within is not None else []
    for column, values in one.where.items():
        name = ReadColumn(column, is_number=False).name(every)
        conditions.append(f"{name} IN ({_listed(values)})")
    return f"WHERE {' AND '.join(conditions)}"


def every_made(dataset: "Dataset") -> str:
    """The made columns of all tables under the names of their places, a row for each record, in their order."""
    first, *others = (taken(TAKEN, table, dataset) for table in dataset.tables)
    joins = " ".join([first, *(f"JOIN {other} USING ({ROW})" for other in others)])
    return f"SELECT {', '.join(places(dataset.made).values())} FROM {joins} ORDER BY {ROW}"


def useful(table: str, dataset: "Dataset") -> str:
    """Of each column that is made of a table whether a row counts for any record."""
    names = places(dataset.made)
    return f"SELECT {', '.join(_useful(name, names[name], dataset) for name in of_table(table, dataset))} " + (
        f"FROM {taken(TAKEN, table, dataset)}"
    )


def _useful(name: str, place: str, dataset: "Dataset") -> str:
    if dataset.made[name].value is None:
        return f"bool_or({place} <> 0)"
    return f"bool_or({place} IS NOT NULL)" if dataset.columns[name].type == NUMBER else f"bool_or({place} <> '')"


def counts(table: str, dataset: "Dataset") -> str:
    """How many rows there are, belong to a record, were known by its time (the latest), have no time, and repeat."""
    there = rows(table, dataset)
    latest = f"SELECT {KEY}, max({AT}) AS {AT} FROM {records(table, dataset)} GROUP BY {KEY}"
    repeats = f"(SELECT count(*) FROM {there}) - (SELECT count(*) FROM (SELECT DISTINCT * FROM {there}))"
    return (
        f"SELECT count(*), count({LATEST}.{KEY}), count(*) FILTER (WHERE {TIME} <= {AT}), "
        f"count(*) FILTER (WHERE {TIME} IS NULL), {repeats} "
        f"FROM {there} LEFT JOIN ({latest}) AS {LATEST} USING ({KEY})"
    )


def without_rows(table: str, dataset: "Dataset") -> str:
    """The keys of records for which there is no row: `KEY`."""
    return (
        f"SELECT DISTINCT {KEY} FROM {records(table, dataset)} ANTI JOIN {keys(table, dataset)} USING ({KEY}) "
        f"WHERE {KEY} <> ''"
    )


def written_otherwise(table: str, dataset: "Dataset", most: int) -> str:
    """Keys of rows, the keys of records that they are but for their spelling, and how many there are of these.

    Not if that spelling is the key of another record.
    """
    return (
        f"WITH lacking AS (SELECT {KEY}, {PLAIN}({KEY}) AS {PLAIN} FROM ({without_rows(table, dataset)})), "
        f"others AS (SELECT {KEY}, {PLAIN} FROM {plain_keys(table, dataset)} "
        f"ANTI JOIN (SELECT {KEY} FROM {records(table, dataset)} WHERE {KEY} <> '') USING ({KEY})), "
        f"found AS (SELECT min(others.{KEY}) AS other, lacking.{KEY} AS meant "
        f"FROM lacking JOIN others USING ({PLAIN}) GROUP BY lacking.{KEY}) "
        f"SELECT other, meant, count(*) OVER () FROM found ORDER BY other, meant LIMIT {most}"
    )


def values(table: str, column: str, wanted: "Sequence[str]", most: int, dataset: "Dataset") -> str:
    """The values of a column that are among the wanted, so many others, the first, and how many there are in all."""
    name = ReadColumn(column, is_number=False).name(reads(table, dataset))
    found = f"SELECT DISTINCT {name} AS found FROM {rows(table, dataset)} WHERE {name} IS NOT NULL"
    order = f"ORDER BY found IN ({_listed(wanted)}) DESC, found LIMIT {len(wanted) + most}"
    return f"SELECT found, count(*) OVER () FROM ({found}) {order}"


def _listed(values: "Sequence[str]") -> str:
    return ", ".join(map(literal, values))


def later(table: str, dataset: "Dataset", after: float, extreme: "Mapping[str, str | float]") -> str:
    """Add a row for each key of records to those of a table: so long after the last of them, with these values."""
    found = {TIME: f"max({AT}) + {after!r}"} | {
        name: literal(one) if isinstance(one, str) else repr(one) for name, one in extreme.items()
    }
    columns = ", ".join(f"{one} AS {name}" for name, one in found.items())
    return (
        f"INSERT INTO {rows(table, dataset)} BY NAME SELECT {KEY}, {PLACE}, {columns} "
        f"FROM {records(table, dataset)} WHERE {AT} IS NOT NULL GROUP BY {KEY}, {PLACE}"
    )


def changed(before: str, after: str, table: str, dataset: "Dataset") -> str:
    """Of each column that is made of a table whether it differs for any record between two prefixes."""
    names = places(dataset.made)
    differs = [f"bool_or(one.{names[name]} IS DISTINCT FROM other.{names[name]})" for name in of_table(table, dataset)]
    one, other = taken(before, table, dataset), taken(after, table, dataset)
    return f"SELECT {', '.join(differs)} FROM {one} AS one JOIN {other} AS other USING ({ROW})"
