"""The figures over the replayed months, with retrainings and what changed in the data."""

from collections.abc import Mapping, Sequence
from functools import partial

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from assay.presentation.style import ALERT_COLOUR, GRID, INK, MODEL_COLOUR, MUTED, STYLE, labelled, svg
from assay.profile.drift import ChangePoint
from assay.replay.policies import NEVER, SCHEDULED, TRIGGERED
from assay.statistics.metrics import METRICS
from assay.text import visible

SIZE = (9.8, 3.2)  # inches
COLOURS = {NEVER: MUTED, SCHEDULED: ALERT_COLOUR, TRIGGERED: MODEL_COLOUR}
HEIGHTS = {SCHEDULED: 0.05, TRIGGERED: 0.12}  # of the marks of retrainings, in shares of the axes
MOST_NAMES = 3


def pictures(table: pd.DataFrame, changes: Mapping[str, ChangePoint], metrics: Sequence[str]) -> dict[str, str]:
    """The SVG of each metric by month; table: from `outcome.by_month`, changes: of the data, by column."""
    with matplotlib.rc_context(STYLE):
        return {
            metric: svg(SIZE, partial(over_time, table=table, changes=changes, metric=metric)) for metric in metrics
        }


def over_time(ax: Axes, table: pd.DataFrame, changes: Mapping[str, ChangePoint], metric: str) -> None:
    """A line for each policy; below, a triangle where it put a new model in use, a cross where the gate refused one."""
    months = list(table["month"])
    for name, colour in COLOURS.items():
        values = table[f"{name}_{metric}"]
        ax.plot(table.index, values, marker="o", markersize=3, color=colour, label=name, gid=f"curve-{name}")
    for name, height in HEIGHTS.items():
        _retrainings(ax, table, name, height)
    for day in sorted({one.day for one in changes.values() if one.day[:7] in months}):
        _changed(ax, months, day, [name for name, one in changes.items() if one.day == day])
    ax.set_xticks(list(table.index)[::3], months[::3])
    ax.set_xlim(-0.7, len(months) - 0.1)
    ax.set_ylim(0, None if metric == "alerts_per_1000" else 1.04)
    labelled(ax, f"{METRICS[metric].title} by month", "", METRICS[metric].phrase)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderpad=0)


def _retrainings(ax: Axes, table: pd.DataFrame, name: str, height: float) -> None:
    """Marks at the ends of months, at a height of their own from 0 to 1."""
    retrained, promoted = table[f"{name}_retrained"] == 1, table[f"{name}_promoted"] == 1
    for kind, marker, months in (("promoted", "^", promoted), ("refused", "x", retrained & ~promoted)):
        at = table.index[months] + 0.5
        ax.scatter(
            at,
            [height] * len(at),
            marker=marker,
            color=COLOURS[name],
            s=26,
            zorder=3,
            transform=ax.get_xaxis_transform(),
            gid=f"{kind}-{name}",
        )


def _changed(ax: Axes, months: Sequence[str], day: str, names: Sequence[str]) -> None:
    """A line on a day on which the data changed, with the names of the columns, on the side with more room."""
    at = months.index(day[:7]) - 0.5 + (int(day[8:]) - 1) / 31
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    said = visible(f"{day}: {', '.join(names[:MOST_NAMES])}{more} changed")
    left = at > len(months) / 2
    ax.axvline(at, color=INK, linewidth=1, linestyle=":", gid=f"change-{day}")
    ax.annotate(
        said,
        (at, 0.24),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if left else 4, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": GRID, "pad": 2},
    )
