"""Checks that a raw text table must pass; each raises one AssayError that names column and rows.

A row is named by its line in the file: the header is line 1.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from assay.errors import AssayError, sample

FIRST_LINE = 2


def require_columns(table: pd.DataFrame, expected: Sequence[str], where: str) -> None:
    """The columns are exactly `expected`, in any order, and there is at least one row."""
    missing = [name for name in expected if name not in table.columns]
    unknown = [name for name in table.columns if name not in expected]
    if missing or unknown:
        found = [f"missing column {sample(missing)}"] if missing else []
        found += [f"unknown column {sample(unknown)}"] if unknown else []
        todo = "rename it" if missing and unknown else "restore the file, or extend the dataset's columns"
        raise AssayError("; ".join(found), where=where, todo=todo)
    if table.empty:
        raise AssayError("the table has no rows", where=where, todo="restore the file: dvc checkout")


def require(good: "pd.Series[bool]", column: str, values: pd.Series, must: str, where: str) -> None:
    """Every value of a column satisfies `good`; else AssayError with the values and the lines."""
    if good.all():
        return
    bad = values[~good]
    shown = sample([repr(value) for value in bad.unique()])
    lines = [f"line {int(index) + FIRST_LINE}" for index in bad.index]
    raise AssayError(
        f"column {column}: {len(bad)} value(s) {must}: {shown}",
        where=where,
        rows=lines,
        todo="correct the file, or the dataset's rule if the value is legitimate",
    )


def one_of(table: pd.DataFrame, allowed: Mapping[str, Iterable[str]], where: str) -> None:
    """Each column holds nothing but its allowed texts."""
    for column, texts in allowed.items():
        permitted = sorted(texts)
        must = f"not among {', '.join(repr(text) for text in permitted)}"
        require(table[column].isin(permitted), column, table[column], must, where)


def numbers(table: pd.DataFrame, columns: Sequence[str], where: str) -> pd.DataFrame:
    """The columns as float64, empty texts as missing; anything that is not a finite number is refused."""
    converted = {}
    for column in columns:
        text = table[column]
        value = pd.to_numeric(text.where(text != ""), errors="coerce").astype("float64")
        finite = value.notna() & ~value.isin([float("inf"), float("-inf")])
        require(finite | (text == ""), column, text, "not a number", where)
        converted[column] = value
    return pd.DataFrame(converted, index=table.index)
