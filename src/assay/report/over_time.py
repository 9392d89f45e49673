"""The figures over time: what the model was worth each month, and how the data changed. All have the same months."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from assay.config.words import Words
from assay.presentation.style import ALERT_COLOUR, GRID, MODEL_COLOUR, SERIES, WIDE, labelled, svg
from assay.records.folds import TEST

MONTHS_BETWEEN_LABELS = 3  # months between two words on the axis
MARKERS = {"train": "o", "validation": "s", "test": "D"}
FEWEST = 10  # records of a month whose median says something
OFFSET = 0.12  # of a month: two figures of it stand side by side


def draw_all(months: pd.DataFrame, data: pd.DataFrame, called: Words) -> dict[str, str]:
    """Each figure's SVG by name; none of records without dates. The tables are those of `assay.evaluation.over_time`.

    Lines, intervals and bars have ids in the SVG: `curve-NAME`, `bars-NAME`, `bar-MONTH`.
    """
    drawn = {}
    if not months.empty:
        drawn["performance_by_month"] = svg(WIDE, lambda ax: performance_by_month(ax, months))
        drawn["score_by_month"] = svg(WIDE, lambda ax: score_by_month(ax, months, called))
    if not data.empty:
        drawn["data_by_month"] = svg(WIDE, lambda ax: data_by_month(ax, data))
    return drawn


def performance_by_month(ax: Axes, table: pd.DataFrame) -> None:
    """Recall and precision with their intervals; the months of the test fold are shaded."""
    labelled(ax, "Recall and precision by month", "", "")
    places = _places(ax, table["month"])
    if (test := table["fold"] == TEST).any():
        band = ax.axvspan(places[test].min() - 0.5, places[test].max() + 0.5, color=GRID, alpha=0.5, label="test fold")
        band.set_gid("band-test")
    for name, colour, aside in (("recall", MODEL_COLOUR, -OFFSET), ("precision", ALERT_COLOUR, OFFSET)):
        known = table[name].notna()
        at = (places[known] + aside).to_numpy()
        ax.plot(at, table.loc[known, name], "o-", markersize=3.5, color=colour, label=name, gid=f"curve-{name}")
        _intervals(ax, at, table[known], name, colour, name)
    ax.set(ylim=(0, 1.02))
    ax.legend(loc="lower left", ncols=3)


def score_by_month(ax: Axes, table: pd.DataFrame, called: Words) -> None:
    """Alerts, with their intervals, and positives, per 1000 records."""
    labelled(ax, "Alerts by month", "", "per 1000 records")
    places = _places(ax, table["month"])
    weighed = table.assign(ill=table["weight"] * table["positives_per_1000"])
    months = weighed.groupby("month", as_index=False)[["weight", "ill"]].sum()
    bars = ax.bar(months.index, months["ill"] / months["weight"], color=GRID, label=f"{called.event} per 1000")
    for month, bar in zip(months["month"], bars, strict=True):
        bar.set_gid(f"bar-{month}")
    for fold, part in table.groupby("fold", sort=False):
        colour, at = ALERT_COLOUR if fold == TEST else MODEL_COLOUR, places[part.index].to_numpy()
        label = f"alerts per 1000 ({'test' if fold == TEST else f'{fold}, out of fold'})"
        style: dict[str, Any] = {"marker": MARKERS.get(str(fold), "o"), "markersize": 3.5, "color": colour}
        ax.plot(at, part["alerts_per_1000"], label=label, gid=f"curve-{fold}", **style)
        _intervals(ax, at, part, "alerts_per_1000", colour, str(fold))
    highest = max(table["alerts_per_1000"].max(), table["positives_per_1000"].max(), 1)
    ax.set(ylim=(0, 1.8 * highest))  # the interval of a month with two records would dwarf all others
    ax.legend(loc="upper right", ncols=2)


def data_by_month(ax: Axes, table: pd.DataFrame) -> None:
    """The rank of the median and the missing share of the strongest features, of months with `FEWEST` records."""
    labelled(ax, "The strongest features by month", "", "share")
    places = _places(ax, table["month"])
    for number, (name, part) in enumerate(table.groupby("feature", sort=False)):
        part = part[part["records"] >= FEWEST]
        colour, at = SERIES[number % len(SERIES)], places[part.index].to_numpy()
        known = part["rank"].notna().to_numpy()
        rank, missing = f"{name}: rank of the median", f"{name}: missing"
        ax.plot(at[known], part["rank"][known], color=colour, label=rank, gid=f"curve-rank-{number}")
        ax.plot(at, part["missing"], "--", linewidth=1, color=colour, label=missing, gid=f"curve-missing-{number}")
    ax.set(ylim=(0, 1.3))  # room for the legend
    ax.set_yticks(np.arange(0, 1.01, 0.25))
    ax.legend(loc="upper left", ncols=3)


def _places(ax: Axes, months: Sequence[str] | pd.Series) -> pd.Series:
    """Where each row stands on the axis of months, which is labelled."""
    every = sorted(set(months))
    ax.set_xticks(range(0, len(every), MONTHS_BETWEEN_LABELS), every[::MONTHS_BETWEEN_LABELS])
    ax.set_xlim(-0.7, len(every) - 0.3)
    ax.grid(visible=False, axis="x")
    return pd.Series(months).map({month: index for index, month in enumerate(every)})


def _intervals(ax: Axes, at: np.ndarray, table: pd.DataFrame, name: str, colour: str, gid: str) -> None:
    error = [(table[name] - table[f"{name}_low"]).clip(lower=0), (table[f"{name}_high"] - table[name]).clip(lower=0)]
    style: dict[str, Any] = {"fmt": "none", "elinewidth": 1, "alpha": 0.6, "ecolor": colour}
    _, _, bars = ax.errorbar(at, table[name], yerr=error, **style)
    bars[0].set_gid(f"bars-{gid}")
