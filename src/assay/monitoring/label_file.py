"""Reads a file of labels, in whatever way it is written, and holds its values to the contract."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from assay.config.dataset import Dataset, targets
from assay.errors import AssayError, warn
from assay.onboarding.sniff import Sniffed, sniffed
from assay.preparation.prepare import prepare
from assay.preparation.reconcile import stop_for
from assay.preparation.reduced_contract import restricted
from assay.records.columns import CODE
from assay.records.formats import CSV, SUFFIXES
from assay.records.reading import read, require_there

if TYPE_CHECKING:
    from assay.config.source import Dialect

MEND = "correct the file of the labels, or write it as the records are written: source.dialect in conf/dataset/"


@dataclass(frozen=True)
class LabelFile:
    """The rows of a file of labels as `assay.records.reading.read` gives them; above: the lines above its header."""

    path: Path
    form: str
    table: pd.DataFrame
    above: int = 0


def label_file(path: Path, dataset: Dataset, fits: Callable[[Collection[str]], bool]) -> LabelFile:
    """The file; AssayError if it is none, or cannot be read.

    A CSV is read as the contract says that records are written (`source.dialect`). Where it then does not fit, by the
    names of its columns, or cannot be read, it is read as its own text shows, and a warning says how: labels often come
    from another program than the records do.
    """
    if (form := SUFFIXES.get(path.suffix.lower())) is None:
        raise AssayError(f"not one of: {', '.join(SUFFIXES)}", where=str(path), todo="write it as CSV or Parquet")
    require_there(path, "name the file of the labels")
    if form != CSV:
        return LabelFile(path, form, read(path, form, MEND))
    declared, found = dataset.source.dialect, None
    try:
        table = read(path, CSV, MEND, dialect=declared)
        if not fits([*table]):
            found = _otherwise(path, declared)
    except AssayError:
        if not (found := _otherwise(path, declared)):
            raise
    if not found:
        return LabelFile(path, CSV, table, declared.above if declared else 0)
    warn(f"{path.name} is not written as the contract says of records: {'; '.join(found.remarks) or 'as usual'}")
    dialect = found.dialect
    return LabelFile(path, CSV, read(path, CSV, MEND, dialect=dialect), dialect.above if dialect else 0)


def _otherwise(path: Path, declared: "Dialect | None") -> Sniffed | None:
    """How the file is written, by its own text; None if that is as declared, or not to be found out."""
    try:
        found = sniffed(path)
    except AssayError:
        return None
    return None if found.dialect == declared else found


def codes(labels: LabelFile, dataset: Dataset) -> "pd.Series[str]":
    """The code of each row by its columns of the target; "" for none, as of a label that has not arrived.

    AssayError, with the lines of the file, for a value that the contract does not allow there.
    """
    of_target = replace(restricted(dataset, targets(dataset)), key=None, time=None)
    table = labels.table[targets(dataset)]
    there = table[(table.notna() & (table != "")).any(axis=1)]
    if there.empty:
        return pd.Series("", table.index, dtype="str")
    prepared = prepare(there, of_target, str(labels.path))
    stop_for(prepared.broken, str(labels.path), labels.form, labels.above)
    return prepared.records[CODE].reindex(table.index, fill_value="")
