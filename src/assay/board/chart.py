"""Plots of experiments as shapes for SVG: a parameter against a metric, parallel coordinates, a search's history."""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assay.board.rows import ends, figure, parameters
from assay.overview.rows import DAMAGED, EXPERIMENT, Figures, Row

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 14, 40
AXIS_APART, AXES_HEIGHT, MOST_AXES = 150, 340, 7
LONGEST_LABEL = 18  # characters
FEW_LABELS, CLOSEST = 6, 26  # labels of an axis; pixels between them
INTERVALS, APART = 60, 46  # pixels: where the intervals of parallel coordinates stand beside the last axis


@dataclass(frozen=True)
class Axis:
    """Where values lie on a line of pixels: numbers in proportion or by powers of ten, others in steps.

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
        """The plot in words, for readers who cannot see it."""
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
        """The plot in words, for readers who cannot see it."""
        return f"{len(self.lines)} experiments; the best: {self.lines[-1].text}"


def axis(title: str, values: Sequence[Any], low: float, high: float) -> Axis:
    """The axis from the pixel `low` to the pixel `high` that shows all values, of which none may be None."""
    if values and all(map(_has_place, values)):
        return _numeric(title, [float(one) for one in values], low, high)
    names = sorted({str(one) for one in values})
    step = (high - low) / max(len(names), 1)
    at = {name: low + step * (place + 0.5) for place, name in enumerate(names)}
    return Axis(title, lambda value: at[str(value)], [(_short(name), at[name]) for name in names[:12]])


def _has_place(value: Any) -> bool:
    """Whether it is a number that an axis can reach."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _numeric(title: str, values: list[float], low: float, high: float) -> Axis:
    first, last = min(values), max(values)
    powers = first > 0 and last / first >= 50 and not all(one.is_integer() for one in values)
    scale: Callable[[float], float] = math.log10 if powers else float
    start, end = scale(first), scale(last)
    span = end - start or 1.0
    start, span = (start - 0.05 * span, 1.1 * span) if end > start else (start - 0.5, 1.0)

    def place(value: float) -> float:
        return low + (scale(float(value)) - start) / span * (high - low)

    return Axis(title, place, [(f"{mark:.3g}", place(mark)) for mark in _marks(values, powers, place)])


def _marks(values: list[float], powers: bool, place: Callable[[float], float]) -> list[float]:
    """Where an axis has labels: at the values themselves if they are few, else at even steps."""
    own = sorted(set(values))
    if len(own) > FEW_LABELS:
        own = _steps(own[0], own[-1], powers)
        if all(one.is_integer() for one in values):
            own = sorted({float(round(one)) for one in own})
    found = own[:1]
    for one in own[1:]:
        if abs(place(one) - place(found[-1])) >= CLOSEST:
            found.append(one)
    return found


def _steps(first: float, last: float, powers: bool) -> list[float]:
    if powers:
        return [first * (last / first) ** (n / 3) for n in range(4)]
    return [first + (last - first) * n / 4 for n in range(5)]


def scatters(rows: Sequence[Row], metric: str, title: str, most: int = 6) -> list[Scatter]:
    """The metric against each of the parameters that most rows change, and that take more than one value."""
    measured = having(rows, metric)
    found = []
    for key in parameters(measured):
        own = [row for row in measured if row.params.get(key) is not None]
        if len({_at(row, key) for row in own}) > 1:
            found.append(_scatter(own, metric, title, key, [row.params[key] for row in own]))
    return found[:most]


def history(rows: Sequence[Row], metric: str, title: str) -> Scatter | None:
    """The metric in the order in which experiments were made, with a line through the best so far; None for few."""
    timed = sorted(((row.time, row) for row in having(rows, metric) if row.time), key=lambda pair: pair[0])
    own = [row for _, row in timed]
    if len(own) < 3:
        return None
    plain = _scatter(own, metric, title, "order of time", list(range(1, len(own) + 1)))
    steps, best = [], math.inf
    for point in plain.points:
        best = min(best, point.y)  # pixels grow downwards
        steps.append(f"{point.x:.1f},{best:.1f}")
    return Scatter("Search history", plain.x, plain.y, plain.points, " ".join(steps))


def _scatter(rows: list[Row], metric: str, title: str, key: str, values: list[Any]) -> Scatter:
    x = axis(key, values, LEFT, WIDTH - RIGHT)
    y = axis(title, [end for row in rows for end in _ends(row.figures, metric)], HEIGHT - BOTTOM, TOP)
    best = max(rows, key=lambda row: row.figures.values[metric])
    points = [
        Point(
            row,
            f"{row.name}: {key} {value}, {title} {figure(row.figures, metric)}",
            x.place(value),
            y.place(row.figures.values[metric]),
            *_span(y, row, metric),
            row is best,
        )
        for row, value in zip(rows, values, strict=True)
    ]
    return Scatter(f"{title} by {key}", x, y, points)


def parallel(rows: Sequence[Row], metric: str, title: str) -> Parallel | None:
    """Experiments over the parameters that they change, and the metric last; None where fewer than two differ."""
    measured = having(rows, metric)
    keys = [key for key in parameters(measured) if len({_at(row, key) for row in measured}) > 1][:MOST_AXES]
    if len(measured) < 2 or not keys:
        return None
    axes = [axis(key, [_filled(row, key) for row in measured], AXES_HEIGHT - BOTTOM, 2 * TOP) for key in keys]
    last = axis(title, [end for row in measured for end in _ends(row.figures, metric)], AXES_HEIGHT - BOTTOM, 2 * TOP)
    places = [90 + n * AXIS_APART for n in range(len(axes) + 1)]
    best = max(measured, key=lambda row: row.figures.values[metric])
    lines: list[Line] = []
    for row in measured:
        ys = [known.place(_filled(row, key)) for known, key in zip(axes, keys, strict=True)]
        ys.append(last.place(row.figures.values[metric]))
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, ys, strict=True))
        text = f"{row.name}: {title} {figure(row.figures, metric)}"
        x = places[-1] + APART + INTERVALS * len(lines) / len(measured)
        lines.append(Line(row, text, points, x, *_span(last, row, metric), row is best))
    lines.sort(key=lambda line: line.best)
    return Parallel(list(zip(map(float, places), [*axes, last], strict=True)), lines, places[-1] + 130)


def having(rows: Sequence[Row], metric: str) -> list[Row]:
    """The experiments that have the metric, without those of which a file is damaged."""
    own = (row for row in rows if row.kind == EXPERIMENT and row.state != DAMAGED)
    return [row for row in own if math.isfinite(row.figures.values.get(metric, math.nan))]


def _at(row: Row, key: str) -> str:
    return str(row.params.get(key))


def _filled(row: Row, key: str) -> Any:
    value = row.params.get(key)
    return "none" if value is None else value


def _ends(figures: Figures, metric: str) -> tuple[float, float]:
    value = figures.values[metric]
    return ends(figures, metric) or (value, value)


def _span(axis: Axis, row: Row, metric: str) -> tuple[float, float]:
    low, high = _ends(row.figures, metric)
    return axis.place(low), axis.place(high)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"
