"""Rules on whole records, as expressions over typed columns."""

from collections.abc import Mapping

import pandas as pd

from assay.config.expressions import condition, refusal
from assay.config.grammar import ALLOWED, Node, Refused, names
from assay.contract.expressions import kinds, true
from assay.errors import AssayError


def holds(records: pd.DataFrame, where: str, key: str) -> "pd.Series[bool]":
    """Where an expression of the contract is true; missing counts as not true.

    Each record is judged by itself, so any slice of the records gives that slice of the result. `key` names the
    expression in the AssayError that one outside the grammar (`assay.config.grammar`) raises.
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
