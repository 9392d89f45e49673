"""Performance by month: estimated and by labels, with intervals, beside what was promised."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import matplotlib
from matplotlib.axes import Axes

from assay.monitoring.panels import Panel, Series
from assay.presentation.style import ALERT_COLOUR, INK, MODEL_COLOUR, SIZE, STYLE, labelled, svg
from assay.statistics.metrics import METRICS

MOST_MONTHS = 36  # months: of more, the newest
WORDS = 6  # on the axis of months, at most
OFFSET = 0.12  # of a month: two figures of it stand side by side


def pictures(panels: Sequence[Panel], months: Sequence[str]) -> dict[str, str]:
    """The SVG of each panel, by metric.

    Parts have ids: `points-SERIES`, `points-SERIES-faint`, `bar-SERIES-MONTH`, `level`.
    """
    with matplotlib.rc_context(STYLE):
        return {one.metric: svg(SIZE, partial(over_months, panel=one, months=months[-MOST_MONTHS:])) for one in panels}


def over_months(ax: Axes, panel: Panel, months: Sequence[str]) -> None:
    """A point with its interval for each month and series; hollow, if it decides nothing."""
    aside = [0.0] if len(panel.series) == 1 else [-OFFSET, OFFSET]
    for one, colour, shift in zip(panel.series, (MODEL_COLOUR, ALERT_COLOUR), aside, strict=False):
        _series(ax, one, colour, {name: place + shift for place, name in enumerate(months) if name in one.figures})
    if panel.level == panel.level:
        label = f"{panel.named}: {panel.level:.{METRICS[panel.metric].digits}f}"
        ax.axhline(panel.level, color=INK, linewidth=1, linestyle="--", label=label, gid="level")
    every = -(-len(months) // WORDS)
    ax.set_xticks(range(0, len(months), every), months[::every])
    ax.set_xlim(-0.6, len(months) - 0.4)
    ax.grid(visible=False, axis="x")
    labelled(ax, f"{METRICS[panel.metric].title} by month", "", "")
    ax.set_ylim(0, 1.02 if panel.metric != "alerts_per_1000" else None)
    ax.legend(loc="lower left" if panel.metric != "alerts_per_1000" else "best")


def _series(ax: Axes, one: Series, colour: str, places: Mapping[str, float]) -> None:
    known = {name: at for name, at in places.items() if one.figures[name].value == one.figures[name].value}
    for name, at in known.items():
        bounds = one.figures[name].low, one.figures[name].high
        if bounds[0] == bounds[0]:
            ax.plot([at, at], bounds, color=colour, linewidth=1, alpha=0.6, gid=f"bar-{one.name}-{name}")
    for faint, label in ((False, one.name), (True, f"{one.name}, decides nothing")):
        chosen = {name: at for name, at in known.items() if (name in one.faint) == faint}
        if chosen:
            look: dict[str, Any] = {"marker": "o", "markersize": 4.5, "color": colour, "linestyle": "none"}
            look |= {"markerfacecolor": "white"} if faint else {}
            values = [one.figures[name].value for name in chosen]
            ax.plot([*chosen.values()], values, label=label, gid=f"points-{one.name}{'-faint' * faint}", **look)
