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
MOST_NAMES = 3


def pictures(table: pd.DataFrame, changes: Mapping[str, ChangePoint], metrics: Sequence[str]) -> dict[str, str]:
    """The SVG of each metric by month; table: from `outcome.by_month`, changes: of the data, by column."""
    with matplotlib.rc_context(STYLE):
        return {
            metric: svg(SIZE, partial(over_time, table=table, changes=changes, metric=metric)) for metric in metrics
        }


def over_time(ax: Axes, table: pd.DataFrame, changes: Mapping[str, ChangePoint], metric: str) -> None:
    """A line for each policy, a triangle where it put a new model in use, a cross where the gate refused one."""
    months = list(table["month"])
    for name, colour in COLOURS.items():
        values = table[f"{name}_{metric}"]
        ax.plot(table.index, values, marker="o", markersize=3, color=colour, label=name, gid=f"curve-{name}")
        for kind, marker in (("promoted", "^"), ("refused", "x")):
            promoted = table[f"{name}_promoted"] == (kind == "promoted")
            at = table.index[(table[f"{name}_retrained"] == 1) & promoted]
            ax.scatter(at + 0.5, values[at], marker=marker, color=colour, s=38, zorder=3, gid=f"{kind}-{name}")
    _mark(ax, months, changes)
    ax.set_xticks(list(table.index)[::3], months[::3])
    ax.set_ylim(0, None if metric == "alerts_per_1000" else 1.04)
    labelled(ax, f"{METRICS[metric].title} by month", "", METRICS[metric].phrase)
    ax.legend(loc="lower left", ncols=3)


def _mark(ax: Axes, months: Sequence[str], changes: Mapping[str, ChangePoint]) -> None:
    """A line on each day on which the data changed, with the names of the columns."""
    for day in sorted({one.day for one in changes.values()}):
        month, names = day[:7], [name for name, one in changes.items() if one.day == day]
        if month not in months:
            continue
        at = months.index(month) - 0.5 + (int(day[8:]) - 1) / 31
        ax.axvline(at, color=INK, linewidth=1, linestyle=":", gid=f"change-{day}")
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        said = visible(f"{day}: {', '.join(names[:MOST_NAMES])}{more} changed")
        box = {"facecolor": "white", "edgecolor": GRID, "pad": 2}
        ax.annotate(said, (at, 0.5), xycoords=("data", "axes fraction"), xytext=(4, 0), textcoords="offset points",
                    fontsize=8, bbox=box)  # fmt: skip
