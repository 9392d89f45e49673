"""The worth of each policy over the replayed months, and of one beside another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from assay.replay.months import Timeline
from assay.replay.simulation import Month
from assay.statistics.bootstrap import Estimates, Resamples, estimate
from assay.statistics.metrics import METRICS, measure
from assay.statistics.resampled import Scored, Values

RANKING, DECISIONS = ("average_precision",), ("recall", "precision", "alerts_per_1000")
SHOWN = (*RANKING, *DECISIONS)
Runs = Mapping[str, Sequence[Month]]  # by policy; all of the same months


@dataclass(frozen=True)
class Outcome:
    """A policy over all replayed months: its metrics, how often it fitted a challenger, how often one was promoted."""

    estimates: Estimates
    retrainings: int
    promoted: int


def outcomes(time: Timeline, runs: Runs, count: int, seed: int) -> dict[str, Outcome]:
    """Each policy on the same records, with the same resamples; count: of resamples."""
    months = [one.month for one in next(iter(runs.values()))]
    drawn = Resamples(sum(len(time.of(month)) for month in months), count, seed)
    found = {}
    for name, run in runs.items():
        retrained = [one.retraining for one in run if one.retraining]
        promoted = sum(one.promoted for one in retrained)
        found[name] = Outcome(measured(time, run, drawn), len(retrained), promoted)
    return found


def measured(time: Timeline, run: Sequence[Month], drawn: Resamples | None = None) -> Estimates:
    """The metrics of `SHOWN` over some months; each record counts with the score and the alert that it had then.

    drawn: resamples of these records; without them only values.
    """
    rows = np.concatenate([time.of(one.month) for one in run])
    y, weight = time.records.rows(rows).y.to_numpy(), time.records.rows(rows).weight
    scores, alerts = (np.concatenate([getattr(one, name) for one in run]) for name in ("scores", "alerts"))
    drawn = drawn or Resamples(len(y), count=0, seed=0)
    # Months have thresholds of their own, a Scored has one: so that alerts are scores of 0 and 1 for it.
    ranked, decided = Scored(y, scores, 0.5, weight), Scored(y, alerts.astype(float), 0.5, weight)
    return estimate(ranked, drawn, _ranking) | estimate(decided, drawn, _decisions)


def _ranking(scored: Scored, weights: np.ndarray) -> Values:
    return measure(scored, weights, 0.5, [METRICS[name] for name in RANKING])


def _decisions(scored: Scored, weights: np.ndarray) -> Values:
    return measure(scored, weights, 0.5, [METRICS[name] for name in DECISIONS])


def differences(found: Mapping[str, Outcome]) -> dict[tuple[str, str], Estimates]:
    """For each two policies, the later one less the earlier one: paired, resample by resample."""
    return {
        (later, earlier): {name: found[later].estimates[name].minus(found[earlier].estimates[name]) for name in SHOWN}
        for earlier, later in combinations(found, 2)
    }


def as_json(time: Timeline, runs: Runs, found: Mapping[str, Outcome], confidence: float) -> dict[str, Any]:
    """The content of reports/replay.json. DVC shows its numbers as metrics, without the intervals, which are lists."""
    run = next(iter(runs.values()))
    rows = np.concatenate([time.of(one.month) for one in run])
    return {
        "months": len(run),
        "records": len(rows),
        "positives": int(time.records.y.to_numpy()[rows].sum()),
        "policies": {name: _with_intervals(one.estimates, confidence) | _counts(one) for name, one in found.items()},
        "differences": {
            f"{later}_less_{earlier}": _with_intervals(each, confidence)
            for (later, earlier), each in differences(found).items()
        },
    }


def _counts(one: Outcome) -> dict[str, int]:
    return {"retrainings": one.retrainings, "promoted": one.promoted}


def _with_intervals(found: Estimates, confidence: float) -> dict[str, Any]:
    return {name: {"value": one.value, "interval": one.interval(confidence)} for name, one in found.items()}


def by_month(time: Timeline, runs: Runs) -> pd.DataFrame:
    """A row for each replayed month with records: month, records, positives, and of each policy POLICY_METRIC.

    Besides the metrics of `SHOWN`, missing where a month does not define them: POLICY_retrained and POLICY_promoted (0
    or 1, at the end of the month), POLICY_threshold.
    """
    return pd.DataFrame(
        [
            _row(time, {name: run[place] for name, run in runs.items()})
            for place, one in enumerate(next(iter(runs.values())))
            if len(time.of(one.month))
        ]
    )


def _row(time: Timeline, of: Mapping[str, Month]) -> dict[str, Any]:
    month = next(iter(of.values())).month
    y = time.records.y.to_numpy()[time.of(month)]
    row: dict[str, Any] = {"month": time.names[month], "records": len(y), "positives": int(y.sum())}
    for name, one in of.items():
        row |= {f"{name}_{metric}": found.value for metric, found in measured(time, [one]).items()}
        row[f"{name}_retrained"] = int(one.retraining is not None)
        row[f"{name}_promoted"] = int(one.retraining is not None and one.retraining.promoted)
        row[f"{name}_threshold"] = one.threshold
    return row
