"""Looks whether a row that was not known at a record's time can change what is made for it."""

from typing import TYPE_CHECKING

from assay.joins import sql
from assay.joins.join import run
from assay.joins.rows import Read, of_table, read_of, reads

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Made
    from assay.joins.join import PendingJoin

LATER, EXTREME = 1.0, 1e6  # days or units after the last record of a key; a value that no figure could hide
BEFORE, AFTER = "before", "after"


def entered(join: "PendingJoin") -> tuple[list[str], int]:
    """The made columns that change when rows of the future are added to every table; how many rows were added.

    Each key gets, for each made column, a row after the time of its last record, with an extreme value. They stay.
    """
    dataset = join.dataset
    join.make(BEFORE)
    added = sum(_add_later(join, name) for name, table in dataset.tables.items() if table.time)
    join.make(AFTER)
    changed: dict[str, bool] = {}
    for name in dataset.tables:
        (found,) = run(join.connection, sql.changed(BEFORE, AFTER, name, dataset))
        changed |= zip(of_table(name, dataset), found, strict=True)
    return [name for name in dataset.made if changed[name]], added


def _add_later(join: "PendingJoin", name: str) -> int:
    """Add rows to a table that come after the last record of their key; how many."""
    dataset, added = join.dataset, 0
    for one in of_table(name, dataset).items():
        ((count,),) = run(join.connection, sql.later(name, dataset, LATER, _extreme(*one, dataset)))
        added += count
    run(join.connection, sql.stored_keys(name, dataset))
    return added


def _extreme(name: str, made: "Made", dataset: "Dataset") -> dict[str, str | float]:
    """The values that let a row count for a made column, and change it."""
    every = reads(made.table, dataset)
    value: dict[str, str | float] = {}
    if made.value is not None:
        read = read_of(name, made, dataset)
        value = {read.name(every): EXTREME if read.is_number else str(EXTREME)}
    return value | {Read(column, is_number=False).name(every): allowed[0] for column, allowed in made.where.items()}
