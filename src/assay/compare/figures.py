"""The figures of a comparison, each with both sides."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from assay.compare.paired import Comparison
from assay.config.words import Words
from assay.evaluation import curves
from assay.presentation import words
from assay.presentation.style import ALERT_COLOUR, INK, MUTED, SIZE, STYLE, labelled, svg
from assay.report import figures

FLOOR = 1e-4  # keeps log odds finite


def pictures(one: Comparison, confidence: float, called: Words) -> dict[str, str]:
    """Each figure as SVG by caption, with both sides; points show the values in the rows of the comparison."""
    sides = {"base": one.base, "head": one.head}
    metrics = {name: {row.metric: getattr(row, name) for row in one.rows} for name in sides}
    ranked = {name: curves.precision_recall(side) for name, side in sides.items()}
    bands = {name: curves.calibration(side, confidence) for name, side in sides.items()}
    with matplotlib.rc_context(STYLE):
        return {
            words.caption(words.FIGURES["precision_recall"], called): svg(
                SIZE, lambda ax: figures.precision_recall(ax, ranked, metrics)
            ),
            words.caption(words.FIGURES["calibration"], called): svg(
                SIZE, lambda ax: figures.calibration(ax, bands, called)
            ),
            "Each record by both scores. Off the diagonal, the models disagree; the lines are the thresholds.": svg(
                SIZE, lambda ax: scores(ax, one, called)
            ),
        }


def scores(ax: Axes, one: Comparison, called: Words) -> None:
    """Head's score against base's, by class, on the scale of log odds."""
    x, y = _log_odds(one.base.score), _log_odds(one.head.score)
    for value, colour, name in ((0, MUTED, called.otherwise), (1, ALERT_COLOUR, called.event)):
        rows = one.head.y == value
        ax.scatter(x[rows], y[rows], s=7, color=colour, alpha=0.5, linewidths=0, label=name, gid=f"points-{value}")
    for name, line, side in (("base", ax.axvline, one.base), ("head", ax.axhline, one.head)):
        at = float(_log_odds(np.array(side.threshold)))
        line(at, color=INK, linewidth=1, linestyle="--", gid=f"line-{name}")
    labelled(ax, "Scores", "base, log odds", "head, log odds")
    ax.legend(loc="upper left")


def _log_odds(score: np.ndarray) -> np.ndarray:
    return np.log((score + FLOOR) / (1 + FLOOR - score))
