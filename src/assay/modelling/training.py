"""Fitting one model: early stopping, out-of-fold predictions, threshold, final fit."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.bundle.recalibration import Recalibration
from assay.bundle.scoring import recalibrated
from assay.modelling import early_stopping, threshold
from assay.modelling.building import MEMBERS, build
from assay.modelling.calibration import recalibration
from assay.modelling.fitting import IN_MEMORY, Fitting, RecordSet
from assay.modelling.threads import threads_for

if TYPE_CHECKING:
    from assay.config.schema import Training


Watch = Callable[[Any, np.ndarray], Any]  # gets the last scored block and its scores; may raise to end the training
WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)  # set by a search, to give up hopeless trials


@dataclass(frozen=True)
class Trained:
    """A fitted model, and every choice that led to it.

    chosen: the configuration with the number of rounds from early stopping. curve: the loss of each round. out_of_fold:
    (n,), a score for each record of train, then validation, by a model that had not learned from it. recalibration: of
    the estimator's log odds, None if it would not help; the scores out of fold and the threshold are after it. sample:
    from how many records, drawn from all, each fit learned; 0: from all. partitions: into how many these were divided.
    """

    estimator: Any
    chosen: dict[str, Any]
    curve: early_stopping.Curve
    out_of_fold: np.ndarray
    threshold: threshold.Threshold
    recalibration: Recalibration | None = None
    sample: int = 0
    partitions: int = 1


def train(
    model: dict[str, Any],
    train: RecordSet,
    validation: RecordSet,
    config: "Training",
    min_recall: float,
    advance: Callable[[], Any] = lambda: None,
    watch: Watch | None = None,
    fitting: Fitting = IN_MEMORY,
) -> Trained:
    """Fit `model` and choose its threshold; the test fold is not among the arguments.

    Early stopping on `validation`, if there is any, chooses the number of rounds. With that number, all records get
    out-of-fold scores in contiguous blocks (of time, if the split is by time). From these come the recalibration, if it
    helps, and the threshold. `advance` is called after each fit, `watch` after each block. `fitting` is how the records
    are fitted and scored. AssayError if the estimator cannot be made or takes no weights.
    """
    build(model)  # loads its library
    with threads_for(len(train.y) + len(validation.y)):
        both = train.followed_by(validation)
        chosen, curve, estimator = with_rounds(model, train, validation, advance, fitting)
        if estimator is None and early_stopping.has_rounds(model):
            estimator, curve = fitting.watched(model, train, validation)
            advance()
        scores, odds = out_of_fold(chosen, both, config.folds, advance, watch, fitting)
        if config.refit or estimator is None:
            estimator = fitting.fitted(chosen, both if config.refit else train)
            advance()
        y = both.y.to_numpy("int64")
        if (fixed := model.get("threshold")) is not None:
            cut = threshold.measure(y, scores, fixed, min_recall, config.confidence, both.weight, fixed=True)
            return Trained(estimator, chosen, curve, scores, cut, None, fitting.sample, fitting.partitions)
        scale = None
        if config.recalibrate:
            parts = [block for _, block in blocks(both, config.folds)]
            scale = recalibration(y, odds, parts, both.weight)
        scores = recalibrated(odds, scale) if scale else scores
        cut = threshold.choose(y, scores, min_recall, config.confidence, both.weight)
        return Trained(estimator, chosen, curve, scores, cut, scale, fitting.sample, fitting.partitions)


def fits(model: dict[str, Any], config: "Training") -> int:
    """How often `train` calls `advance`."""
    watched = early_stopping.has_rounds(model) or sum(map(early_stopping.stops_early, members(model).values()))
    return config.folds + watched + (config.refit or not early_stopping.has_rounds(model))


def members(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The configurations of the members of an ensemble, by name; of any other model, the model itself."""
    return model.get(MEMBERS) or {model["name"]: model}


def with_rounds(
    model: dict[str, Any],
    train: RecordSet,
    validation: RecordSet,
    advance: Callable[[], Any] = lambda: None,
    fitting: Fitting = IN_MEMORY,
) -> tuple[dict[str, Any], early_stopping.Curve, Any]:
    """The model with the number of rounds from early stopping, its curve, and the estimator fitted on train.

    Each member of an ensemble gets a number of its own. Without early stopping, and for an ensemble, the curve is empty
    and the estimator None.
    """
    if MEMBERS in model:
        each = {name: with_rounds(one, train, validation, advance, fitting)[0] for name, one in members(model).items()}
        return {**model, MEMBERS: each}, {}, None
    if not early_stopping.stops_early(model):
        return model, {}, None
    estimator, curve = fitting.watched(model, train, validation)
    advance()
    return early_stopping.chosen_rounds(model, estimator, curve), curve, estimator


def out_of_fold(
    model: dict[str, Any],
    records: RecordSet,
    folds: int,
    advance: Callable[[], Any] = lambda: None,
    watch: Watch | None = None,
    fitting: Fitting = IN_MEMORY,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores and log odds, each (n,), of models fitted on the other blocks."""
    scores, odds = np.empty((2, len(records.y)))
    for rest, block in blocks(records, folds):
        estimator, tried = fitting.fitted(model, records.rows(rest)), records.rows(block)
        scores[block], odds[block] = fitting.scored(estimator, tried)
        advance()
        if watch:
            watch(tried, scores[block])
    return scores, odds


def blocks(records: RecordSet, folds: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each block: the positions of all other records, and those of the block.

    Blocks are contiguous in the order of the records. If there are groups, whole groups are in one block instead.
    """
    from sklearn.model_selection import GroupKFold, KFold

    splitter = KFold(folds) if records.groups is None else GroupKFold(folds)
    return splitter.split(records.y, groups=records.groups)
