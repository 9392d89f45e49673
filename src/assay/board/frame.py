"""The frame of every page: head, views to choose from, style and script, in one piece that loads nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from assay.presentation.pages import environment

EXPERIMENTS, COMPARE, PARAMETERS, LABELS = "Experiments", "Compare", "Parameters", "Labels"
MODELS, WATCH = "Models", "Watch"
VIEWS = {
    EXPERIMENTS: "",
    COMPARE: "compare",
    PARAMETERS: "parameters",
    LABELS: "labels",
    MODELS: "models",
    WATCH: "watch",
}


@dataclass(frozen=True)
class Watched:
    """Where a page asks whether something has changed, where it gets that then, and what it has seen."""

    address: str
    again: str
    fingerprint: str


@dataclass(frozen=True)
class Frame:
    """The parts that all pages of a board have. views: their addresses by name. nonce: of this answer; "" in a file.

    policy: what a file may do, which has no headers to say it.
    """

    project: str
    views: Mapping[str, str]
    nonce: str = ""
    policy: str = ""

    def page(self, title: str, body: Markup, active: str = "", watched: Watched | None = None) -> str:
        """A whole page around the HTML of a view."""
        return templates().get_template("frame.html.j2").render(
            title=title,
            project=self.project,
            views=self.views.items(),
            nonce=Markup(' nonce="{}"').format(self.nonce) if self.nonce else "",
            css=_own("board.css"),
            js=_own("board.js"),
            body=body,
            policy=self.policy,
            active=active,
            watched=watched,
        )  # fmt: skip


def view(template: str, **values: Any) -> Markup:
    """The HTML of a view, without its frame."""
    return Markup(templates().get_template(template).render(**values))


@cache
def templates() -> Environment:
    """The templates of the board, compiled once."""
    return environment("assay.board")


@cache
def _own(name: str) -> Markup:
    return Markup(files("assay.board").joinpath(name).read_text("utf-8"))
