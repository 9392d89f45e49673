"""A raw column as an array: of pandas, or, if it holds texts, of Arrow."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

Array = Any  # the values of a column: NumPy's array, or one of pandas' own
TEXTS = pd.StringDtype(na_value=np.nan)  # pandas' default


def is_text(raw: Array) -> bool:
    """Whether a raw column holds texts, and not typed values."""
    return isinstance(raw, pa.Array) or isinstance(raw.dtype, pd.StringDtype)


def pandas(raw: Array) -> Array:
    """A column as an array of pandas'."""
    return pd.arrays.ArrowStringArray(pa.chunked_array([raw]), dtype=TEXTS) if isinstance(raw, pa.Array) else raw  # type: ignore[call-arg]


def arrow(written: Array) -> pa.Array:
    """A column of texts as an Arrow array in one piece."""
    if isinstance(written, pa.Array):
        return written
    array: Any = pa.array(written, pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
