"""Rules on whole records: conditions over typed columns."""

import pandas as pd

from assay.config.expressions import condition, refusal
from assay.config.grammar import ALLOWED, Refused
from assay.contract.expressions import evaluate, kinds
from assay.errors import AssayError


def holds(records: pd.DataFrame, where: str, key: str) -> "pd.Series[bool]":
    """True for each record on which the condition `where` is true; False if it is false or missing.

    Each record is judged by itself. `key` names the expression in the AssayError that is raised if it does not follow
    the grammar (`assay.config.grammar`).

    >>> records = pd.DataFrame({"pregnant": [True, True], "age": [51.0, None]})
    >>> holds(records, "pregnant and age > 50", "dataset.rules.pregnant_over_50.where").tolist()
    [True, False]
    """
    try:
        expression = condition(where, kinds(records))
    except Refused as refused:
        what = refusal(where, key, refused)
        raise AssayError(what, where="conf/dataset/", todo=f"correct it: {ALLOWED}") from refused
    return evaluate(expression, records).astype("boolean").fillna(False).astype("bool")
