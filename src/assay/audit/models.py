"""Checks by models: shuffled labels, row order and id must predict nothing, and the test fold must not disappoint."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from assay.audit.base import COMPUTING, ERROR, WARNING, Examination, Finding, LeakCheck
from assay.audit.chance import LIMIT, deviation, one_hot, predictor, terms
from assay.audit.evidence import SHUFFLES, Evidence, distinct
from assay.audit.relations import changed
from assay.paths import PREDICTIONS, SCORE, SPLIT
from assay.records.folds import TEST, TRAIN, VALIDATION
from assay.statistics.bootstrap import Estimate, Resamples, estimate_one
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored, average_precision

ID_CHARACTERS, CHARACTERS = 12, 32  # the last characters of a record id, and how many different ones are told apart
TENTHS = 10
MOST_RECORDS = 20_000  # records of a fold, each with 400 terms
NAMED = 5  # features that changed, in the sentence; all of them are among its rows
RESAMPLES, CONFIDENCE = 400, 0.99  # one false alarm in two hundred runs


class ShuffledLabels(LeakCheck):
    code = "A09"
    title = "Shuffled labels are predicted"
    severity = ERROR
    why = "Where outcomes are dealt out at random there is nothing to find, unless a feature was made from the outcome."
    mend = "Find the feature that reads the outcome: it may be derived neither from the code nor from what follows it."

    def examine(self, evidence: Evidence) -> Examination:
        """With permuted outcomes, a quick model is no better on validation than chance, over `SHUFFLES` permutations.

        Features are computed again after each permutation, and the model is fitted on train.
        """
        deviations, areas = [], []
        plain, cut = evidence.learning.X, evidence.learning.cut
        predict = _predictor(plain, cut)
        for X, y in evidence.shuffled:
            score = (predict if X is plain else _predictor(X, cut))(y[:cut])
            deviations.append(deviation(score, y[cut:]))
            areas.append(_area(score, y[cut:]))
        total = sum(deviations) / np.sqrt(SHUFFLES)
        figure = f"mean ROC AUC {np.mean(areas):.3f}, {total:+.1f} standard errors from chance; limit {LIMIT:g}"
        said = f"a model of shuffled labels has a ROC AUC of {np.mean(areas):.3f} on validation"
        return Examination(figure, (Finding(said, COMPUTING),) if total > LIMIT else ())


class TellingOrder(LeakCheck):
    code = "A10"
    of_all = True
    title = "Row order or id predicts the label"
    severity = WARNING
    why = (
        "Positives were collected or appended apart from the rest: whatever else differs between the two batches "
        "passes for the outcome."
    )
    mend = "Find out how the records came together; compare positives and negatives of the same batch."

    def examine(self, evidence: Evidence) -> Examination:
        """A quick model of row order and id, fitted on train, is no better on validation than chance.

        Order is that within the fold and within the cleaned table. Only validation judges: a prevalence that drifts in
        train shifts all scores of validation alike, and is no finding. At most `MOST_RECORDS` of a fold are looked at.
        """
        train, validation = (_evenly(distinct(evidence.folds[name])) for name in (TRAIN, VALIDATION))
        known, unseen = (_places(table.index, evidence) for table in (train, validation))
        y = validation["label"].to_numpy(dtype=int)
        score = predictor(known, unseen)(train["label"].to_numpy(dtype=int))
        far, area = deviation(score, y), _area(score, y)
        figure = f"ROC AUC {area:.3f}, {far:+.1f} standard errors from chance; limit {LIMIT:g}"
        if max(len(evidence.folds[name]) for name in (TRAIN, VALIDATION)) > MOST_RECORDS:
            figure += f"; on {len(train)} records of train and {len(validation)} of validation"
        said = f"a model of row order and record id has a ROC AUC of {area:.3f} on validation"
        return Examination(figure, (Finding(said, f"{SPLIT}/"),) if far > LIMIT else ())


class FallsOnTest(LeakCheck):
    code = "A11"
    of_all = True
    title = "Much better out of fold than on test"
    severity = WARNING
    why = "What was chosen on train and validation does not hold on the test fold: a leak, overfitting, or a change."
    mend = "Look for what differs between the folds before anything is believed; never choose again by the test fold."

    def examine(self, evidence: Evidence) -> Examination:
        """The average precision out of fold exceeds that on test by no more than the bootstrap interval.

        Average precision falls with prevalence, so the negatives out of fold get weights that give the prevalence of
        test. If it falls, the features are named whose relation to the outcome is another one on test.
        """
        seen, test = _scored(evidence.out_of_fold), _scored(evidence.test)
        before, after = _average_precision(seen, _odds(test) / _odds(seen)), _average_precision(test, 1.0)
        fall = before.minus(after)
        low, high = fall.interval(CONFIDENCE)
        figure = (
            f"{before.value:.3f} out of fold, {after.value:.3f} on test: {fall.value:+.3f} [{low:+.3f}, {high:+.3f}]"
        )
        if low <= 0:
            return Examination(figure)
        said = f"average precision falls from {before.value:.3f} out of fold to {after.value:.3f} on test; "
        moved = changed(*_seen(evidence), *evidence.labelled(TEST))
        named = "of no feature alone does the relation to the outcome change by more than chance"
        if moved:
            named = f"changed in their relation to the outcome: {', '.join(map(str, moved[:NAMED]))}"
        return Examination(figure, (Finding(said + named, f"{PREDICTIONS}/", tuple(one.name for one in moved)),))


def _seen(evidence: Evidence) -> tuple[pd.DataFrame, np.ndarray]:
    folds = [evidence.labelled(name) for name in (TRAIN, VALIDATION)]
    return pd.concat([X for X, _ in folds]), np.concatenate([y for _, y in folds])


def _predictor(X: pd.DataFrame, cut: int) -> Callable[[np.ndarray], np.ndarray]:
    numbers = terms(X, X[:cut])
    return predictor(numbers[:cut], numbers[cut:])


def _area(score: np.ndarray, y: np.ndarray) -> float:
    return METRICS["roc_auc"].of(Scored(y, score, 0.0))


def _evenly(fold: pd.DataFrame) -> pd.DataFrame:
    """Of very many records `MOST_RECORDS`, evenly through the fold, which keeps their order."""
    return fold.iloc[np.linspace(0, len(fold) - 1, MOST_RECORDS).astype(int)] if len(fold) > MOST_RECORDS else fold


def _places(ids: pd.Index, evidence: Evidence) -> np.ndarray:
    """The position of each record, as a share and in tenths, and the characters of its id; (records, terms)."""
    everyone = evidence.annotated.index
    places = np.arange(len(ids)) / len(ids), everyone.get_indexer(ids) / len(everyone)
    tenths = [one_hot(np.floor(place * TENTHS), TENTHS) for place in places]
    padded = np.array([one[-ID_CHARACTERS:].rjust(ID_CHARACTERS) for one in evidence.names(ids)])
    # The last bits of a code point suffice to tell characters apart, and give the same terms in every fold.
    characters = padded.view(np.uint32).reshape(len(ids), ID_CHARACTERS) % CHARACTERS
    return np.column_stack([*places, *tenths, *(one_hot(column, CHARACTERS) for column in characters.T)])


def _scored(table: pd.DataFrame) -> Scored:
    return Scored(table["label"].to_numpy(dtype=int), table[SCORE].to_numpy(), 0.0)


def _odds(scored: Scored) -> float:
    return float(scored.y.mean() / (1 - scored.y.mean()))


def _average_precision(scored: Scored, odds: float) -> Estimate:
    """The average precision with its resamples; `odds`: the factor by which the odds of being positive change."""
    weighted = replace(scored, weight=np.where(scored.y == 1, 1.0, 1 / odds))
    return estimate_one(weighted, Resamples(len(scored.y), RESAMPLES, len(scored.y)), average_precision)
