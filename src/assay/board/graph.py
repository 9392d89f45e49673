"""The graph of a revision's stages as a picture of HTML's own: each stage below those that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass

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
        (at[name].x + WIDE / 2, at[name].y + TALL, box.x + WIDE / 2, box.y)
        for box in boxes
        for name in _directly(box.ran, {one.node.name: one for one in stages})
    ]
    return Picture(boxes, lines, width, len(rows) * DOWN)


def _directly(one: Ran, stages: Mapping[str, Ran]) -> list[str]:
    """The stages that it needs, without those that another one of them needs already: so many lines hide the graph."""
    above = {further for name in one.needs for further in _all_above(stages[name], stages)}
    return [name for name in one.needs if name not in above]


def _all_above(one: Ran, stages: Mapping[str, Ran]) -> set[str]:
    return {*one.needs, *(further for name in one.needs for further in _all_above(stages[name], stages))}


def _rows(stages: list[Ran]) -> list[list[Ran]]:
    depth: dict[str, int] = {}
    for one in stages:
        depth[one.node.name] = 1 + max((depth[name] for name in one.needs), default=-1)
    rows: list[list[Ran]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for one in stages:
        rows[depth[one.node.name]].append(one)
    return rows
