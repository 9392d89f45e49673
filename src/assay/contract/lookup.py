"""Looks whole columns of texts up in a list."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import compute


class Lookup:
    """A list of texts (None: a missing one), to look up whole columns in."""

    def __init__(self, known: Sequence[str | None]) -> None:
        self.options = compute.SetLookupOptions(value_set=pa.array(list(dict.fromkeys(known)), pa.large_string()))

    def has(self, written: pa.Array) -> np.ndarray:
        """Whether each text is among those known (bool)."""
        return compute.call_function("is_in", [written], self.options).to_numpy(zero_copy_only=False)

    def place(self, written: pa.Array) -> np.ndarray:
        """The place of each text among those known, NaN where it is not (float64)."""
        found = compute.call_function("index_in", [written], self.options)
        return found.to_numpy(zero_copy_only=False).astype("float64")
