"""Escapes text from outside in Markdown; no other module does.

It escapes for GitHub: CommonMark with tables, strike-through, autolinks, mathematics, mentions and references. In a
template each expression is escaped unless it is `Markdown` already. In Python `Markdown("| {} |").format(...)`, `+` and
`join` escape their arguments.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from assay.config.source import WEB
from assay.text import visible

BREAK = "&#8203;"  # has no width, and breaks up a mention or a reference
MARK = re.compile(
    r"(?P<figures> \[[-+–.\d]+, [-+–.\d]+\](?![\[(:]))"  # an interval: no link without an address, and readable so
    r"|(?P<marks>[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=[wW]{3})\.)"
    r"|(?P<entities>[<$]|&(?=#?\w+;))"
    r"|(?P<names>@|#(?=\d)|\b[gG][hH]-(?=\d))"
)
ENTITIES = {"<": "&lt;", "$": "&#36;", "&": "&amp;"}
# At the start of a line: a heading, a quotation, an item of a list, a rule, a line that makes the last one a heading.
START = re.compile(r"\A( ?(?:\d{1,9}(?=[.)](?:\s|$))|(?=[#>]|[-+](?:[\s-]|$)|=+\s*$)))")
END = re.compile(r"(?<=\s)(?=#+\s*\Z)")  # at the end of a heading: marks that would not be shown
SPELLED = re.compile(r"(?! )[^`|]+(?<! )")  # texts that can be between backticks, in a table too


class Markdown(Markup):
    """Text that is Markdown already. Other text that is formatted, added or joined into it is escaped."""

    @classmethod
    def escape(cls, s: Any, /) -> "Markdown":
        """The text as Markdown."""
        return s if isinstance(s, cls) else cls(escaped(s))


def escaped(value: Any) -> str:
    """The text on one line, shown as written: no tag, link, picture, cell, heading, list, mention or reference.

    >>> print(escaped("<b>5*3|2</b>"))
    &lt;b>5\\*3\\|2&lt;/b>
    """
    if isinstance(value, Markup):
        return value
    line = re.sub(r"\s*[\n\t]\s*|^\s+(?=\S)", " ", str(value))
    return END.sub(r"\\", START.sub(r"\1\\", MARK.sub(_escape, visible(line))))


def _escape(found: re.Match[str]) -> str:
    mark, kind = found[0], found.lastgroup
    return {"figures": mark, "marks": f"\\{mark}", "names": mark + BREAK}.get(str(kind)) or ENTITIES[mark]


def cells(texts: Iterable[Any]) -> Markdown:
    """Cells of a table's row, between the first bar and the last."""
    return Markdown(" | ").join(texts)


def table(head: Sequence[Any], rows: Iterable[Iterable[Any]]) -> Markdown:
    """A table with a cell for each text.

    >>> print(table(["metric", "value"], [["recall", 0.9]]).strip())
    | metric | value |
    |---|---|
    | recall | 0.9 |
    """
    lines = [Markdown("| {} |").format(cells(row)) for row in (head, *rows)]
    return Markdown("\n").join([lines[0], rule(len(head)), *lines[1:]])


def rule(columns: int) -> Markdown:
    """The line below the head of a table of so many columns, in a template that does not know them beforehand."""
    return Markdown(f"|{'---|' * columns}")


def code(names: Any) -> Markdown:
    """Names as they are spelled, in a fixed-width type, with commas between them."""
    listed = [names] if isinstance(names, str) else names
    return Markdown(", ").join(map(_spelled, listed))


def _spelled(name: Any) -> Markdown:
    text = visible(name)
    return Markdown(f"`{text}`") if SPELLED.fullmatch(text) else Markdown("<code>{}</code>").format(text)


def quoted(text: Any) -> Markdown:
    """A code block that shows the text line by line. Nothing in the text can end it."""
    return Markdown("\n".join(f"    {line}" for line in visible(text, keep="\n").split("\n")))


def address(text: Any) -> Markdown:
    """A link if the text is an address of the web; else plain text."""
    return Markdown(f"<{text}>") if WEB.fullmatch(str(text)) else Markdown.escape(text)


FILTERS = {"address": address, "cells": cells, "code": code, "quoted": quoted, "rule": rule}
