"""Figures read back from an SVG as a person reads them: by the ticks of its axes and what they say."""

import re
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

import numpy as np

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
Points = np.ndarray  # (n, 2)


@dataclass(frozen=True)
class Axis:
    """Where the ticks are, in the picture, and what they say; `log` where equal steps are equal factors."""

    places: np.ndarray
    texts: list[str]
    log: bool = False

    def value(self, place: np.ndarray) -> np.ndarray:
        """What stands at a place, by the ticks with the greatest distance."""
        said = np.array([float(text.replace("−", "-")) for text in self.texts])
        said = np.log2(said) if self.log else said
        scale = (said[-1] - said[0]) / (self.places[-1] - self.places[0])
        found = said[0] + (place - self.places[0]) * scale
        return np.exp2(found) if self.log else found

    def category(self, place: float, step: int = 1) -> str:
        """The text of the tick at a place of an axis that names every `step`th category."""
        width = (self.places[1] - self.places[0]) / step
        number = round((place - self.places[0]) / width)
        return self.texts[number // step] if number % step == 0 else ""


class Picture:
    """An SVG of matplotlib with one pair of axes."""

    def __init__(self, svg: str, *, log_x: bool = False) -> None:
        self.root, self.log_x = ElementTree.fromstring(svg), log_x

    @cached_property
    def text(self) -> list[str]:
        """Every text, line by line."""
        return [said for node in self.root.iter(f"{SVG}text") for said in "".join(node.itertext()).splitlines()]

    @cached_property
    def x(self) -> Axis:
        return self._axis("x", log=self.log_x)

    @cached_property
    def y(self) -> Axis:
        return self._axis("y")

    def ids(self, prefix: str) -> list[str]:
        """The names of what is marked `PREFIX-NAME`, in order."""
        found = [node.get("id", "") for node in self.root.iter()]
        return [name.removeprefix(f"{prefix}-") for name in found if name.startswith(f"{prefix}-")]

    def places(self, gid: str) -> Points:
        """The corners of a line, or the centres of markers, in the picture's own coordinates."""
        group = self._group(gid)
        marks = [(float(use.get("x", "")), float(use.get("y", ""))) for use in group.iter(f"{SVG}use")]
        return np.array(marks).reshape(-1, 2) if marks else self._paths(group)

    def points(self, gid: str) -> Points:
        """The same as figures on the axes."""
        places = self.places(gid)
        return np.column_stack([self.x.value(places[:, 0]), self.y.value(places[:, 1])])

    def point(self, gid: str) -> tuple[float, float]:
        """The only one."""
        ((x, y),) = self.points(gid)
        return float(x), float(y)

    def passes(self, gid: str, x: np.ndarray, y: np.ndarray, within: float = 0.2) -> bool:
        """Whether the line goes through all of these points; `within` in points of print: lines are simplified."""
        line = self.places(gid)
        line = np.vstack([line, line[-1:]])  # of one point, too
        asked = np.column_stack([self._place(self.x, np.asarray(x)), self._place(self.y, np.asarray(y))])
        return bool((_distances(asked, line) <= within).all())

    def _place(self, axis: Axis, value: np.ndarray) -> np.ndarray:
        there = axis.value(axis.places)
        return axis.places[0] + (value - there[0]) * (axis.places[-1] - axis.places[0]) / (there[-1] - there[0])

    def _axis(self, name: str, *, log: bool = False) -> Axis:
        ticks = [node for node in self.root.iter(f"{SVG}g") if re.fullmatch(rf"{name}tick_\d+", node.get("id", ""))]
        told = [("".join(tick.itertext()).strip(), next(tick.iter(f"{SVG}use"), None)) for tick in ticks]
        named = [(text, float(mark.get(name, ""))) for text, mark in told if text and mark is not None]
        return Axis(np.array([place for _, place in named]), [text for text, _ in named], log)

    def _group(self, gid: str) -> ElementTree.Element:
        (group,) = (node for node in self.root.iter() if node.get("id") == gid)
        return group

    def _paths(self, group: ElementTree.Element) -> Points:
        drawn = " ".join(path.get("d", "") for path in group.iter(f"{SVG}path"))
        return np.array(re.findall(r"[ML] (-?[\d.]+) (-?[\d.]+)", drawn), dtype=float).reshape(-1, 2)


def _distances(points: Points, line: Points) -> np.ndarray:
    """Of each point from the nearest piece of the line; (n,)."""
    start, step = line[:-1], np.diff(line, axis=0)
    length = np.maximum((step**2).sum(axis=1), 1e-12)
    along = np.clip(((points[:, None] - start) * step).sum(axis=2) / length, 0, 1)
    return np.linalg.norm(points[:, None] - (start + along[..., None] * step), axis=2).min(axis=1)
