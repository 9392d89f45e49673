"""The figures of the report."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from assay.config.words import Words, complete
from assay.presentation.style import (
    ALERT_COLOUR,
    INK,
    MODEL_COLOUR,
    MUTED,
    OTHERS,
    SERIES,
    SIZE,
    STYLE,
    labelled,
    svg,
)
from assay.report import over_time
from assay.report.reasons import Example
from assay.statistics.metrics import METRICS
from assay.text import visible

Curves = Mapping[str, pd.DataFrame]
Metrics = Mapping[str, float]
LABELLED = (2.3, 0.5, 0.15, 0.35)  # inches: the margins of a picture with words on the left
LONGEST_LABEL = 36  # letters of such words


@dataclass(frozen=True)
class Figures:
    """The figures to draw as points. They are not read off the curves, which are not exact enough.

    metrics: of each model by name, as in the reports. price: the threshold probability of net benefit. rounds: the
    number of rounds of the model, if it was stopped early. called: the words of the dataset.
    """

    metrics: Mapping[str, Metrics]
    price: float
    rounds: int | None = None
    called: Words = field(default_factory=lambda: complete(None))


def draw_all(curves: Mapping[str, Curves], figures: Figures) -> dict[str, str]:
    """Each figure's SVG by name.

    curves: for each table of `assay.evaluation.curves` and `over_time`, the table by model name ("model" and the
    baselines; those tables that concern the model alone have only that one). Lines and points have ids in the SVG:
    `curve-NAME`, `point-NAME`.
    """
    metrics, model, called = figures.metrics, figures.metrics["model"], figures.called
    with matplotlib.rc_context(STYLE):
        return {
            "precision_recall": svg(SIZE, lambda ax: precision_recall(ax, curves["precision_recall"], metrics)),
            "roc": svg(SIZE, lambda ax: roc(ax, curves["roc"], metrics)),
            "calibration": svg(SIZE, lambda ax: calibration(ax, curves["calibration"], called)),
            "confusion": svg(SIZE, lambda ax: confusion(ax, curves["confusion"]["model"], model, called)),
            "threshold_sweep": svg(SIZE, lambda ax: threshold_sweep(ax, curves["threshold_sweep"]["model"], model)),
            "decision_curve": svg(SIZE, lambda ax: decision_curve(ax, curves["decision_curve"]["model"], figures)),
            **over_time.draw_all(curves["score_by_month"]["model"], curves["data_by_month"]["model"], called),
            "training_curve": svg(
                SIZE, lambda ax: training_curve(ax, curves["training_curve"]["model"], figures.rounds)
            ),
        }


def draw_reasons(examples: Mapping[str, Example]) -> dict[str, str]:
    """The SVG of each example's reasons, by name. Bars have ids in the SVG: `bar-0` is the lowest."""
    with matplotlib.rc_context(STYLE):
        return {name: svg(SIZE, partial(reasons, example=one), LABELLED) for name, one in examples.items()}


def precision_recall(ax: Axes, tables: Curves, metrics: Mapping[str, Metrics]) -> None:
    """Precision by recall; the area below a curve is the average precision. Points: the thresholds in use."""
    for name, table in tables.items():
        ranks = len(table) > 2
        if ranks:
            recall = np.r_[0, table["recall"]]
            precision = np.r_[table["precision"].head(1), table["precision"]]
            ax.step(recall, precision, where="pre", color=_colour(name), label=name, gid=f"curve-{name}")
        decided(ax, name, metrics[name]["recall"], metrics[name]["precision"], label=None if ranks else name)
    labelled(ax, "Precision against recall", "recall", "precision")
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02))
    ax.legend(loc="lower left")


def roc(ax: Axes, tables: Curves, metrics: Mapping[str, Metrics]) -> None:
    """Recall by the share of the negatives with an alert. Points: the thresholds in use."""
    for name, table in tables.items():
        x, y = table["false_positive_rate"], table["recall"]
        ax.plot(x, y, color=_colour(name), label=name, gid=f"curve-{name}")
        decided(ax, name, 1 - metrics[name]["specificity"], metrics[name]["recall"])
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    labelled(ax, "ROC", "false positive rate", "recall")
    ax.legend(loc="lower right")


def calibration(ax: Axes, tables: Curves, called: Words) -> None:
    """The observed share of positives by the score, with exact intervals."""
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="perfect")
    for name, table in tables.items():
        error = [table["observed"] - table["low"], table["high"] - table["observed"]]
        points, _, bars = ax.errorbar(
            table["predicted"], table["observed"], yerr=error, fmt="o", color=_colour(name), capsize=2, label=name
        )
        points.set_gid(f"curve-{name}")
        bars[0].set_gid(f"bars-{name}")
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    labelled(ax, "Calibration", "mean score in the band", f"observed share {called.outcome}")
    ax.legend(loc="upper left")


def confusion(ax: Axes, table: pd.DataFrame, metrics: Metrics, called: Words) -> None:
    """Counts of decisions by true class; the shares are specificity and recall, which are weighted in a sample."""
    classes = [called.otherwise, called.event]
    counts = pd.crosstab(table["actual"], table["predicted"]).reindex(index=classes, columns=classes, fill_value=0)
    left_alone, found = metrics["specificity"], metrics["recall"]
    shares = np.array([[left_alone, 1 - left_alone], [1 - found, found]])
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1.2, aspect="auto")
    for (row, column), count in np.ndenumerate(counts.to_numpy()):
        share = shares[row, column]
        colour = "white" if share > 0.6 else INK
        ax.text(column, row, f"{count}\n{share:.1%} of row", ha="center", va="center", color=colour)
    ax.set(xticks=[0, 1], xticklabels=["no alert", "alert"], yticks=[0, 1], yticklabels=classes)
    ax.grid(visible=False)
    labelled(ax, "Decisions", "", "")


def threshold_sweep(ax: Axes, table: pd.DataFrame, metrics: Metrics) -> None:
    """The metrics of `Place.FIGURES` by alerts per 1000. Points: the threshold in use."""
    price = metrics["alerts_per_1000"]
    for name, colour in zip(table.columns.drop(["threshold", "alerts_per_1000"]), cycle(SERIES)):
        label = METRICS[name].phrase
        ax.plot(table["alerts_per_1000"], table[name], color=colour, label=label, gid=f"curve-{name}")
        decided(ax, name, price, metrics[name], colour=colour)
    ax.axvline(price, color=MUTED, linewidth=1, linestyle="--", label="chosen threshold", gid="line-threshold")
    ax.set(ylim=(0, 1.02))
    labelled(ax, "What an alert buys", "alerts per 1000 records", "")
    ax.legend(loc="center right")


def decision_curve(ax: Axes, table: pd.DataFrame, figures: Figures) -> None:
    """Net benefit of alerts by the model, on everybody, and on nobody. Point: the threshold in use."""
    x = table["threshold_probability"]
    for name in table.columns.drop(["threshold_probability", "everyone", "no_one"]):
        ax.plot(x, table[name], color=_colour(name), label=name, gid=f"curve-{name}")
        decided(ax, name, figures.price, figures.metrics[name]["net_benefit"])
    ax.plot(x, table["everyone"], color=MUTED, linewidth=1, linestyle="--", label="alert on everyone")
    ax.axhline(0, color=INK, linewidth=1, label="alert on no one")
    ax.set(ylim=(-0.01, max(0.01, float(table["model"].max()) * 1.15)))
    labelled(ax, "Decision curve", "threshold probability", "net benefit per record")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 0.19), ncols=2)  # above the line of no one, below the curves


def training_curve(ax: Axes, table: pd.DataFrame, kept: int | None) -> None:
    """Loss by number of rounds, and the number that the model has; a note if it has no rounds."""
    labelled(ax, "Training", "round", "loss")
    if table.empty:
        ax.text(0.5, 0.5, "this model is fitted in one step", ha="center", va="center", transform=ax.transAxes)
        return
    for name, colour in (("train", MUTED), ("validation", MODEL_COLOUR)):
        ax.plot(table["round"], table[name], color=colour, label=name, gid=f"curve-{name}")
    if kept is not None:
        ax.axvline(kept, color=ALERT_COLOUR, linewidth=1, linestyle="--", label=f"{kept} rounds kept", gid="line-kept")
    ax.legend(loc="best")


def learning_curve(ax: Axes, table: pd.DataFrame) -> None:
    """Average precision against the number of records learned from, on a scale of doublings."""
    x, y = table["training_records"], table["average_precision"]
    error = [y - table["low"], table["high"] - y]
    points, _, bars = ax.errorbar(x, y, yerr=error, fmt="o-", color=MODEL_COLOUR, capsize=2)
    points.set_gid("curve-model")
    bars[0].set_gid("bars-model")
    ax.set_xscale("log", base=2)
    ax.set_xticks(x, [str(records) for records in x])
    ax.set_ylim(0, 1.02)
    labelled(ax, "Learning curve", "training records", "average precision, out of fold")


def reasons(ax: Axes, example: Example) -> None:
    """The contribution of each reason to the log odds, the strongest on top, and below of all other features."""
    rows = [(one.found, one.log_odds) for one in example.explanation.reasons]
    rows = [("all other features", example.explanation.others), *reversed(rows)]
    widths = [log_odds for _, log_odds in rows]
    bars = ax.barh(range(len(rows)), widths, color=[ALERT_COLOUR if one > 0 else MODEL_COLOUR for one in widths])
    ax.bar_label(bars, [f"{one:+.2f}" for one in widths], padding=3)
    for number, bar in enumerate(bars):
        bar.set_gid(f"bar-{number}")
    ax.set_yticks(range(len(rows)), [_shortened(words) for words, _ in rows])
    ax.axvline(0, color=INK, linewidth=1)
    ax.margins(x=0.25)  # for the figures beside the bars
    ax.set_axisbelow(True)
    ax.grid(visible=False, axis="y")
    labelled(ax, f"{example.error}: score {example.score:.3f}".capitalize(), "adds to the log odds", "")


def decided(ax: Axes, name: str, x: float, y: float, *, colour: str = "", label: str | None = None) -> None:
    """The point of a model at its threshold; none if a metric is undefined, as precision is without alerts."""
    known = math.isfinite(x) and math.isfinite(y)
    label = f"{label}, no alerts" if label and not known else label
    ax.scatter(
        [x] * known, [y] * known, color=colour or _colour(name), zorder=3, s=28, label=label, gid=f"point-{name}"
    )


def _shortened(words: str) -> str:
    seen = visible(words)
    return seen if len(seen) <= LONGEST_LABEL else f"{seen[: LONGEST_LABEL - 1]}…"


def _colour(name: str) -> str:
    return MODEL_COLOUR if name == "model" else OTHERS.get(name, MUTED)
