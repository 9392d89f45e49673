"""Values as texts, as people write them; and a table of texts as a CSV.

What a value becomes does not depend on the values beside it.
"""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from assay.config.source import Dialect


def write_csv(table: pd.DataFrame, path: Path, dialect: "Dialect | None" = None) -> None:
    """Write texts as a CSV that reads back as the same; lines above the header are empty."""
    if not dialect:
        table.to_csv(path, index=False, lineterminator="\n")
        return
    quoting: Any = csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE
    with path.open("w", encoding=dialect.encoding, newline="") as file:
        file.write("\n" * dialect.above)
        write = csv.writer(
            file, delimiter=dialect.separator, quotechar=dialect.quote or None, quoting=quoting, lineterminator="\n"
        )
        write.writerow(table.columns)
        last = ("",) * dialect.trailing
        write.writerows((*row, *last) for row in table.itertuples(index=False, name=None))


def texts(values: pd.Series) -> "pd.Series[str]":
    """Whole numbers without a point, midnight without its time, truth values as true and false; "" where missing.

    A time is written as the clock showed it in the zone that the column names.

    >>> texts(pd.Series([1.0, 0.1, None])).tolist()
    ['1', '0.1', '']
    """
    if isinstance(values.dtype, pd.StringDtype):
        return values.astype("str").fillna("")
    there = values[values.notna()]
    if pd.api.types.is_bool_dtype(values):
        written = there.map({True: "true", False: "false"})
    elif pd.api.types.is_float_dtype(values):
        written = there.map(number_text)
    elif pd.api.types.is_datetime64_any_dtype(values):
        written = there.dt.tz_localize(None).map(_time)
    elif values.dtype == "object":
        written = there.map(_object)
    else:
        written = there.astype("str")
    return written.astype("str").reindex(values.index).fillna("")


def _object(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    return number_text(value) if isinstance(value, float) else str(value)


def number_text(value: float) -> str:
    """A number as people write it: 40.0 as 40."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _time(value: pd.Timestamp) -> str:
    return value.isoformat().removesuffix("T00:00:00")
