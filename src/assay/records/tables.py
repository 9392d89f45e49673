"""Tables of features by record: the id of a record stands beside them in a file, whatever they are called."""

from pathlib import Path

import pandas as pd

from assay.files import read_table, write_table
from assay.records.columns import RECORD_ID, stored, unstored


def write_features(path: Path, table: pd.DataFrame) -> None:
    """Write features indexed by record id; one that is called like the id has another name in the file."""
    own = {RECORD_ID: stored(RECORD_ID), stored(RECORD_ID): stored(stored(RECORD_ID))}
    write_table(path, table.rename(columns=own).rename_axis(RECORD_ID).reset_index())


def read_features(path: Path) -> pd.DataFrame:
    """The features of a file under their own names, indexed by record id."""
    names = (stored(RECORD_ID), stored(stored(RECORD_ID)))
    return read_table(path).set_index(RECORD_ID).rename(columns={name: unstored(name) for name in names})
