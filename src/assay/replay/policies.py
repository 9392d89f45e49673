"""When to retrain: never, by the calendar, or when a monitor says so.

`Decide` is what a monitor must be. It gets what could be known at the end of a month, and no more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

FINE, WATCH, RETRAIN = "fine", "watch", "retrain"
NEVER, SCHEDULED, TRIGGERED = "never", "scheduled", "triggered"


@dataclass(frozen=True)
class Reference:
    """The records that a model was fitted on.

    X: (n) features. y: (n,) of 0 and 1. scores: (n,), out of fold. month: (n,), the number of each record's month.
    """

    X: pd.DataFrame
    y: np.ndarray
    scores: np.ndarray
    month: np.ndarray


@dataclass(frozen=True)
class Realised:
    """Labelled records that the champion has scored in production: labels, scores and alerts, each (n,)."""

    y: np.ndarray
    scores: np.ndarray
    alerts: np.ndarray


@dataclass(frozen=True)
class Seen:
    """What a monitor sees at the end of a month.

    reference: what the champion was fitted on. threshold: the champion's. X, scores: of the month, whose labels have
    not come. realised: of the months whose labels have. month: its number. served: for how many months the champion has
    been in use, this one included.
    """

    reference: Reference
    threshold: float
    X: pd.DataFrame
    scores: np.ndarray
    realised: Realised
    month: int
    served: int


@dataclass(frozen=True)
class Decision:
    """What to do: `FINE`, `WATCH` or `RETRAIN`, and why."""

    action: str
    reasons: list[str] = field(default_factory=list)


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
    return Policy(NEVER, lambda seen: Decision(FINE))


def scheduled(every: int, first: int) -> Policy:
    """Retrain after every so many months of production, the first of which has the number `first`."""

    def decide(seen: Seen) -> Decision:
        due = (seen.month - first + 1) % every == 0
        return Decision(RETRAIN, [f"{every} months have passed"]) if due else Decision(FINE)

    return Policy(SCHEDULED, decide)


def triggered(monitor: Decide, gap: int) -> Policy:
    """Retrain when a monitor says so."""
    return Policy(TRIGGERED, monitor, waits=True, gap=gap)
