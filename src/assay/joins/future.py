"""Looks whether a row that was not known at a record's time can change what is made for it."""

from typing import TYPE_CHECKING

import pandas as pd

from assay.joins import sql
from assay.joins.join import Joiner, asking
from assay.joins.rows import KEY, TIME, Read, of_table, read_of, reads

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Made

LATER, EXTREME = 1.0, 1e6  # days or units after the last record of a key; a value that no figure could hide


def entered(records: pd.DataFrame, join: Joiner) -> tuple[list[str], int]:
    """The made columns that change when rows of the future are added to every table; how many rows were added.

    Each key gets, for each made column, a row after the time of its last record, with an extreme value.
    """
    dataset = join.dataset
    later = {
        name: _later(records, name, dataset) if table.time else join.rows[name][:0]
        for name, table in dataset.tables.items()
    }
    before, after = join(records), join.with_rows(later)(records)
    changed = [name for name in dataset.made if not before[name].equals(after[name])]
    return changed, sum(map(len, later.values()))


def _later(records: pd.DataFrame, name: str, dataset: "Dataset") -> pd.DataFrame:
    """Rows of a table that come after the last record of their key."""
    asked = asking(records, dataset.tables[name], dataset)
    last = asked.groupby(KEY)[sql.AT].max().dropna() + LATER
    when = {KEY: last.index.to_numpy(), TIME: last.to_numpy()}
    made = of_table(name, dataset).items()
    return pd.concat([pd.DataFrame({**when, **_extreme(*one, dataset)}) for one in made], ignore_index=True)


def _extreme(name: str, made: "Made", dataset: "Dataset") -> dict[str, str | float]:
    """What a row must hold to count for a made column, and to change it."""
    every = reads(made.table, dataset)
    value: dict[str, str | float] = {}
    if made.value is not None:
        read = read_of(name, made, dataset)
        value = {read.name(every): EXTREME if read.is_number else str(EXTREME)}
    return value | {Read(column, is_number=False).name(every): allowed[0] for column, allowed in made.where.items()}
