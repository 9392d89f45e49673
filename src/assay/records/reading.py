"""Raw files of any format as tables of texts, "" where nothing stands."""

from pathlib import Path

import pandas as pd

from assay.errors import AssayError, about
from assay.machine import of_the_system
from assay.records.pickled import read_pickle
from assay.records.writing import texts

CSV, PARQUET = "csv", "parquet"
RESTORE = "restore it: dvc checkout, or dvc repro collect"


def read(path: Path, form: str, todo: str = RESTORE) -> pd.DataFrame:
    """A CSV, a Parquet file, or a pickled DataFrame as texts; AssayError when it is missing, empty or no table.

    `todo`: what to do then, which depends on whose file it is. Nothing that a pickle names is run
    (`assay.records.pickled`).
    """
    if not path.exists():
        raise AssayError("the file is missing", where=str(path), todo=todo)
    try:
        with about(path):
            if form == CSV:
                return pd.read_csv(path, dtype="str", keep_default_na=False, na_filter=False)
            table = pd.read_parquet(path) if form == PARQUET else read_pickle(path)
    except Exception as error:  # each reader has errors of its own, and all say that this is no such file
        if of_the_system(error):
            raise
        reason = error.what if isinstance(error, AssayError) else str(error).partition("\n")[0]
        raise AssayError(f"not a {form.upper()} table: {reason}", where=str(path), todo=todo) from error
    return pd.DataFrame({str(name): texts(column) for name, column in table.items()})
