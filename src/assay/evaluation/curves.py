"""The tables behind the pictures; each is written as CSV for `dvc plots` too."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from assay.statistics.binomial import effective, interval
from assay.statistics.metrics import METRICS, Place, measure, shown_in
from assay.statistics.resampled import Scored, cumulative

CALIBRATION_EDGES = np.array([0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1])
ALERTS_PER_1000 = np.arange(5, 401, 5)
MOST_POINTS, MOST_DECISIONS = 2000, 20_000  # rows of a curve, and of the decisions, at most
THRESHOLD_PROBABILITIES = np.arange(0.01, 0.505, 0.01)


def precision_recall(scored: Scored) -> pd.DataFrame:
    """Columns recall, precision, threshold: a row at each score of a positive, and at the threshold in use.

    Of very many rows as many as `MOST_POINTS`, evenly; so of `roc`.
    """
    tp, fp, thresholds = _steps(scored)
    table = pd.DataFrame({"recall": tp / tp[-1], "precision": tp / (tp + fp), "threshold": thresholds})
    return _thinned(table, np.diff(tp, prepend=0) > 0, np.isin(thresholds, _last_alert(scored)))


def roc(scored: Scored) -> pd.DataFrame:
    """Columns false_positive_rate, recall, threshold: a row at each corner of the curve and at the threshold in use."""
    tp, fp, thresholds = (np.insert(step, 0, first) for step, first in zip(_steps(scored), (0, 0, 1), strict=True))
    table = pd.DataFrame({"false_positive_rate": fp / fp[-1], "recall": tp / tp[-1], "threshold": thresholds})
    straight = (np.diff(tp, 2) == 0) & (np.diff(fp, 2) == 0)
    corner = np.r_[True, ~straight, True]
    return _thinned(table, corner, np.isin(thresholds, _last_alert(scored)))


def calibration(scored: Scored, confidence: float) -> pd.DataFrame:
    """The mean score and the observed share of positives in bands of the score, with an exact interval.

    Of a weighted sample, the interval is computed from the effective number of records.
    """
    band = np.digitize(scored.score, CALIBRATION_EDGES[1:-1])
    rows = []
    for index in np.unique(band):
        part = scored.only(band == index)
        told = effective(part.weights[0])
        observed = part.prevalence
        low, high = interval(told * observed, told, confidence)
        predicted = np.average(part.score, weights=part.weight)
        rows.append((predicted, observed, low, high, len(part.y), int(part.y.sum())))
    return pd.DataFrame(rows, columns=["predicted", "observed", "low", "high", "records", "positives"])


def confusion(scored: Scored, classes: tuple[str, str]) -> pd.DataFrame:
    """A row per record, whatever its weight: its true class, and the decision by alert.

    classes: what readers call a negative and a positive one. DVC counts the rows. Of more than `MOST_DECISIONS` records
    there are as many rows as each of the four kinds has among so many records, one at least.
    """
    named, records = np.array(classes, dtype=object), len(scored.y)
    cells = np.bincount(2 * scored.y + scored.alert, minlength=4)
    rows = cells if records <= MOST_DECISIONS else np.ceil(cells * (MOST_DECISIONS / records)).astype(int)
    kinds = np.repeat(np.arange(4), rows)
    table = pd.DataFrame({"actual": named[kinds // 2], "predicted": named[kinds % 2]})
    return table.sort_values(["actual", "predicted"], ignore_index=True)


def threshold_sweep(scored: Scored) -> pd.DataFrame:
    """Recall and precision for each number of alerts per 1000 records, the threshold in use among them.

    Columns: threshold, the metrics of `Place.FIGURES`, alerts_per_1000.
    """
    metrics = [*shown_in(Place.FIGURES), METRICS["alerts_per_1000"]]
    order = np.argsort(-scored.score, kind="stable")
    passed = np.cumsum(scored.weights[0][order])
    bought = {scored.score[order][np.abs(passed - alerts * passed[-1] / 1000).argmin()] for alerts in ALERTS_PER_1000}
    rows = []
    for at in sorted({*bought, *_last_alert(scored)}, reverse=True):
        bought_at = measure(replace(scored, threshold=at), scored.weights, 0.5, metrics)
        rows.append((at, *(value[0] for value in bought_at.values())))
    return pd.DataFrame(rows, columns=["threshold", *(one.name for one in metrics)])


def decision_curve(models: Mapping[str, Scored]) -> pd.DataFrame:
    """Net benefit by threshold probability, for each model, for alerts on everybody, and on nobody.

    At each threshold probability a model alerts on the scores above it (Vickers & Elkin 2006).
    """
    one = next(iter(models.values()))
    everyone = replace(one, score=np.ones(len(one.y)), threshold=0.5)
    table = pd.DataFrame({"threshold_probability": THRESHOLD_PROBABILITIES})
    for name, scored in {**models, "everyone": everyone}.items():
        table[name] = [_net_benefit(scored, probability) for probability in THRESHOLD_PROBABILITIES]
    return table.assign(no_one=0.0)


def _thinned(table: pd.DataFrame, drawn: np.ndarray, used: np.ndarray) -> pd.DataFrame:
    """The rows of a curve that are drawn, evenly thinned if there are very many, and those in use; masks (rows,)."""
    places = np.flatnonzero(drawn)
    if len(places) > MOST_POINTS:
        places = places[np.linspace(0, len(places) - 1, MOST_POINTS).round().astype(int)]
    return table.iloc[np.union1d(places, np.flatnonzero(used))].reset_index(drop=True)


def _last_alert(scored: Scored) -> np.ndarray:
    """The lowest score that is an alert, (1,): it has the alerts of the threshold in use. (0,) without an alert."""
    return np.unique(scored.score[scored.alert])[:1]


def _steps(scored: Scored) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    cuts = np.unique(scored.score)[::-1]
    tp, fp = cumulative(scored, scored.weights, cuts)
    return tp[0], fp[0], cuts


def _net_benefit(scored: Scored, probability: float) -> float:
    return METRICS["net_benefit"].of(replace(scored, threshold=probability), probability)
