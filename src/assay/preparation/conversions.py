"""The log of what is read in another way than it stands there: texts that mean no value, numbers as people write."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from assay.config.dataset import CHECK, Written, has_limits
from assay.contract.numbers import number
from assay.errors import sample
from assay.records.changes import COLUMNS_DROPPED, Change

if TYPE_CHECKING:
    from assay.config.dataset import Column, Dataset
    from assay.contract.values import Values

CONVERT = "convert"


def conversions(values: "Values", dataset: "Dataset") -> list[Change]:
    """The conversions, with counts; the same entries for every batch of a contract."""
    found = [change for name, column in dataset.columns.items() for change in _of_column(name, column, values, dataset)]
    checks = tuple(name for name, column in dataset.columns.items() if column.role == CHECK)
    if not checks:
        return found
    return [*found, Change("check_columns", checks, COLUMNS_DROPPED, len(checks), "there only to be checked against")]


def _of_column(name: str, column: "Column", values: "Values", dataset: "Dataset") -> Iterator[Change]:
    cells = values.cells[name]
    if column.nullable:
        missing = dataset.missing if column.missing is None else column.missing
        yield Change("empty_is_missing", (name,), CONVERT, int(cells.blank.sum()), _no_value(missing))
    if column.written and (how := in_words(column.written)):
        count = _unlike_a_plain_number(name, values)
        yield Change("written_otherwise", (name,), CONVERT, count, f"numbers are written with {how}")
    if has_limits(column) and cells.limits is not None:
        why = "a limit of detection is read as its bound"
        yield Change("limit_of_detection", (name,), CONVERT, int((cells.limits != 0).sum()), why)


def _no_value(missing: Sequence[str]) -> str:
    """
    >>> _no_value([""]), _no_value(["", "-999", "?"])
    ('an empty text is no value', 'an empty text is no value, nor is -999, ?')
    """
    others = [text for text in missing if text.strip()]
    return f"an empty text is no value{f', nor is {sample(others)}' if others else ''}"


def in_words(written: Written) -> str:
    """How numbers are written, where that is not usual; "" if only limits of detection are.

    >>> in_words(Written(decimal=",", thousands=".", after="mg"))
    "',' for decimals, '.' for thousands, 'mg' beside them"
    """
    parts = {
        f"{written.decimal!r} for decimals": written.decimal != ".",
        f"{written.thousands!r} for thousands": written.thousands,
        f"{written.before!r} before them": written.before,
        f"{written.after!r} beside them": written.after,
    }
    return ", ".join(part for part, holds in parts.items() if holds)


def _unlike_a_plain_number(name: str, values: "Values") -> int:
    """How many values are others than their texts would mean in the usual way, or than nothing."""
    cells, texts = values.cells[name], values.texts(name).to_numpy("object")
    there = ~(
        cells.blank | cells.unread | (cells.limits if cells.limits is not None else np.zeros(len(texts))).astype(bool)
    )
    return int((number(texts[there]) != np.asarray(cells.values)[there]).sum())
