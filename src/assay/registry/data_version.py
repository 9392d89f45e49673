"""A data version: what a commit holds of raw and cleaned records, by hash, without a checkout."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from assay.config.source import sources
from assay.dvc_internals.revisions import files_at
from assay.experiments.revisions import Recorded, Revision
from assay.joins.join import joining
from assay.paths import RAW
from assay.records.columns import DATE
from assay.records.formats import CSV, FILES, OTHERS, PARQUET
from assay.records.reading import read
from assay.stages.collect import form_of

if TYPE_CHECKING:
    from assay.config.dataset import Dataset, Table
    from assay.config.source import Dialect


def recorded(name: str, sha: str) -> Revision:
    """A commit as a side of a comparison; AssayError if its dvc.lock contradicts what ran."""
    files = Recorded(name, sha, files_at(sha))
    files.require_true()
    return Revision(name, sha, files)


def raw_form(dataset: "Dataset") -> str:
    """The format of data/raw, which new files must have."""
    return CSV if not dataset.sample and form_of(sources(dataset.source)[0]) == CSV else PARQUET


def raw_records(revision: Revision, dataset: "Dataset") -> pd.DataFrame:
    """The raw records of a revision, with the columns that are made of other tables.

    AssayError if they are not to be had.
    """
    records = _table(revision, RAW / FILES[raw_form(dataset)], dataset.source.dialect)
    if not dataset.tables:
        return records
    with joining({name: [rows] for name, rows in raw_tables(revision, dataset).items()}, dataset) as join:
        return join(records)


def raw_tables(revision: Revision, dataset: "Dataset") -> dict[str, pd.DataFrame]:
    """The rows of the other tables of a revision, by name; AssayError if they are not to be had."""
    files = {name: RAW / OTHERS / name / FILES[table_form(one)] for name, one in dataset.tables.items()}
    return {name: _table(revision, file, dataset.tables[name].source.dialect) for name, file in files.items()}


def table_form(table: "Table") -> str:
    """The format in data/raw of a table that columns are made of."""
    return CSV if form_of(sources(table.source)[0]) == CSV else PARQUET


def _table(revision: Revision, path: Path, dialect: "Dialect | None") -> pd.DataFrame:
    content = revision.files.read_bytes(str(path))
    with tempfile.TemporaryDirectory(prefix="assay-raw-") as folder:
        copy = Path(folder, path.name)
        copy.write_bytes(content)
        return read(copy, where=f"{path} of {revision.name}", dialect=dialect)


def newest(revision: Revision) -> str | None:
    """The day of the newest cleaned record; None if there are no dates."""
    if DATE not in revision.records or revision.records[DATE].isna().all():
        return None
    return str(revision.records[DATE].max().date())
