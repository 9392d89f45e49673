"""The schema of `dataset.source`: where raw files come from, and how a CSV is written."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any

from assay.config.fields import MISSING, OneOrMore, ReadAs, Within

WEB = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")


@dataclass
class Dialect:
    """How a CSV is written, where it is not as RFC 4180 has it, in UTF-8.

    `encoding`: as Python names it. `separator`, `quote`: one character each; `quote` may be "", and then no cell is
    quoted. `above`: lines above the header, which are no part of the table. `strip`: spaces around a cell, invisible
    characters among them, are no part of it. `trailing`: each line of data ends in one separator more than the header.
    """

    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    above: Annotated[int, Within(0, 1000)] = 0
    strip: bool = False
    trailing: bool = False


@dataclass
class Source:
    """Where the raw file comes from, and the hash that it must have; or several files, which make one table.

    A `uri` may be a folder, here or at s3://…/: its CSV or Parquet files, at any depth, are one table, in the order of
    their names. `sha256` is then that of the list of their hashes in that order: collect tells what it is.

    `uri`, `sha256`: a text, or lists of the same length. The records of the first file come first, and so on; all files
    have the same columns and the same format. Files are added at the end, so that the rows of the earlier ones keep
    their numbers.

    `format`: csv, parquet or pickle.xz; null takes it from the name. A pickle must be declared; only plain columns of
    it are read: numbers, texts, truth values and dates.

    `dialect`: how a CSV is written; null if in the usual way. Later records, to be scored or learned from, are written
    so too, if they are a CSV.
    """

    uri: Annotated[Any, OneOrMore()] = MISSING
    sha256: Annotated[Any, OneOrMore()] = MISSING
    licence: str = MISSING
    citation: str = MISSING
    format: str | None = None
    url: str = ""
    creator: str = ""
    published: str = ""  # ISO 8601: a year will do
    dialect: Annotated[Any, ReadAs(Dialect | None)] = None


def in_words(dialect: Dialect | None) -> str:
    """How a CSV is written, where that is not usual; "" if it is.

    >>> in_words(Dialect("cp1252", ";", above=2))
    "in cp1252, ';' between cells, 2 lines above the header left out"
    """
    if dialect is None:
        return ""
    parts = {
        f"in {dialect.encoding}": dialect.encoding != Dialect.encoding,
        f"{dialect.separator!r} between cells": dialect.separator != Dialect.separator,
        f"cells quoted by {dialect.quote!r}" if dialect.quote else "no cell quoted": dialect.quote != Dialect.quote,
        f"{dialect.above} lines above the header left out": dialect.above,
        "spaces around cells taken off": dialect.strip,
        "a separator more at the end of each record": dialect.trailing,
    }
    return ", ".join(part for part, holds in parts.items() if holds)


def sources(source: Source) -> list[Source]:
    """Each file as a source of its own, in order.

    >>> [one.uri for one in sources(Source(["a.csv", "b.csv"], ["12", "34"]))]
    ['a.csv', 'b.csv']
    """
    if isinstance(source.uri, str):
        return [source]
    return [replace(source, uri=uri, sha256=sha) for uri, sha in zip(source.uri, source.sha256, strict=True)]
