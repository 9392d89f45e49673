"""Looks whether a row that was not known at a record's time can change what is made for it."""

from typing import TYPE_CHECKING

import pandas as pd

from assay.joins import sql
from assay.joins.join import Joiner, asking, read_columns
from assay.records.writing import texts

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Made, Table

LATER, EXTREME = 1.0, "1e6"  # days or units after the last record of a key; a value that no figure could hide


def entered(records: pd.DataFrame, join: Joiner) -> tuple[list[str], int]:
    """The made columns that change when rows of the future are added to every table; how many rows were added.

    Each key gets, for each made column, a row after the time of its last record, with an extreme value.
    """
    dataset = join.dataset
    later = {
        name: _later(records, name, table, dataset) if table.time else pd.DataFrame()
        for name, table in dataset.tables.items()
    }
    more = {name: pd.concat([as_texts(name, join), later[name]], ignore_index=True).fillna("") for name in later}
    before, after = join(records), Joiner(more, dataset)(records)
    changed = [name for name in dataset.made if not before[name].equals(after[name])]
    return changed, sum(map(len, later.values()))


def as_texts(name: str, join: Joiner) -> pd.DataFrame:
    """The columns of a table that are read, as texts."""
    table = join.tables[name]
    return pd.DataFrame({column: texts(table[column]) for column in read_columns(name, join.dataset)})


def _later(records: pd.DataFrame, name: str, table: "Table", dataset: "Dataset") -> pd.DataFrame:
    """Rows of a table that come after the last record of their key, as texts."""
    asked = asking(records, table, dataset).to_pandas()
    last = asked.groupby(sql.KEY)[sql.AT].max().dropna() + LATER
    times = pd.to_datetime(last * sql.DAY, unit="s").dt.strftime(table.format) if table.format else last.map(repr)
    when = {table.key: last.index.to_numpy(), str(table.time): times.to_numpy()}
    made = [one for one in dataset.made.values() if one.table == name]
    return pd.concat([pd.DataFrame({**when, **_extreme(one)}) for one in made], ignore_index=True)


def _extreme(made: "Made") -> dict[str, str]:
    """What a row must hold to count for a made column, and to change it."""
    value = {made.value: EXTREME} if made.value else {}
    return {column: allowed[0] for column, allowed in made.where.items()} | value
