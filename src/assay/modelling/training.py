"""Fitting one model: early stopping, out-of-fold predictions, threshold, final fit."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.bundle.model_names import for_model
from assay.bundle.recalibration import Recalibration
from assay.bundle.scoring import recalibrated, score_and_log_odds
from assay.modelling import early_stopping, threshold
from assay.modelling.building import MEMBERS, build
from assay.modelling.calibration import recalibration
from assay.modelling.records import Records, joined
from assay.modelling.weights import of_fit

if TYPE_CHECKING:
    from assay.config.schema import Training


Watch = Callable[[Records, np.ndarray], Any]  # gets the last scored block and its scores; may raise to end the training
WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)  # set by a search, to give up hopeless trials


@dataclass(frozen=True)
class Trained:
    """A fitted model, and every choice that led to it.

    chosen: the configuration with the number of rounds from early stopping. curve: the loss of each round. out_of_fold:
    (n,), a score for each record of train, then validation, by a model that had not learned from it. recalibration: of
    the estimator's log odds, None if it would not help; the scores out of fold and the threshold are after it.
    """

    estimator: Any
    chosen: dict[str, Any]
    curve: early_stopping.Curve
    out_of_fold: np.ndarray
    threshold: threshold.Threshold
    recalibration: Recalibration | None = None


def train(
    model: dict[str, Any],
    train: Records,
    validation: Records,
    config: "Training",
    min_recall: float,
    advance: Callable[[], Any] = lambda: None,
    watch: Watch | None = None,
) -> Trained:
    """Fit `model` and choose its threshold; the test fold is not among the arguments.

    Early stopping on `validation`, if there is any, chooses the number of rounds. With that number, all records get
    out-of-fold scores in contiguous blocks (of time, if the split is by time). From these come the recalibration, if it
    helps, and the threshold. `advance` is called after each fit, `watch` after each block. AssayError if the estimator
    cannot be made or takes no weights.
    """
    both = joined(train, validation)
    chosen, curve, estimator = with_rounds(model, train, validation, advance)
    if estimator is None and early_stopping.has_rounds(model):
        estimator = build(model)
        curve = early_stopping.fit_watching(estimator, train, validation)
        advance()
    scores, odds = out_of_fold(chosen, both, config.folds, advance, watch)
    if config.refit or estimator is None:
        estimator = fitted(chosen, both if config.refit else train)
        advance()
    y = both.y.to_numpy()
    if (fixed := model.get("threshold")) is not None:
        cut = threshold.measure(y, scores, fixed, min_recall, config.confidence, both.weight, fixed=True)
        return Trained(estimator, chosen, curve, scores, cut)
    scale = None
    if config.recalibrate:
        parts = [block for _, block in blocks(both, config.folds)]
        scale = recalibration(y, odds, parts, both.weight)
    scores = recalibrated(odds, scale) if scale else scores
    cut = threshold.choose(y, scores, min_recall, config.confidence, both.weight)
    return Trained(estimator, chosen, curve, scores, cut, scale)


def fits(model: dict[str, Any], config: "Training") -> int:
    """How often `train` calls `advance`."""
    watched = early_stopping.has_rounds(model) or sum(map(early_stopping.stops_early, members(model).values()))
    return config.folds + watched + (config.refit or not early_stopping.has_rounds(model))


def members(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The configurations of the members of an ensemble, by name; of any other model, the model itself."""
    return model.get(MEMBERS) or {model["name"]: model}


def with_rounds(
    model: dict[str, Any], train: Records, validation: Records, advance: Callable[[], Any] = lambda: None
) -> tuple[dict[str, Any], early_stopping.Curve, Any]:
    """The model with the number of rounds from early stopping, its curve, and the estimator fitted on train.

    Each member of an ensemble gets a number of its own. Without early stopping, and for an ensemble, the curve is empty
    and the estimator None.
    """
    if MEMBERS in model:
        each = {name: with_rounds(one, train, validation, advance)[0] for name, one in members(model).items()}
        return {**model, MEMBERS: each}, {}, None
    if not early_stopping.stops_early(model):
        return model, {}, None
    estimator = build(model)
    curve = early_stopping.fit_watching(estimator, train, validation)
    advance()
    return early_stopping.chosen_rounds(model, estimator, curve), curve, estimator


def out_of_fold(
    model: dict[str, Any],
    records: Records,
    folds: int,
    advance: Callable[[], Any] = lambda: None,
    watch: Watch | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores and log odds, each (n,), of models fitted on the other blocks."""
    scores, odds = np.empty((2, len(records.y)))
    for rest, block in blocks(records, folds):
        estimator, X = fitted(model, records.rows(rest)), records.X.iloc[block]
        scores[block], odds[block] = score_and_log_odds(estimator, X)
        advance()
        if watch:
            watch(records.rows(block), scores[block])
    return scores, odds


def blocks(records: Records, folds: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each block: the positions of all other records, and those of the block.

    Blocks are contiguous in the order of the records. If there are groups, whole groups are in one block instead.
    """
    from sklearn.model_selection import GroupKFold, KFold

    splitter = KFold(folds) if records.groups is None else GroupKFold(folds)
    return splitter.split(records.X, groups=records.groups)


def fitted(model: dict[str, Any], records: Records) -> Any:
    """A new estimator, fitted on all of the records."""
    estimator = build(model)
    return estimator.fit(for_model(estimator, records.X), records.y, **of_fit(estimator, records.weight))
