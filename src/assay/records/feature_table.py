"""Tables of features by record, which may be called anything, beside its id; other columns in their place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from assay.records.columns import RECORD_ID, stored, unstored
from assay.records.parts import write_parts
from assay.tables import read_table


def write_features(path: Path, table: pd.DataFrame, part_rows: int) -> None:
    """Write features indexed by record id."""
    write_parts(path, as_stored(table), part_rows)


def read_features(path: Path) -> pd.DataFrame:
    """The features of a file under their own names, indexed by record id."""
    return as_named(read_table(path))


def feature_column(name: str) -> str:
    """The column of a feature in a table of features: its name, but for one that is called like the id."""
    return stored(name) if name in (RECORD_ID, stored(RECORD_ID)) else name


def as_stored(features: pd.DataFrame) -> pd.DataFrame:
    """Features indexed by record id with the id as a column; one that is called like the id gets another name."""
    return features.rename(columns=feature_column).rename_axis(RECORD_ID).reset_index()


def as_named(table: pd.DataFrame) -> pd.DataFrame:
    """The reverse: features under their own names, indexed by record id."""
    names = (stored(RECORD_ID), stored(stored(RECORD_ID)))
    return table.set_index(RECORD_ID).rename(columns={name: unstored(name) for name in names})


def with_columns(table: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """A copy of the table with these columns, in place of those or behind them, whatever they are called.

    To `DataFrame.assign` a column called self would be the table.
    """
    found = table.copy()
    for name, values in columns.items():
        found[name] = values
    return found
