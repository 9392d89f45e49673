"""Rules on whole records: conditions over typed columns."""

from collections.abc import Mapping

import pandas as pd

from assay.config.expressions import condition, refusal
from assay.config.grammar import ALLOWED, Node, Refused, names
from assay.contract.expressions import kinds, true
from assay.errors import AssayError


def holds(records: pd.DataFrame, where: str, key: str) -> "pd.Series[bool]":
    """True for each record on which the condition `where` is true; False if it is false or missing.

    Each record is judged by itself. `key` names the expression in the AssayError that is raised if it does not follow
    the grammar (`assay.config.grammar`).

    >>> records = pd.DataFrame({"pregnant": [True, True], "age": [51.0, None]})
    >>> holds(records, "pregnant and age > 50", "dataset.rules.pregnant_over_50.where").tolist()
    [True, False]
    """
    expression = checked(where, kinds(records), key)
    columns = {name: records[name].array for name in names(where)}
    return pd.Series(true(expression, columns, len(records)), index=records.index)


def checked(where: str, kinds: Mapping[str, str], key: str) -> Node:
    """The expression at `key`, checked against the kinds of the columns; AssayError if it is refused."""
    try:
        return condition(where, kinds)
    except Refused as refused:
        what = refusal(where, key, refused)
        raise AssayError(what, where="conf/dataset/", todo=f"correct it: {ALLOWED}") from refused
