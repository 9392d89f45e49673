"""The first figures of the profile: missing values, drift, correlation, positives by month."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from assay.config.words import Words
from assay.presentation.style import ALERT_COLOUR, GRID, MODEL_COLOUR, STYLE, labelled, svg
from assay.profile.drift import NOTABLE, ChangePoint
from assay.text import visible

WIDTH, ROW = 9.8, 0.19  # inches
MOST_ROWS = 40


def pictures(
    months: pd.DataFrame | None,
    changes: dict[str, ChangePoint],
    correlations: pd.DataFrame | None,
    timeline: pd.DataFrame | None,
    called: Words,
) -> dict[str, str]:
    """Each figure as SVG, by caption; those over time only if records have a date.

    months: from `assay.profile.columns.monthly`; changes: the notable change of each column; correlations: of pairs of
    numeric columns, if there are two; timeline: columns month, records, positives_per_1000; called: the words of the
    dataset.
    """
    drawn = {}
    with matplotlib.rc_context(STYLE):
        if months is not None:
            missing, drift = _by_column(months, "missing"), _by_column(months, "ks")
            drawn["Share of values missing, by month. A column that fills or empties is a change of practice."] = svg(
                _size(missing), lambda ax: heatmap(ax, missing, "Missing", 1, {})
            )
            drawn[drift_caption(changes)] = svg(
                _size(drift), lambda ax: heatmap(ax, drift, "Distance from the first three months", 0.4, changes)
            )
        if timeline is not None:
            drawn[
                f"Records and {called.event} per 1000 by month, train and validation; the test fold stays unseen."
            ] = svg((WIDTH, 3.0), lambda ax: label_timeline(ax, timeline, called))
        if correlations is not None:
            drawn["Rank correlation (Spearman) of the numeric columns."] = svg(
                (6.4, 5.4), lambda ax: correlation(ax, correlations)
            )
    return drawn


def drift_caption(changes: dict[str, ChangePoint]) -> str:
    """The caption of the drift figure, with each notable change by name and day."""
    named = [
        f"{name} on {one.day} (distance {one.distance:.2f}; smallest value {one.low_before:g}, then {one.low_after:g})"
        for name, one in changes.items()
    ]
    said = f"Changes of {NOTABLE:g} or more: {'; '.join(named) or 'none'}."
    return f"Kolmogorov-Smirnov distance of each month from the first three, 0 to 1. {said}"


def heatmap(ax: Axes, table: pd.DataFrame, title: str, top: float, changes: dict[str, ChangePoint]) -> None:
    """A row for each column of the data, a column for each month, and a mark where a notable change begins."""
    if table.size:
        ax.imshow(table.to_numpy(dtype=float), cmap="Blues", vmin=0, vmax=top, aspect="auto", interpolation="nearest")
    ax.set_yticks(range(len(table)), map(visible, table.index), fontsize=7)
    ax.set_xticks(range(0, table.shape[1], 3), table.columns[::3])
    ax.grid(visible=False)
    rows, months = list(table.index), list(table.columns)
    for name, change in changes.items():
        if name in rows and change.day[:7] in months:
            x, y = months.index(change.day[:7]), rows.index(name)
            ax.plot(x, y, marker="<", color=ALERT_COLOUR, markersize=6)
            ax.annotate(change.day, (x, y), (6, -2.5), textcoords="offset points", fontsize=7, color=ALERT_COLOUR)
    labelled(ax, title, "", "")


def correlation(ax: Axes, table: pd.DataFrame) -> None:
    """The correlation of each pair of columns, from -1 (one rises as the other falls) to 1."""
    ax.imshow(table.to_numpy(), cmap="RdBu", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    ax.set_xticks(range(len(table)), map(visible, table.columns), rotation=90, fontsize=7)
    ax.set_yticks(range(len(table)), map(visible, table.index), fontsize=7)
    ax.grid(visible=False)
    for (row, column), value in np.ndenumerate(table.to_numpy()):
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=6)
    labelled(ax, "Correlation", "", "")


def label_timeline(ax: Axes, table: pd.DataFrame, called: Words) -> None:
    """Bars: records; line: positives per 1000."""
    for month, bar in zip(
        table["month"], ax.bar(range(len(table)), table["records"], color=GRID, label="records"), strict=True
    ):
        bar.set_gid(f"bar-{month}")
    positives = table["positives_per_1000"]
    ax.plot(
        positives, color=MODEL_COLOUR, marker="o", markersize=3, label=f"{called.event} per 1000", gid="curve-positives"
    )
    ax.set_xticks(range(0, len(table), 3), table["month"][::3])
    ax.grid(visible=False, axis="x")
    labelled(ax, "Labels", "", "")
    ax.legend(loc="upper right", ncols=2)


def _by_column(months: pd.DataFrame, value: str) -> pd.DataFrame:
    table = months.pivot(index="column", columns="month", values=value)
    return table.reindex(months["column"].unique()).dropna(how="all").head(MOST_ROWS)


def _size(table: pd.DataFrame) -> tuple[float, float]:
    return WIDTH, 1.0 + ROW * max(len(table), 4)
