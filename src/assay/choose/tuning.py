"""Tunes a model on some blocks of records, each scored by models that learned from the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logit

from assay.bundle.scoring import DECIMALS, score
from assay.choose.candidates import Tuning
from assay.modelling.records import Records
from assay.modelling.training import fitted
from assay.statistics.metrics import METRICS, RANKED_BY
from assay.statistics.resampled import CLIP, Scored
from assay.sweep.search_space import Search

if TYPE_CHECKING:
    from optuna.trial import Trial

PREFIX = "model."
UNPRUNED = 5  # trials that must be complete before one is given up


@dataclass(frozen=True)
class Tuned:
    """A model with the parameters that a search found; scores: (records,), NaN where the search did not look."""

    model: dict[str, Any]
    scores: np.ndarray

    def rescaled(self, scores: np.ndarray, records: Records) -> np.ndarray:
        """Scores (n,) of other records as probabilities, by a logistic regression on the logit (Platt 1999).

        Blocks that are tuned apart get models whose scores differ in scale; together they could not be ranked.
        """
        from sklearn.linear_model import LogisticRegression

        used = records.rows(np.flatnonzero(np.isfinite(self.scores)))
        scale = LogisticRegression(C=np.inf)
        scale.fit(_logit(self.scores[np.isfinite(self.scores)]), used.y, used.weight)
        return np.round(scale.predict_proba(_logit(scores))[:, 1], DECIMALS)


def _logit(scores: np.ndarray) -> np.ndarray:
    """The logits as a column, (n, 1)."""
    return logit(np.clip(scores, CLIP, 1 - CLIP))[:, None]


def tuned(model: Mapping[str, Any], tuning: Tuning, records: Records, parts: Sequence[np.ndarray]) -> Tuned:
    """The parameters of the best trial, by average precision on the records of all parts.

    The first trial is the model as it is. Then Optuna proposes (TPE: Bergstra et al., NeurIPS 2011), and gives up a
    trial that after a part is below the median of those before on the same records.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    search, found = tuning.search, {}
    pruner = optuna.pruners.MedianPruner(UNPRUNED) if search.prune else optuna.pruners.NopPruner()
    sampler = optuna.samplers.TPESampler(seed=search.seed)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    study.enqueue_trial({key: one.nearest(model[key.removeprefix(PREFIX)]) for key, one in search.space.items()})
    for _ in range(search.trials):
        trial = study.ask(dict(tuning.space))
        scores = scored(with_values(model, search, trial.params), records, parts, trial)
        if scores is None:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            found[trial.number] = scores
            study.tell(trial, _average_precision(records, scores))
    return Tuned(with_values(model, search, study.best_params), found[study.best_trial.number])


def with_values(model: Mapping[str, Any], search: Search, proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The model with proposed values of the search's space."""
    values = {key: search.space[key].value(value) for key, value in proposed.items()}
    return {**model, **{key.removeprefix(PREFIX): value for key, value in values.items()}}


def scored(model: dict[str, Any], records: Records, parts: Sequence[np.ndarray], trial: "Trial") -> np.ndarray | None:
    """The score of each record of the parts, (records,), NaN for the others; None if the trial is given up before."""
    scores = np.full(len(records.y), np.nan)
    for place, part in enumerate(parts, start=1):
        rest = np.sort(np.concatenate([other for other in parts if other is not part]))
        scores[part] = score(fitted(model, records.rows(rest)), records.X.iloc[part])
        trial.report(_average_precision(records, scores), place)
        if place < len(parts) and trial.should_prune():
            return None
    return scores


def _average_precision(records: Records, scores: np.ndarray) -> float:
    """Of the records that have a score; 0 if none of them is positive."""
    seen = np.isfinite(scores)
    known = records.rows(np.flatnonzero(seen))
    of_them = Scored(known.y.to_numpy(), scores[seen], threshold=0.5, weight=known.weight)
    return float(np.nan_to_num(METRICS[RANKED_BY].of(of_them)))
