"""Plots of experiments as shapes for SVG: a parameter against a metric, parallel coordinates, a search's history."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assay.board.rows import Figure, Row, parameters
from assay.presentation.words import number

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 14, 40
AXIS_APART, AXES_HEIGHT, MOST_AXES = 150, 340, 7
LONGEST_LABEL = 18  # characters


@dataclass(frozen=True)
class Axis:
    """Where values lie on a line of pixels: numbers in proportion, on a scale of powers of ten if they span many; else in steps.

    ticks: label and place.
    """

    title: str
    place: Callable[[Any], float]
    ticks: list[tuple[str, float]]


@dataclass(frozen=True)
class Point:
    """An experiment at a place; low, high: the ends of its interval on the vertical axis. best: whether it leads."""

    row: Row
    text: str
    x: float
    y: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True)
class Scatter:
    """Points over an axis below and one on the left; line: through the best so far, as "x,y x,y"; "" for none."""

    title: str
    x: Axis
    y: Axis
    points: list[Point]
    line: str = ""

    @property
    def said(self) -> str:
        """What the plot shows, for who cannot see it."""
        return f"{len(self.points)} experiments; the best: {next(one.text for one in self.points if one.best)}"


@dataclass(frozen=True)
class Line:
    """An experiment over all axes: its points "x,y x,y", and the ends of the interval on the last axis."""

    row: Row
    text: str
    points: str
    x: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True)
class Parallel:
    """Axes with their place from the left, and a line for each experiment, the best last, above the others."""

    axes: list[tuple[float, Axis]]
    lines: list[Line]
    width: float

    @property
    def said(self) -> str:
        """What the plot shows, for who cannot see it."""
        return f"{len(self.lines)} experiments; the best: {self.lines[-1].text}"


def axis(title: str, values: Sequence[Any], low: float, high: float) -> Axis:
    """The axis from the pixel `low` to the pixel `high` that shows all values, of which none may be None."""
    if values and all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return _numeric(title, [float(one) for one in values], low, high)
    names = sorted({str(one) for one in values})
    step = (high - low) / max(len(names), 1)
    at = {name: low + step * (place + 0.5) for place, name in enumerate(names)}
    return Axis(title, lambda value: at[str(value)], [(_short(name), at[name]) for name in names[:12]])


def _numeric(title: str, values: list[float], low: float, high: float) -> Axis:
    first, last = min(values), max(values)
    powers = first > 0 and last / first >= 50
    scale: Callable[[float], float] = math.log10 if powers else float
    start, end = scale(first), scale(last)
    span = end - start or 1.0
    start, span = (start - 0.05 * span, 1.1 * span) if end > start else (start - 0.5, 1.0)

    def place(value: float) -> float:
        return low + (scale(float(value)) - start) / span * (high - low)

    marks = [first * (last / first) ** (n / 3) for n in range(4)] if powers else [first + (last - first) * n / 4 for n in range(5)]
    return Axis(title, place, [(f"{mark:.3g}", place(mark)) for mark in (marks if last > first else [first])])


def scatters(rows: Sequence[Row], metric: str, title: str, most: int = 6) -> list[Scatter]:
    """The metric against each of the parameters that most rows change, and that take more than one value."""
    measured = [row for row in rows if metric in row.figures]
    found = []
    for key in parameters(measured):
        own = [row for row in measured if key in row.changed and row.changed[key][1] is not None]
        if len({str(row.changed[key][1]) for row in own}) > 1:
            found.append(_scatter(own, metric, title, key, [row.changed[key][1] for row in own]))
    return found[:most]


def history(rows: Sequence[Row], metric: str, title: str) -> Scatter | None:
    """The metric in the order in which experiments were made, with a line through the best so far; None for few."""
    own = sorted((row for row in rows if metric in row.figures and row.when), key=lambda row: row.when)
    if len(own) < 3:
        return None
    plain = _scatter(own, metric, title, "order of time", list(range(1, len(own) + 1)))
    steps, best = [], math.inf
    for point in plain.points:
        best = min(best, point.y)  # pixels grow downwards
        steps.append(f"{point.x:.1f},{best:.1f}")
    return Scatter("Search history", plain.x, plain.y, plain.points, " ".join(steps))


def _scatter(rows: list[Row], metric: str, title: str, key: str, values: list[Any]) -> Scatter:
    figures = [row.figures[metric] for row in rows]
    x = axis(key, values, LEFT, WIDTH - RIGHT)
    y = axis(title, [end for one in figures for end in _ends(one)], HEIGHT - BOTTOM, TOP)
    best = max(figures, key=lambda one: one.value)
    points = [
        Point(
            row,
            f"{row.name}: {key} {value}, {title} {_figure(one, metric)}",
            x.place(value),
            y.place(one.value),
            *map(y.place, _ends(one)),
            one is best,
        )
        for row, one, value in zip(rows, figures, values, strict=True)
    ]
    return Scatter(f"{title} by {key}", x, y, points)


def parallel(rows: Sequence[Row], metric: str, title: str) -> Parallel | None:
    """Experiments over the parameters that they change, and the metric last; None where fewer than two differ."""
    measured = [row for row in rows if metric in row.figures and row.changed]
    keys = [key for key in parameters(measured) if len({_at(row, key) for row in measured}) > 1][:MOST_AXES]
    if len(measured) < 2 or not keys:
        return None
    axes = [axis(key, [_filled(row, key) for row in measured], AXES_HEIGHT - BOTTOM, 2 * TOP) for key in keys]
    figures = [row.figures[metric] for row in measured]
    last = axis(title, [end for one in figures for end in _ends(one)], AXES_HEIGHT - BOTTOM, 2 * TOP)
    places = [90 + n * AXIS_APART for n in range(len(axes) + 1)]
    best = max(figures, key=lambda one: one.value)
    lines = []
    for row, one in zip(measured, figures, strict=True):
        ys = [*(known.place(_filled(row, key)) for known, key in zip(axes, keys, strict=True)), last.place(one.value)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, ys, strict=True))
        text = f"{row.name}: {title} {_figure(one, metric)}"
        lines.append(Line(row, text, points, places[-1], *map(last.place, _ends(one)), one is best))
    lines.sort(key=lambda line: line.best)
    return Parallel(list(zip(map(float, places), [*axes, last], strict=True)), lines, places[-1] + 100)


def _at(row: Row, key: str) -> str:
    return str(row.changed[key][1]) if key in row.changed else ""


def _filled(row: Row, key: str) -> Any:
    """The value of a parameter; as text that says so where the row leaves it as it is on its baseline."""
    value = row.changed[key][1] if key in row.changed else None
    return "as on its baseline" if value is None else value


def _ends(one: Figure) -> tuple[float, float]:
    return (one.value, one.value) if one.low is None or one.high is None else (one.low, one.high)


def _figure(one: Figure, metric: str) -> str:
    low, high = _ends(one)
    return f"{number(one.value, metric)} [{number(low, metric)}, {number(high, metric)}]"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"
