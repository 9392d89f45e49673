"""Rules on whole records, as expressions over typed columns."""

import pandas as pd

from assay.errors import AssayError


def holds(records: pd.DataFrame, where: str, key: str) -> "pd.Series[bool]":
    """Where an expression of the contract is true; missing counts as not true.

    `key` names the expression in the AssayError that an expression which cannot be evaluated raises.
    """
    try:
        result = records.eval(where)
    except Exception as error:  # pandas passes on whatever its parser and the columns raise
        raise AssayError(
            f"{key} cannot be evaluated: {error}", where=where, todo="correct it in conf/dataset/"
        ) from error
    if not isinstance(result, pd.Series):
        raise AssayError(f"{key} is no condition on records", where=where, todo="compare columns: age > 50")
    return result.astype("boolean").fillna(False).astype("bool")
