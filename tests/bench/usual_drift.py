"""The tests of drift that are usual elsewhere: Kolmogorov-Smirnov, population stability index."""

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp


class Usual:
    """The tests that are usual elsewhere, of each feature of a table, and of `score`."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self.numbers = [name for name in table if pd.api.types.is_float_dtype(table[name])]

    def ks(self, here: pd.DataFrame, names: list[str]) -> set[str]:
        """The numbers with p < .05."""
        pairs = {name: (here[name].dropna(), self.table[name].dropna()) for name in names if name in self.numbers}
        return {
            name for name, (a, b) in pairs.items() if len(a) and len(b) and ks_2samp(a, b, method="asymp").pvalue < 0.05
        }

    def psi(self, here: pd.DataFrame, names: list[str]) -> set[str]:
        """The columns with an index above .2, in tenths or by value."""
        return {name for name in names if here[name].notna().any() and self._index(here[name], self.table[name]) > 0.2}

    def _index(self, here: pd.Series, before: pd.Series) -> float:
        if here.name in self.numbers:
            edges = np.unique(np.nanquantile(before, np.linspace(0, 1, 11)[1:-1]))
            rows = [
                np.bincount(np.searchsorted(edges, one.dropna()), minlength=len(edges) + 1) for one in (here, before)
            ]
        else:
            texts = [one.astype("object").dropna().astype(str).value_counts() for one in (here, before)]
            rows = [np.array(one) for one in pd.concat(texts, axis=1).fillna(0).to_numpy().T]
        a, b = (np.maximum(one / one.sum(), 1e-4) for one in rows)
        return float(((a - b) * np.log(a / b)).sum())
