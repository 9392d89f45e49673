"""Faults of how a contract says that a file and its values are written."""

import codecs

from assay.config.dataset import LIMIT, NUMBER, Column, Dataset, Written, has_limits
from assay.config.like_columns import distinct
from assay.config.source import Dialect

THOUSANDS = (",", ".", "'", "’", " ", "_")
RESERVED = '\r\n\0"'


def faults(dataset: Dataset) -> list[str]:
    """The contradictions, each with its key; empty if there are none."""
    source, columns = dataset.source, dataset.columns
    found = dialect_faults(source.dialect) if source.dialect else []
    if source.dialect and source.format not in (None, "csv"):
        found.append(f"dataset.source.dialect is of a CSV, not of source.format={source.format}")
    for name, column in distinct(columns).items():
        found += written_faults(f"dataset.columns.{name}", column)
    for name, column in columns.items():
        if has_limits(column) and f"{name}{LIMIT}" in columns:
            what = f"dataset.columns.{name}{LIMIT}: a column of that name is made of the limits of {name}; rename it"
            found.append(what)
    return found


def dialect_faults(dialect: Dialect) -> list[str]:
    """The contradictions of a dialect."""
    key = "dataset.source.dialect"
    found = [] if is_encoding(dialect.encoding) else [f"{key}.encoding={dialect.encoding} is no encoding of Python"]
    if len(dialect.separator) != 1 or dialect.separator in RESERVED:
        found.append(f"{key}.separator={dialect.separator!r} is not one character")
    if len(dialect.quote) > 1 or dialect.quote in ("\r", "\n", dialect.separator):
        found.append(f"{key}.quote={dialect.quote!r} is not one character, or none")
    return found


def is_encoding(name: str) -> bool:
    """Whether Python can read texts in it."""
    try:
        return codecs.lookup(name)._is_text_encoding  # hex and zip are codecs too
    except (LookupError, ValueError):
        return False


def written_faults(key: str, column: Column) -> list[str]:
    """The contradictions of how the numbers of a column are written."""
    written = column.written
    if not written:
        return []
    found = [] if column.type == NUMBER else [f"{key}.written needs type {NUMBER}, not {column.type}"]
    return found + _mark_faults(f"{key}.written", written)


def _mark_faults(key: str, written: Written) -> list[str]:
    found = []
    if written.decimal not in (".", ","):
        found.append(f"{key}.decimal={written.decimal!r} is none of: . ,")
    if written.thousands and written.thousands not in THOUSANDS:
        found.append(f"{key}.thousands={written.thousands!r} is none of: {' '.join(map(repr, THOUSANDS))}")
    if written.thousands == written.decimal:
        found.append(f"{key}: thousands and decimal are both {written.decimal!r}")
    for name in ("before", "after"):
        if any(letter.isdigit() or letter in "+-<>" for letter in getattr(written, name)):
            found.append(f"{key}.{name}={getattr(written, name)!r} holds a digit or a sign")
    return found
