"""Pages that need only a browser: templates, with pictures included."""

import base64
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.nodes import EvalContext
from markupsafe import Markup

from assay.presentation.markdown import FILTERS, Markdown, escaped
from assay.text import visible


@cache
def environment(*packages: str) -> Environment:
    """Templates of this package and of others, which escape HTML or else Markdown, and refuse unknown names.

    One for all pages of a process: each template is compiled once.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(name, "") for name in (*packages, "assay.presentation")]),
        autoescape=select_autoescape(["html.j2"]),
        finalize=_as_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FILTERS
    return made


@pass_eval_context
def _as_text(context: EvalContext, value: Any) -> Any:
    """The value of a template's expression: a text to escape, unless it is marked as HTML or Markdown already."""
    if not context.autoescape:
        return escaped(value)
    assert not isinstance(value, Markdown), "Markdown in a page of HTML"
    return value if isinstance(value, Markup) else visible(value, keep="\n")


def data_uri(svg: str) -> str:
    """The picture as a data: address, for use within a page."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
