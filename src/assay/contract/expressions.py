"""Evaluates the expressions of a contract on each record by itself."""

import operator
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from pandas.arrays import BooleanArray, NumpyExtensionArray

from assay.config.expressions import CONDITION, DAY, NUMBER, TEXT
from assay.config.grammar import ColumnName, Constant, Node

LOGIC = {"and": operator.and_, "or": operator.or_}
OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "negative": operator.neg,
    "positive": operator.pos,
    "abs": np.abs,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda values, *allowed: isin(values, allowed),
    "not in": lambda values, *allowed: ~isin(values, allowed),
    "not": lambda condition: condition != np.True_,
    "isna": pd.isna,
    "notna": pd.notna,
}


def true(expression: Node, columns: Mapping[str, Any], rows: int) -> np.ndarray:
    """Where a checked expression is true, (rows,) bool; a missing result counts as not true.

    columns: name to NumPy's or pandas' array, `rows` long, of every column that the expression names.
    """
    with np.errstate(all="ignore"):  # 1 / 0 is infinite
        found = evaluate(expression, columns)
    found = found.to_numpy("bool", na_value=False) if isinstance(found, BooleanArray) else np.asarray(found, "bool")
    return found if found.shape == (rows,) else np.broadcast_to(found, rows)


def evaluate(expression: Node, columns: Mapping[str, Any]) -> Any:
    """The values of a checked expression, one per row, computed by the operators of NumPy's and pandas' arrays.

    expression: as `assay.config.expressions.condition` returns it. Result: what the operators make of the columns, or
    a NumPy scalar if the expression uses no column. As in pandas, a comparison with a missing number, text or date is
    False, and != is True; one with a missing flag is missing.

    >>> from assay.config.expressions import condition
    >>> records = pd.DataFrame({"age": [40.0, 61.0, None], "sex": ["F", "M", "F"]})
    >>> evaluate(condition("age > 50 or sex == 'F'", kinds(records)), records).tolist()
    [True, True, True]
    """
    if isinstance(expression, ColumnName):
        return comparable(columns[expression.name])
    if isinstance(expression, Constant):
        return _scalar(expression.value)
    operands = (evaluate(operand, columns) for operand in expression.operands)
    if expression.name in LOGIC:
        return reduce(LOGIC[expression.name], operands)  # step by step, so that a long one needs no more memory
    return OPERATIONS[expression.name](*operands)


def isin(values: Any, allowed: Collection[Any]) -> np.ndarray:
    """Which values of an array are among those allowed (bool)."""
    if isinstance(values, np.ndarray):
        return np.isin(values, list(allowed))
    if isinstance(values.dtype, pd.StringDtype):  # of a few texts, a Series takes ten times as long
        return values.isin(list(allowed))
    return pd.Series(values).isin(list(allowed)).to_numpy("bool")


def kinds(records: pd.DataFrame) -> dict[str, str]:
    """The kind of each column, by name, for the grammar.

    >>> kinds(pd.DataFrame({"age": [40.0], "sex": ["F"], "sick": [True]}))
    {'age': 'number', 'sex': 'text', 'sick': 'condition'}
    """
    return {str(name): _kind(dtype) for name, dtype in records.dtypes.items()}


def _kind(dtype: Any) -> str:
    if pd.api.types.is_bool_dtype(dtype):
        return CONDITION
    if pd.api.types.is_numeric_dtype(dtype):
        return NUMBER
    return DAY if pd.api.types.is_datetime64_any_dtype(dtype) else TEXT


def comparable(values: Any) -> Any:
    """An array that can be compared: numbers and flags as NumPy's, categories as texts."""
    if isinstance(values, NumpyExtensionArray):
        values = values.to_numpy()
    if values.dtype == "object" or isinstance(values, pd.Categorical):
        return pd.array(np.asarray(values, "object"), dtype="str")
    return values


def _scalar(value: float | str | bool | datetime) -> Any:
    """A constant as a NumPy type, which does not grow beyond memory: 9**9**9 is infinite."""
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, datetime):
        return pd.Timestamp(value)
    return np.float64(value) if isinstance(value, float) else value
