"""Tunes a model on some blocks of records, each scored by models that learned from the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logit

from assay.bundle.scoring import DECIMALS, score
from assay.choose.blocks import learned
from assay.choose.candidates import TUNABLE, Tuning
from assay.modelling.records import Records
from assay.statistics.metrics import METRICS, RANKED_BY
from assay.statistics.resampled import CLIP, Scored
from assay.sweep.search_space import Search
from assay.sweep.study import new_study, sampler

if TYPE_CHECKING:
    from optuna.trial import Trial


@dataclass(frozen=True)
class Tuned:
    """The result of a search.

    values: by key of its space. model: the configuration with them. scores: (records,), out of fold by that model, NaN
    for records that the search was not given.
    """

    values: dict[str, Any]
    model: dict[str, Any]
    scores: np.ndarray

    def rescaled(self, scores: np.ndarray, records: Records) -> np.ndarray:
        """Scores (n,) of other records as probabilities, by a logistic regression on the logit (Platt 1999).

        It learns from the records that the search was given. Blocks that are tuned apart get models whose scores differ
        in scale; together they could not be ranked.
        """
        from sklearn.linear_model import LogisticRegression

        given = np.isfinite(self.scores)
        used = records.rows(np.flatnonzero(given))
        scale = LogisticRegression(C=np.inf)
        scale.fit(_logit(self.scores[given]), used.y, used.weight)
        return np.round(scale.predict_proba(_logit(scores))[:, 1], DECIMALS)


def tuned(model: Mapping[str, Any], tuning: Tuning, records: Records, parts: Sequence[np.ndarray]) -> Tuned:
    """The parameters of the best trial, by average precision on the records of all parts.

    The first trial is the model as it is. Then Optuna proposes, and gives up a trial that after a part is below the
    median of those before on the same records.
    """
    from optuna.trial import TrialState

    search, found = tuning.search, {}
    study = new_study(search, sampler=sampler(search.seed))
    study.enqueue_trial({key: one.nearest(_at(model, key)) for key, one in search.space.items()})
    for _ in range(search.trials):
        trial = study.ask(dict(tuning.space))
        scores = scored(with_values(model, values_of(search, trial.params)), records, parts, trial)
        if scores is None:
            study.tell(trial, state=TrialState.PRUNED)
        else:
            found[trial.number] = scores
            study.tell(trial, _average_precision(records, scores))
    values = values_of(search, study.best_params)
    return Tuned(values, with_values(model, values), found[study.best_trial.number])


def values_of(search: Search, proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The values to use for proposed ones, by key."""
    return {key: search.space[key].value(value) for key, value in proposed.items()}


def with_values(model: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The model with values at keys such as `model.max_depth`."""
    return reduce(lambda made, key: _with(made, _path(key), values[key]), values, dict(model))


def scored(model: dict[str, Any], records: Records, parts: Sequence[np.ndarray], trial: "Trial") -> np.ndarray | None:
    """The score of each record of the parts, (records,), NaN for the others; None if the trial is given up before."""
    scores = np.full(len(records.y), np.nan)
    for place, part in enumerate(parts):
        rest = [*parts[:place], *parts[place + 1 :]]
        scores[part] = score(learned(model, records, rest), records.X.iloc[part])
        trial.report(_average_precision(records, scores), place)
        if place < len(parts) - 1 and trial.should_prune():
            return None
    return scores


def _average_precision(records: Records, scores: np.ndarray) -> float:
    """Of the records that have a score; 0 if none of them is positive."""
    seen = np.isfinite(scores)
    known = records.rows(np.flatnonzero(seen))
    of_them = Scored(known.y.to_numpy(), scores[seen], threshold=0.5, weight=known.weight)
    return float(np.nan_to_num(METRICS[RANKED_BY].of(of_them)))


def _logit(scores: np.ndarray) -> np.ndarray:
    """The logits as a column, (n, 1)."""
    return logit(np.clip(scores, CLIP, 1 - CLIP))[:, None]


def _path(key: str) -> list[str]:
    return key.removeprefix(TUNABLE).split(".")


def _at(model: Mapping[str, Any], key: str) -> Any:
    return reduce(lambda node, part: node[part], _path(key), model)


def _with(model: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    first, *below = path
    return {**model, first: _with(model[first], below, value) if below else value}
