"""The raw records of the line: the file in data/raw, joined with the tables beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from assay.joins.join import Joiner
from assay.records.batches import raw_batches
from assay.records.formats import OTHERS, raw_file
from assay.records.reading import read

if TYPE_CHECKING:
    from assay.config.dataset import Dataset


def raw_records(folder: Path, dataset: "Dataset") -> pd.DataFrame:
    """The raw records with the columns that are made of other tables; AssayError as of `read` and `Joiner`."""
    records = read(raw_file(folder), dialect=dataset.source.dialect)
    return joiner(folder, dataset)(records) if dataset.tables else records


def raw_in_batches(folder: Path, dataset: "Dataset") -> Iterator[pd.DataFrame]:
    """The same in batches, whose index is the number of the row; with columns made of other tables, as a single one."""
    if dataset.tables:
        yield raw_records(folder, dataset)
    else:
        yield from raw_batches(raw_file(folder), dataset.source.dialect)


def joiner(folder: Path, dataset: "Dataset") -> Joiner:
    """What joins the raw records with the tables beside them."""
    tables = {
        name: read(raw_file(folder / OTHERS / name), dialect=one.source.dialect) for name, one in dataset.tables.items()
    }
    return Joiner(tables, dataset)
