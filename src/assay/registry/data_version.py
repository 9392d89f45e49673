"""A data version: what a commit holds of raw and cleaned records, by hash, without a checkout."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from assay.config.source import sources
from assay.dvc_internals.revisions import files_at
from assay.errors import AssayError
from assay.experiments.revisions import Recorded, Revision
from assay.paths import RAW
from assay.records.columns import DATE
from assay.records.formats import CSV, FILES, PARQUET
from assay.records.reading import read
from assay.stages.collect import form_of

if TYPE_CHECKING:
    from assay.config.dataset import Dataset


def recorded(name: str, sha: str) -> Revision:
    """A commit as a side of a comparison; AssayError if its dvc.lock contradicts what ran."""
    files = Recorded(name, sha, files_at(sha))
    files.require_true()
    return Revision(name, sha, files)


def raw_form(dataset: "Dataset") -> str:
    """The format of data/raw, which new files must have."""
    return CSV if not dataset.sample and form_of(sources(dataset.source)[0]) == CSV else PARQUET


def raw_records(revision: Revision, dataset: "Dataset") -> pd.DataFrame:
    """The raw records of a revision; AssayError if they are not to be had."""
    if dataset.tables:
        todo = "declare the new files in conf/dataset/, then: dvc exp run"
        raise AssayError("a batch has no rows of other tables", where="dataset.tables", todo=todo)
    name = FILES[raw_form(dataset)]
    content = revision.files.read_bytes(str(RAW / name))
    with tempfile.TemporaryDirectory(prefix="assay-raw-") as folder:
        copy = Path(folder, name)
        copy.write_bytes(content)
        return read(copy, where=f"{RAW / name} of {revision.name}", dialect=dataset.source.dialect)


def newest(revision: Revision) -> str | None:
    """The day of the newest cleaned record; None if there are no dates."""
    if DATE not in revision.records or revision.records[DATE].isna().all():
        return None
    return str(revision.records[DATE].max().date())
