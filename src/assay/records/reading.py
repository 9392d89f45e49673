"""Reads raw files of any format as tables of texts, "" for a missing value."""

from pathlib import Path

import pandas as pd

from assay.errors import AssayError, about
from assay.machine import of_the_system
from assay.records.pickled import read_pickle

CSV, PARQUET = "csv", "parquet"
RESTORE = "restore it: dvc checkout, or dvc repro collect"


def read(path: Path, form: str, todo: str = RESTORE) -> pd.DataFrame:
    """A CSV, a Parquet file, or a pickled DataFrame as str columns; AssayError if it is missing, empty or no table.

    todo: the advice in that error, which depends on whose file it is. Nothing that a pickle names is run
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


def texts(values: pd.Series) -> "pd.Series[str]":
    """Values as people write them: whole numbers without a point, days without a time, "" if missing; str.

    >>> texts(pd.Series([1.0, 2.5, None])).tolist(), texts(pd.Series([True, False])).tolist()
    (['1', '2.5', ''], ['true', 'false'])
    """
    there = values[values.notna()]
    if pd.api.types.is_bool_dtype(values):
        written = there.map({True: "true", False: "false"})
    elif pd.api.types.is_float_dtype(values):
        written = there.map(lambda value: str(int(value)) if float(value).is_integer() else repr(float(value)))
    elif pd.api.types.is_datetime64_any_dtype(values):
        days = (there == there.dt.normalize()).all()
        written = there.dt.strftime("%Y-%m-%d") if days else there.map(lambda value: value.isoformat())
    else:
        written = there.astype("str")
    return written.reindex(values.index).fillna("").astype("str")
