"""Stops at a join that would give other columns than were meant: keys written in two ways, rows that cannot count."""

import re
from collections.abc import Mapping

import pandas as pd

from assay.config.dataset import Dataset
from assay.errors import AssayError, sample
from assay.joins.rows import Read, of_table, reads
from assay.text import spelled

WHOLE = re.compile(r"0*(\d+)(?:\.0*)?")
CORRECT = "correct dataset.made"
MOST = 10  # values that are named


class Spellings:
    """The keys of the rows of a table, and how else they may be written."""

    def __init__(self, keys: "pd.Series[str]", where: str) -> None:
        self.exact, self.where = {*keys.dropna()}, where
        self.by_plain: dict[str, list[str]] = {}
        for key in sorted(self.exact):
            self.by_plain.setdefault(_plain(key), []).append(key)

    def require_those_of(self, records: "pd.Series[str]") -> None:
        """AssayError for keys of rows that are those of records, but written in another way, as 7 for 007.

        Each would be a row that belongs to nobody. Not if that spelling is the key of another record.
        """
        asked = {*records} - {""}
        meant = {
            key: [one for one in self.by_plain.get(_plain(key), []) if one not in asked] for key in asked - self.exact
        }
        found = sorted(f"{others[0]!r} for {key!r}" for key, others in meant.items() if others)
        if found:
            what = f"{len(found)} keys are written in another way than those of the records: {sample(found)}"
            raise AssayError(what, where=self.where, todo="write a key alike in all tables")


def _plain(key: str) -> str:
    """A key without what spellings differ in: capitals, spaces, zeros before a number, a point without decimals.

    >>> _plain("007"), _plain("7.0"), _plain(" a1")
    ('7', '7', 'a1')
    """
    plain = spelled(key)
    whole = WHOLE.fullmatch(plain)
    return whole[1] if whole else plain


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


def require_where(name: str, rows: pd.DataFrame, dataset: Dataset) -> None:
    """AssayError for a value that `where` asks for and no row has: nothing could count."""
    every = reads(name, dataset)
    for made, one in of_table(name, dataset).items():
        for column, values in one.where.items():
            there = rows[Read(column, is_number=False).name(every)].dropna()
            if absent := [value for value in values if not (there == value).any()]:
                what = f"no row of {name} has {', '.join(map(repr, absent))} in column {column}"
                known = sample(sorted(there.unique()), MOST)
                raise AssayError(what, where=f"dataset.made.{made}.where", todo=f"{CORRECT}; there are: {known}")


def require_useful(made: pd.DataFrame, dataset: Dataset) -> None:
    """AssayError for a made column that is empty, or 0, for every record: no row counts for it.

    made: the joined records.
    """
    for name, one in dataset.made.items():
        values = made[name]
        if (values.isna() | values.isin(["", 0] if one.value is None else [""])).all():
            window = f", within {one.within:g}" if one.within is not None else ""
            what = f"no row of {one.table} counts for any record{window}{f', gap {one.gap:g}' if one.gap else ''}"
            raise AssayError(what, where=f"dataset.made.{name}", todo=f"{CORRECT}, or leave it out")
