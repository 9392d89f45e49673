"""Markdown from the templates of this package."""

from functools import cache
from typing import Any

from jinja2 import Environment

from assay.presentation.pages import environment
from assay.presentation.words import number


def render(template: str, **content: Any) -> str:
    """A card."""
    return templates().get_template(template).render(content) + "\n"


@cache
def templates() -> Environment:
    """The templates, with the filters that they use."""
    page = environment("assay.cards")
    page.filters |= {"number": number, "percent": percent}
    return page


def percent(share: float) -> str:
    """5.6 %"""
    return "under 0.1 %" if 0 < share < 0.0005 else f"{share * 100:.1f} %"
