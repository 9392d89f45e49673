"""Markdown from the templates of this package; no text from outside can become markup."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from assay.evaluation.report import environment
from assay.evaluation.words import number


def render(template: str, **content: Any) -> str:
    """A card."""
    return templates().get_template(template).render(content) + "\n"


@cache
def templates() -> Environment:
    """What an expression of a template gives is a text, unless one of the filters below made it."""
    page = environment("assay.cards").overlay(finalize=escaped)
    page.filters |= {"cells": cells, "code": code, "number": number, "percent": percent}
    return page


def escaped(value: Any) -> str:
    """A text in which nothing ends a line or a table's cell, or opens HTML."""
    if isinstance(value, Markup):
        return value
    return str(value).replace("\n", " ").replace("|", r"\|").replace("<", "&lt;")


def cells(texts: Iterable[Any]) -> Markup:
    """Cells of a table's row, between the first bar and the last."""
    return Markup(" | ".join(map(escaped, texts)))


def code(names: str | Iterable[str]) -> Markup:
    """Names as they are spelled, in a fixed-width type, with commas between them."""
    listed = [names] if isinstance(names, str) else names
    return Markup(", ".join("`{}`".format(escaped(name).replace("`", "'").replace("&lt;", "<")) for name in listed))


def percent(share: float) -> str:
    """5.6 %"""
    return "under 0.1 %" if 0 < share < 0.0005 else f"{share * 100:.1f} %"
