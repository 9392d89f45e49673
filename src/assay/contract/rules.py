"""Rules on whole records, as expressions over typed columns."""

import pandas as pd

from assay.config.expressions import condition, refusal
from assay.config.grammar import ALLOWED, Refused
from assay.contract.expressions import evaluate, kinds
from assay.errors import AssayError


def holds(records: pd.DataFrame, where: str, key: str) -> "pd.Series[bool]":
    """Where an expression of the contract is true; missing counts as not true.

    Each record is judged by itself, so any slice of the records gives that slice of the result. `key` names the
    expression in the AssayError that one outside the grammar (`assay.config.grammar`) raises.
    """
    try:
        expression = condition(where, kinds(records))
    except Refused as refused:
        what = refusal(where, key, refused)
        raise AssayError(what, where="conf/dataset/", todo=f"correct it: {ALLOWED}") from refused
    return evaluate(expression, records).astype("boolean").fillna(False).astype("bool")
