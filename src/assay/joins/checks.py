"""Stops at a join that would give other columns than were meant: keys written in two ways, rows that cannot count."""

import re
from collections.abc import Mapping, Sequence

from assay.config.dataset import Dataset
from assay.errors import AssayError, sample
from assay.text import spelled

WHOLE_NUMBER = re.compile(r"0*(\d+)(?:\.0*)?")
CORRECT = "correct dataset.made"
MOST_NAMED = 10  # values that are named
NAMED = 5  # keys that are named


def plain(key: str) -> str:
    """A key without what spellings differ in: capitals, spaces, zeros before a number, a point without decimals.

    >>> plain("007"), plain("7.0"), plain(" a1")
    ('7', '7', 'a1')
    """
    found = spelled(key)
    whole = WHOLE_NUMBER.fullmatch(found)
    return whole[1] if whole else found


def require_alike(name: str, found: Sequence[tuple[str, str, int]]) -> None:
    """AssayError for keys of rows that are those of records, but written in another way, as 7 for 007.

    Each would be a row that belongs to nobody. found: the first of them, as `sql.written_otherwise` gives them.
    """
    if found:
        count, named = found[0][2], [f"{other!r} for {meant!r}" for other, meant, _ in found]
        what = f"{count} keys are written in another way than those of the records: {sample(named, NAMED, count)}"
        raise AssayError(what, where=f"dataset.tables.{name}", todo="write a key alike in all tables")


def require_known(name: str, counts: Mapping[str, int], dataset: Dataset) -> None:
    """AssayError if a table has no row that counts for any record."""
    table, where = dataset.tables[name], f"dataset.tables.{name}"
    if not counts["rows"]:
        raise AssayError("the table has no rows", where=where, todo="give its rows, or leave the table out")
    if not counts["of_records"]:
        todo = f"its column {table.key} must hold the values of {table.of or dataset.key}, written alike"
        raise AssayError(f"none of {counts['rows']} rows belongs to a record", where=where, todo=todo)
    if not counts["before"]:
        lacking = f" ({counts['no_time']} rows have no time)" * bool(counts["no_time"])
        what = f"none of {counts['of_records']} rows was known at the time of its record{lacking}"
        todo = f"{table.time} of the table and {dataset.index or 'the time 0'} of a record must mean the same clock"
        raise AssayError(what, where=where, todo=todo)


def require_values(made: str, column: str, found: Sequence[tuple[str, int]], dataset: Dataset) -> None:
    """AssayError for a value that `where` of a made column asks for and no row has: nothing could count.

    found: of the values of this column those that are asked for, and the first others, each with the number of all.
    """
    one, there = dataset.made[made], sorted(value for value, _ in found)
    if absent := [value for value in one.where[column] if value not in there]:
        what = f"no row of {one.table} has {', '.join(map(repr, absent))} in column {column}"
        known = sample(there, MOST_NAMED, found[0][1] if found else 0)
        raise AssayError(what, where=f"dataset.made.{made}.where", todo=f"{CORRECT}; there are: {known}")


def require_useful(useful: Mapping[str, bool | None], dataset: Dataset) -> None:
    """AssayError for a made column that is empty, or 0, for every record: no row counts for it.

    useful: of each whether a row does.
    """
    for name in (one for one in useful if not useful[one]):
        one = dataset.made[name]
        window = f", within {one.within:g}" if one.within is not None else ""
        what = f"no row of {one.table} counts for any record{window}{f', gap {one.gap:g}' if one.gap else ''}"
        raise AssayError(what, where=f"dataset.made.{name}", todo=f"{CORRECT}, or leave it out")
