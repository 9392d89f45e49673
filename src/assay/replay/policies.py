"""When to retrain: never, by the calendar, or when a monitor says so.

`Decide` is what a monitor must be. It gets what could be known at the end of a month, and no more.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assay.bundle.threshold import Threshold
from assay.monitoring.decision import Action, Decision

NEVER, SCHEDULED, TRIGGERED = "never", "scheduled", "triggered"


@dataclass(frozen=True, eq=False)
class Reference:
    """The records that a model was fitted on, and its threshold.

    X: (n) features. y: (n,) of 0 and 1. scores: (n,), out of fold. days: (n,) datetime64.
    """

    X: pd.DataFrame
    y: np.ndarray
    scores: np.ndarray
    days: np.ndarray
    threshold: Threshold


@dataclass(frozen=True, eq=False)
class Served:
    """The records that a model has scored in production, in order of time.

    X: (n) features. scores: (n,). days: (n,) datetime64. labels: (n,), 0 or 1, NaN while it has not come.
    """

    X: pd.DataFrame
    scores: np.ndarray
    days: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Seen:
    """The view of a monitor at the end of a month: what the champion was fitted on, what it has done, the month."""

    reference: Reference
    served: Served
    month: int


Decide = Callable[[Seen], Decision]


@dataclass(frozen=True)
class Policy:
    """When to retrain.

    waits: retrain once the labels of the month have come in which it was decided, not at once: what has changed must be
    among what is learned. gap: the months from one retraining to the next, at least.
    """

    name: str
    decide: Decide
    waits: bool = False
    gap: int = 1


def never() -> Policy:
    """The first model stays."""
    return Policy(NEVER, lambda seen: Decision(Action.FINE))


def scheduled(every: int, first: int) -> Policy:
    """Retrain after every so many months of production, the first of which has the number `first`."""

    def decide(seen: Seen) -> Decision:
        due = (seen.month - first + 1) % every == 0
        return Decision(Action.RETRAIN, [f"{every} months have passed"]) if due else Decision(Action.FINE)

    return Policy(SCHEDULED, decide)


def triggered(monitor: Decide, gap: int) -> Policy:
    """Retrain when a monitor says so."""
    return Policy(TRIGGERED, monitor, waits=True, gap=gap)
