"""The evidence for every cause: the records of train and validation, and models that score each block out of fold."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from assay.bundle.recalibration import Recalibration
from assay.bundle.scoring import score
from assay.modelling.fitting import fitted
from assay.modelling.records import Records
from assay.modelling.training import blocks
from assay.statistics.bootstrap import Estimate, Resamples, estimate_one
from assay.statistics.ratios import ratio
from assay.statistics.resampled import Resampled, Scored, average_precision

RESAMPLES, SEED = 500, 42
Advance = Callable[[], Any]


@dataclass(frozen=True)
class Subject:
    """A model and the records that it is diagnosed on.

    records: of train, then validation. model: its configuration, without early stopping. inputs: the cleaned records,
    in the same order, from which `features` makes the feature table. recorded: the columns of inputs that are features.
    titles: what a feature is a form of, by its name. dates: (n,), None if the records have none. noted: by the name of
    a rule, the records (n,) whose values the contract finds unlikely and keeps. dropped: features that are left out.
    """

    records: Records
    model: Mapping[str, Any]
    folds: int
    threshold: float
    inputs: pd.DataFrame
    features: Callable[[pd.DataFrame], pd.DataFrame]
    recorded: Sequence[str]
    recalibration: Recalibration | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    dates: pd.Series | None = None
    noted: Mapping[str, np.ndarray] = field(default_factory=dict)
    dropped: Sequence[str] = ()


@dataclass(frozen=True)
class Part:
    """An estimator that learned from all other blocks, and the positions of its own."""

    estimator: Any
    block: np.ndarray


@dataclass(frozen=True)
class Evidence:
    """A subject with its scores out of fold, (n,), and the models that gave them.

    worth: the least gain in average precision that is worth the work.
    """

    subject: Subject
    parts: Sequence[Part]
    worth: float

    @property
    def records(self) -> Records:
        return self.subject.records

    @cached_property
    def y(self) -> np.ndarray:
        return self.records.y.to_numpy()

    @cached_property
    def scores(self) -> np.ndarray:
        return self.scores_of(self.records.X)

    @property
    def drawn(self) -> Resamples:
        """Bootstrap resamples of the records, which all figures share."""
        return Resamples(len(self.y), RESAMPLES, SEED)

    @cached_property
    def found(self) -> Estimate:
        """The average precision of the model."""
        return self.average_precision(self.scores)

    @property
    def scored(self) -> Scored:
        return Scored(self.y, self.scores, self.subject.threshold, self.records.weight)

    @property
    def missed(self) -> np.ndarray:
        """The positives without an alert, (n,)."""
        return (self.y == 1) & ~self.scored.alert

    @property
    def false_alarms(self) -> np.ndarray:
        """The negatives with an alert, (n,)."""
        return (self.y != 1) & self.scored.alert

    def scores_of(self, X: pd.DataFrame) -> np.ndarray:
        """The score of each record, (n,), by the model of its block. X: a feature table of the same records."""
        return scores_of(self.parts, X, self.subject.recalibration)

    def average_precision(self, scores: np.ndarray, y: np.ndarray | None = None) -> Estimate:
        """Of scores (n,), by the labels y (n,), by default those of the records."""
        labels = self.y if y is None else y
        scored = Scored(labels, scores, self.subject.threshold, self.records.weight)
        return estimate_one(scored, self.drawn, average_precision)

    def without(self, rows: np.ndarray) -> Estimate:
        """The average precision if the records of a mask (n,) did not count."""
        weight = np.ones(len(self.y)) if self.records.weight is None else self.records.weight
        scored = replace(self.scored, weight=np.where(rows, 0.0, weight))
        return estimate_one(scored, self.drawn, average_precision)

    def refitted(self, records: Records, model: Mapping[str, Any], advance: Advance) -> Estimate:
        """The average precision of another model, or of this one on other features of the same records."""
        parts = fitted_parts(records, model, self.subject.folds, advance)
        return self.average_precision(scores_of(parts, records.X, self.subject.recalibration))

    def lifted(self, rows: np.ndarray) -> Estimate:
        """The gain in average precision if the positives of a mask (n,) ranked as high as all others.

        Average precision is the mean, over the positives, of the precision at the score of each. So a group of them
        costs its share times the difference between its mean and that of the others.
        """
        return estimate_one(self.scored, self.drawn, lambda on: _lifted(on, rows))


def gathered(subject: Subject, worth: float, advance: Advance = lambda: None) -> Evidence:
    """Fit the model of each block; `advance` is called after each."""
    return Evidence(subject, list(fitted_parts(subject.records, subject.model, subject.folds, advance)), worth)


def fitted_parts(records: Records, model: Mapping[str, Any], folds: int, advance: Advance) -> Iterator[Part]:
    """An estimator for each block of the records, fitted on all others."""
    for rest, block in blocks(records, folds):
        yield Part(fitted(dict(model), records.rows(rest)), block)
        advance()


def scores_of(parts: Iterable[Part], X: pd.DataFrame, recalibration: Recalibration | None) -> np.ndarray:
    """The score of each row of X, (n,), by the model of its block.

    A recalibration of another model keeps the order of the records, which is all that average precision sees.
    """
    found = np.empty(len(X))
    for part in parts:
        found[part.block] = score(part.estimator, X.iloc[part.block], recalibration)
    return found


def _lifted(on: Resampled, rows: np.ndarray) -> np.ndarray:
    """For each resample; 0 where it has none of the rows, NaN where it has no others."""
    positive = on.scored.y == 1
    cuts = np.unique(on.scored.score[positive])[::-1]
    precision = np.nan_to_num(ratio(on.steps.tp, on.steps.tp + on.steps.fp))

    def totals(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mass = on.weights[:, chosen]
        at = np.searchsorted(-cuts, -on.scored.score[chosen])
        return mass.sum(axis=1), (mass * precision[:, at]).sum(axis=1)

    (inside, low), (outside, high) = totals(positive & rows), totals(positive & ~rows)
    return ratio(inside * ratio(high, outside) - low, inside + outside)
