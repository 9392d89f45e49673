"""Month by month: score, monitor, receive labels, decide, retrain, gate, swap. Nothing later than the month is seen."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assay.bundle.scoring import score
from assay.modelling.training import Trained
from assay.monitoring.decision import Action, Decision
from assay.replay.months import Timeline
from assay.replay.policies import Policy, Reference, Seen, Served
from assay.statistics.bootstrap import Resamples, estimate_one
from assay.statistics.resampled import Scored, average_precision


@dataclass(frozen=True)
class Model:
    """A model that learned from all records up to and with the month `until`."""

    until: int
    trained: Trained

    @property
    def threshold(self) -> float:
        return self.trained.threshold.value

    def scores(self, X: pd.DataFrame) -> np.ndarray:
        """The score of each record, (n,)."""
        if not len(X):
            return np.empty(0)
        return score(self.trained.estimator, X, self.trained.recalibration)


# Of the last month to learn from: the same model for the same month; None if these records have too few of a class.
Fit = Callable[[int], Model | None]
UNFITTED = "not fitted: some part of the months with labels has one class alone"


@dataclass(frozen=True)
class Gate:
    """The rule for challengers: resamples of the paired comparison, confidence, seed."""

    resamples: int
    confidence: float
    seed: int


@dataclass(frozen=True)
class Retraining:
    """A challenger that learned up to the month `until`: promoted if it did not fail, else why not."""

    until: int
    failed: list[str]

    @property
    def promoted(self) -> bool:
        return not self.failed


@dataclass(frozen=True)
class Month:
    """A month of production: the champion that served, its scores and alerts (n,), and what was decided at its end."""

    month: int
    learned_until: int
    threshold: float
    scores: np.ndarray
    alerts: np.ndarray
    decision: Decision
    retraining: Retraining | None


@dataclass
class Production:
    """The state of production: the champion, what it was fitted on, since when, what it has done, and a retraining that
    waits for labels."""

    champion: Model
    reference: Reference
    since: int
    served: dict[int, Month] = field(default_factory=dict)
    wanted: int | None = None  # the last month whose labels a retraining waits for
    last_retrained: int | None = None


def simulate(time: Timeline, policy: Policy, fit: Fit, delay: int, gate: Gate) -> list[Month]:
    """A month after the other, from the first one in which a model can serve.

    The labels of a month come `delay` months after its end; until those of the first window have come, nobody serves.
    """
    first, model = time.window + delay + 1, fit(time.window)
    assert model, "months.require_learnable comes before"
    now = Production(model, reference(time, model), first)
    for month in range(first, len(time.names)):
        _serve(time, now, month, policy, fit, delay, gate)
    return list(now.served.values())


def _serve(time: Timeline, now: Production, month: int, policy: Policy, fit: Fit, delay: int, gate: Gate) -> None:
    X, champion = time.records.X.iloc[time.of(month)], now.champion
    scores = champion.scores(X)
    decision = policy.decide(Seen(now.reference, _served(time, now, scores, month, delay), month))
    labelled = month - delay
    retraining = None
    if _due(now, policy, decision, month, labelled):
        retraining = _retrain(time, now, labelled, fit, gate, month)
    now.served[month] = Month(
        month, champion.until, champion.threshold, scores, scores >= champion.threshold, decision, retraining
    )


def reference(time: Timeline, model: Model) -> Reference:
    """The records that a model was fitted on, with its scores out of fold."""
    rows = time.until(model.until)
    records, trained = time.records.rows(rows), model.trained
    return Reference(records.X, records.y.to_numpy(), trained.out_of_fold, time.days[rows], trained.threshold)


def _served(time: Timeline, now: Production, scores: np.ndarray, month: int, delay: int) -> Served:
    """The records that the champion has scored, this month included, with the labels that have come."""
    rows = time.between(now.since - 1, month)
    earlier = [done.scores for one, done in now.served.items() if one >= now.since]
    come = time.month[rows] <= month - delay
    labels = np.where(come, time.records.y.to_numpy()[rows], np.nan)
    return Served(time.records.X.iloc[rows], np.concatenate([*earlier, scores]), time.days[rows], labels)


def _due(now: Production, policy: Policy, decision: Decision, month: int, labelled: int) -> bool:
    """Whether a challenger is fitted at the end of this month: wanted, with labels, and not too soon after another."""
    if decision.action == Action.RETRAIN and now.wanted is None:
        now.wanted = month if policy.waits else labelled
    rested = now.last_retrained is None or month - now.last_retrained >= policy.gap
    return now.wanted is not None and labelled >= now.wanted and rested and labelled > now.champion.until


def _retrain(time: Timeline, now: Production, until: int, fit: Fit, gate: Gate, month: int) -> Retraining:
    challenger = fit(until)
    found = Retraining(until, failures(time, now.champion, challenger, gate) if challenger else [UNFITTED])
    now.wanted, now.last_retrained = None, month
    if challenger and found.promoted:
        now.champion, now.reference, now.since = challenger, reference(time, challenger), month + 1
    return found


def failures(time: Timeline, champion: Model, challenger: Model, gate: Gate) -> list[str]:
    """The reasons against a challenger; empty if it may replace the champion.

    Its recall has the bound under which its threshold was chosen. On the labelled months after those that the champion
    learned from, its average precision is not worse, by the paired interval: the champion has not learned from them,
    and the challenger's scores are out of fold.
    """
    found, cut = [], challenger.trained.threshold
    if not cut.guaranteed:
        found.append(f"recall: at least {cut.recall_lower_bound:.3f} by the bound, {cut.min_recall:g} is asked for")
    rows = time.between(champion.until, challenger.until)
    both = time.records.rows(rows)
    y = both.y.to_numpy()
    if len(np.unique(y)) < 2:
        return [*found, "average precision: the new months with labels do not have both classes"]
    drawn = Resamples(len(y), gate.resamples, gate.seed)
    new, old = (
        estimate_one(Scored(y, scores, champion.threshold, both.weight), drawn, average_precision)
        for scores in (challenger.trained.out_of_fold[rows], champion.scores(both.X))
    )
    gain = new.minus(old)
    low, high = gain.interval(gate.confidence)
    if high < 0:
        found.append(f"average precision: worse than the champion by {-gain.value:.3f} [{low:.3f}, {high:.3f}]")
    return found
