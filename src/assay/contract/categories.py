"""Texts as categories."""

from typing import Any

import numpy as np
import pandas as pd

from assay.contract.arrays import arrow
from assay.contract.lookup import Lookup


class Categories:
    """Turns texts into categories; any other text becomes missing.

    >>> Categories(["F", "M"])(["F", "x"]).tolist()
    ['F', nan]
    """

    def __init__(self, categories: list[str]) -> None:
        self.known, self.dtype = Lookup(categories), pd.CategoricalDtype(categories)

    def __call__(self, values: Any) -> Any:
        """values: a column or an array of texts; as pandas' categorical."""
        place = self.known.place(arrow(pd.array(values, dtype="str")))
        return pd.Categorical.from_codes(np.nan_to_num(place, nan=-1).astype("int64"), dtype=self.dtype, validate=False)
