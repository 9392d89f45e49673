"""Two or more revisions side by side, out of fold: what a comparison of `assay compare` says, without the test fold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assay.compare import page
from assay.compare.out_of_fold import OutOfFold
from assay.compare.paired import Comparison, Row
from assay.evaluation import curves
from assay.experiments.revisions import Revision
from assay.presentation import words
from assay.statistics.metrics import METRICS, Place, shown_in

RESAMPLES = 2_000
MOST_POINTS = 400  # of a curve
MOST_IDS = 200


def compared(base: Revision, head: Revision) -> Comparison:
    """Base against head on the records that both have out of fold; AssayError if they share too few."""
    return page.compared(base, head, RESAMPLES, out_of_fold=True).comparison


def rows(found: Comparison) -> list[tuple[str, str, str, str, str]]:
    """Title, base, head, difference with interval, and verdict of each metric, those first that decide."""
    first = [one.name for one in shown_in(Place.COMPARISON)]
    ordered = sorted(found.rows, key=lambda row: first.index(row.metric) if row.metric in first else len(first))
    return [(METRICS[row.metric].title, *_texts(row)) for row in ordered]


def standing_out(found: Comparison) -> list[tuple[str, str, str, str, str, str]]:
    """The slices whose difference is beyond chance after correction: slice, metric, and as in `rows`."""
    told = [row for row in found.slices if row.verdict in ("better", "worse")]
    return [(row.group.replace("_", " "), METRICS[row.metric].title, *_texts(row)) for row in told]


def _texts(row: Row) -> tuple[str, str, str, str]:
    base, head = (words.number(value, row.metric) for value in (row.base, row.head))
    if row.difference != row.difference:
        return base, head, "–", "–"
    return base, head, words.signed(row.difference, row.interval, row.metric, row.method), row.verdict


def changed_sides(found: Comparison) -> list[tuple[str, list[tuple[str, bool]], int]]:
    """New alerts and lost ones: in words, the first records with whether head is right there, and the number of all."""
    positive = dict(zip(found.ids, (found.head.y == 1).tolist(), strict=True))
    return [
        ("new alerts", [(one, positive[one]) for one in found.new_alerts[:MOST_IDS]], len(found.new_alerts)),
        ("alerts lost", [(one, not positive[one]) for one in found.lost_alerts[:MOST_IDS]], len(found.lost_alerts)),
    ]


@dataclass(frozen=True)
class Curve:
    """The curve of a revision: its name, its points from 0 to 1 on both axes, and the point of the threshold in use."""

    name: str
    points: list[tuple[float, float]]
    in_use: tuple[float, float] | None = None


def precision_recall(sides: Sequence[OutOfFold]) -> list[Curve]:
    """Precision by recall of each side."""
    found = []
    for one in sides:
        scored = one.scored
        table = _thinned(curves.precision_recall(scored))
        in_use = METRICS["recall"].of(scored), METRICS["precision"].of(scored)
        points = list(zip(table["recall"].tolist(), table["precision"].tolist(), strict=True))
        found.append(Curve(one.name, points, in_use if in_use[1] == in_use[1] else None))
    return found


def calibration(sides: Sequence[OutOfFold], confidence: float) -> list[Curve]:
    """The observed share of positives by score, in bands, of each side."""
    tables = [(one.name, curves.calibration(one.scored, confidence)) for one in sides]
    return [
        Curve(name, list(zip(table["predicted"].tolist(), table["observed"].tolist(), strict=True)))
        for name, table in tables
    ]


def _thinned(table: pd.DataFrame) -> pd.DataFrame:
    if len(table) <= MOST_POINTS:
        return table
    return table.iloc[np.unique(np.linspace(0, len(table) - 1, MOST_POINTS).astype(int))]
