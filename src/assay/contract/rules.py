"""Rules on whole records: conditions over typed columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from assay.config.expressions import condition, refusal
from assay.config.grammar import ALLOWED, Node, Refused
from assay.contract.expressions import true
from assay.errors import AssayError


class Condition:
    """True for each record on which the condition `where` is true; False if it is false or missing.

    Made once, it serves any number of tables; each record is judged by itself. kinds: the kind of each column, as
    `assay.contract.expressions.kinds` gives them. `key` names the expression in the AssayError that is raised if it
    does not follow the grammar (`assay.config.grammar`).

    >>> import pandas as pd
    >>> from assay.contract.expressions import kinds
    >>> records = pd.DataFrame({"pregnant": [True, True], "age": [51.0, None]})
    >>> over_50 = Condition("pregnant and age > 50", kinds(records), "dataset.rules.pregnant_over_50.where")
    >>> over_50({name: column.array for name, column in records.items()}, len(records)).tolist()
    [True, False]
    """

    def __init__(self, where: str, kinds: Mapping[str, str], key: str) -> None:
        self.expression = checked(where, kinds, key)

    def __call__(self, columns: Mapping[str, Any], rows: int) -> np.ndarray:
        """(rows,) bool; columns: NumPy's or pandas' arrays by name."""
        return true(self.expression, columns, rows)


def checked(where: str, kinds: Mapping[str, str], key: str) -> Node:
    """The expression at `key`, checked against the kinds of the columns; AssayError if it is refused."""
    try:
        return condition(where, kinds)
    except Refused as refused:
        what = refusal(where, key, refused)
        raise AssayError(what, where="conf/dataset/", todo=f"correct it: {ALLOWED}") from refused
