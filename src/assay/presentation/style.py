"""The style of every figure, and SVG with the same bytes on every machine."""

import io
import warnings
from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from assay.text import visible

INK, MUTED, GRID = "#1d2733", "#667085", "#e4e7ec"
MODEL_COLOUR, ALERT_COLOUR = "#0b6e99", "#c2410c"
SERIES = (MODEL_COLOUR, ALERT_COLOUR, "#7a5195", "#b45309", "#98a2b3")  # of the curves of one model
OTHERS = {
    "base": ALERT_COLOUR,
    "head": MODEL_COLOUR,
    "xgboost": "#4d7c0f",
    "logistic": "#7a5195",
    "rule": "#b45309",
    "majority": "#98a2b3",
}

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "assay",  # ids in an SVG are random otherwise
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar in a name is a dollar
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # carried by matplotlib itself: measures are the same everywhere
    "font.size": 9,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.8,
}
SIZE, WIDE = (4.8, 3.6), (9.8, 3.4)  # inches
MARGINS = (0.7, 0.5, 0.15, 0.35)  # inches: left, bottom, right, top


def labelled(ax: Axes, title: str, x: str, y: str) -> None:
    """Title and axis labels."""
    ax.set(title=title, xlabel=x, ylabel=y)


def svg(
    size: tuple[float, float],
    draw: Callable[[Axes], None],
    margins: tuple[float, float, float, float] = MARGINS,
) -> str:
    """The SVG of what `draw` draws on one pair of axes; size and margins in inches."""
    figure = Figure(figsize=size)
    left, bottom, right, top = margins
    # Fixed margins: computing them draws everything twice.
    figure.subplots_adjust(left / size[0], bottom / size[1], 1 - right / size[0], 1 - top / size[1])
    draw(figure.add_subplot())
    buffer = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the browser's font draws the letters
        # No date: it would change with every run.
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return visible(buffer.getvalue(), keep="\n")  # XML has no word for a control character in a name
