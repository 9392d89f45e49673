"""A point of the page, and a part of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

HEAD = ("", "figure", "from", "to do")


@dataclass(frozen=True)
class Item:
    """Something that is open, missing or a risk: what, its figure, the file that says so, and what to do."""

    what: str
    figure: str
    source: str
    todo: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        return self.what, self.figure, self.source, self.todo


@dataclass(frozen=True)
class Section:
    """A part of the page: a heading, sentences, and a table. name: its address on the page."""

    name: str
    title: str
    sentences: Sequence[str] = ()
    head: Sequence[str] = HEAD
    rows: Sequence[Sequence[str]] = field(default_factory=list)


def section_of(name: str, title: str, items: Sequence[Item], none: str) -> Section:
    """A part of the page with an item a row, or the sentence `none`."""
    return Section(name, title, [] if items else [none], HEAD, [one.cells for one in items])
