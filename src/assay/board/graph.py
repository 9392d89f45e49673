"""The graph of a revision's stages as a picture of HTML's own: each stage below those that it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from assay.board.revision import Ran

WIDE, TALL, ACROSS, DOWN = 128, 30, 148, 64  # of a box, and from one box to the next, in pixels


@dataclass(frozen=True)
class Box:
    """A stage at its place; x, y: of the upper left corner."""

    ran: Ran
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    """The boxes, the lines between them (x, y of both ends), and the size of all."""

    boxes: list[Box]
    lines: list[tuple[float, float, float, float]]
    width: float
    height: float


def picture(stages: list[Ran]) -> Picture:
    """Lay out stages, each of which comes after those that it needs."""
    rows = _rows(stages)
    width = max((len(row) for row in rows), default=0) * ACROSS
    boxes = [
        Box(one, (width - len(row) * ACROSS) / 2 + place * ACROSS + (ACROSS - WIDE) / 2, depth * DOWN + 4)
        for depth, row in enumerate(rows)
        for place, one in enumerate(row)
    ]
    at = {box.ran.node.name: box for box in boxes}
    lines = [
        (at[name].x + WIDE / 2, at[name].y + TALL, at[below].x + WIDE / 2, at[below].y)
        for name, below in _direct(stages)
    ]
    return Picture(boxes, lines, width, len(rows) * DOWN)


def _direct(stages: list[Ran]) -> Iterator[tuple[str, str]]:
    """A stage and one that needs it, unless another one that it needs does already: so many lines hide the graph."""
    bits = {one.node.name: 1 << number for number, one in enumerate(stages)}
    above: dict[str, int] = {}  # all that a stage needs, directly or not, as bits: chains may be long
    for one in stages:
        further = reduce(or_, (above[name] for name in one.needs), 0)
        yield from ((name, one.node.name) for name in one.needs if not further & bits[name])
        above[one.node.name] = reduce(or_, (bits[name] for name in one.needs), further)


def _rows(stages: list[Ran]) -> list[list[Ran]]:
    depth: dict[str, int] = {}
    for one in stages:
        depth[one.node.name] = 1 + max((depth[name] for name in one.needs), default=-1)
    rows: list[list[Ran]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for one in stages:
        rows[depth[one.node.name]].append(one)
    return rows
