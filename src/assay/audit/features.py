"""Checks of features: they must not use the label, values from after the prediction, or other records."""

import numpy as np
import pandas as pd

from assay.audit.base import COMPUTING, ERROR, Examination, Finding, LeakCheck
from assay.audit.computed import separating
from assay.audit.evidence import Evidence, distinct
from assay.paths import FEATURES, fold
from assay.records.folds import TRAIN
from assay.statistics.metrics import METRICS
from assay.statistics.resampled import Scored

# Average precision. The strongest honest feature reaches .976: TSH for the policy `hypo`, which TSH almost defines; .45
# for `overt`. A copy of the outcome reaches .99 and more.
TOO_GOOD = 0.985
ENOUGH = 30  # known values of each class: fewer may be separated by luck
RELATIVE, ABSOLUTE = 1e-6, 2e-6  # files keep six decimals


class TellingFeature(LeakCheck):
    code = "A05"
    title = "One feature alone predicts the label"
    severity = ERROR
    why = "Nothing that is known before the outcome is that good: the feature is the outcome, or was written after it."
    mend = "Find out when it is known; in conf/dataset/ give it role leak or available: false, or use features.drop."

    def examine(self, evidence: Evidence) -> Examination:
        """No feature, and no indicator that one is missing, has an average precision on train above `TOO_GOOD`."""
        X, y = evidence.labelled(TRAIN)
        if min(y.sum(), len(y) - y.sum()) < ENOUGH:
            return Examination(f"fewer than {ENOUGH} records of a class", applies=False)
        found = {
            name: METRICS["average_precision"].of(Scored(y, score, 0.0)) for name, score in _as_scores(X, y).items()
        }
        strongest = max(sorted(found), key=found.__getitem__)
        figure = f"strongest: {strongest}, average precision {found[strongest]:.3f}; limit {TOO_GOOD}"
        where = str(fold(FEATURES, TRAIN))
        return Examination(
            figure,
            tuple(
                Finding(f"{name} has an average precision of {found[name]:.3f}", where, (name,))
                for name in sorted(found)
                if found[name] > TOO_GOOD
            ),
        )


class ComputedLabel(LeakCheck):
    code = "A06"
    title = "The label can be computed from features"
    severity = ERROR
    why = "Features that the label was made from give it back: the model learns a definition, not a prediction."
    mend = "Leave out what the label was computed from: role leak in conf/dataset/, or features.drop."

    def examine(self, evidence: Evidence) -> Examination:
        """On train no feature, and no sum, difference, ratio or equality of two, divides the classes without error."""
        X, y = evidence.labelled(TRAIN)
        numbers = X.select_dtypes(["number", "bool"])
        found, compared = separating(numbers.to_numpy(dtype=float), y, numbers.columns.tolist(), ENOUGH)
        figure = f"{compared} pairs of {len(numbers.columns)} features"
        if not compared:
            return Examination(f"no pair with {ENOUGH} known records of each class", applies=False)
        said = f"the label follows without an error from: {'; '.join(found[:3])}"
        return Examination(figure, (Finding(said, str(fold(FEATURES, TRAIN)), tuple(found)),) if found else ())


class UnavailableFeature(LeakCheck):
    code = "A07"
    title = "A feature that is not available at prediction time"
    severity = ERROR
    why = "When the model is used, the outcome and what follows it are unknown: the feature will be missing or wrong."
    mend = (
        "Derive no feature from it; in conf/dataset/ role leak and available: false say what is not known in time. "
        "A date: role ignore there; if the record was made then, time: names it too, and split=temporal."
    )

    def examine(self, evidence: Evidence) -> Examination:
        """No feature is named like a column of the outcome or an identifier, and none changes when the outcome does."""
        found = []
        forbidden = {*evidence.outcome, *evidence.identity} - evidence.own
        columns = {name for table in evidence.features.values() for name in table.columns}
        if named := tuple(sorted(forbidden & columns)):
            found.append(Finding(f"{', '.join(named)} is among the features", f"{FEATURES}/", named))
        if moved := tuple(sorted(differing(evidence.learning.X, evidence.shuffled[0].X))):
            said = f"{', '.join(moved)} changes when the outcomes of other records are put in place of its own"
            found.append(Finding(said, COMPUTING, moved))
        return Examination(f"{len(evidence.learning.X.columns)} features, {len(forbidden)} names refused", tuple(found))


class FittedElsewhere(LeakCheck):
    code = "A08"
    title = "Features that saw more than train"
    severity = ERROR
    why = "A mean, a scale or a count taken over all folds carries the tested records into what is learned from."
    mend = "Compute a feature from its own record, or fit what it needs on train alone."

    def examine(self, evidence: Evidence) -> Examination:
        """Computed again from the records of train alone, the features of train equal the written ones."""
        tracked = distinct(evidence.features[TRAIN])
        ids = evidence.records.index.intersection(tracked.index)
        different = differing(tracked.loc[ids], evidence.recompute(evidence.records.loc[ids]))
        found = tuple(
            Finding(f"{name} of {len(rows)} records is another when computed from train alone", COMPUTING, tuple(rows))
            for name, rows in sorted(different.items())
        )
        return Examination(f"{len(tracked.columns)} features of {len(ids)} records computed again", found)


def differing(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, list[str]]:
    """Names of the features that differ, each with the ids of the records; both tables have the same records."""
    found = {}
    for name in one.columns.union(other.columns, sort=False):
        if name not in one or name not in other:
            found[name] = list(map(str, one.index))
            continue
        unequal = _unequal(one[name], other[name])
        if unequal.any():
            found[name] = list(map(str, one.index[unequal]))
    return found


def _unequal(one: pd.Series, other: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other):
        values = one.to_numpy(dtype=float), other.to_numpy(dtype=float)
        return ~np.isclose(*values, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    return (one.astype("object").fillna("") != other.astype("object").fillna("")).to_numpy()


def _as_scores(X: pd.DataFrame, y: np.ndarray) -> dict[str, np.ndarray]:
    """Each feature as a score (n,) that is higher for positives, and "NAME is missing" for one with missing values."""
    found = {}
    for name in list(X):
        column = X[name]
        missing = column.isna().to_numpy()
        number = pd.api.types.is_numeric_dtype(column)
        found[str(name)] = _upwards(column.to_numpy(dtype=float) if number else _rates(column, y), y)
        if missing.any():
            found[f"{name} is missing"] = _upwards(missing.astype(float), y)
    return found


def _upwards(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The values, with reversed sign if positives have lower ones; a missing value becomes the lowest."""
    ranks = pd.Series(values).rank()
    turned = -values if ranks[y == 1].mean() < ranks[y == 0].mean() else values
    return np.where(np.isnan(turned), np.nanmin(turned, initial=0) - 1, turned)


def _rates(column: pd.Series, y: np.ndarray) -> np.ndarray:
    """Categories as their share of positives in the other half of the records, so that none reveals its own label."""
    codes, half, rates = pd.factorize(column)[0] + 1, np.arange(len(y)) % 2, np.zeros(len(y))
    for part in (0, 1):
        other = half != part
        counts, positives = (np.bincount(codes[other], w, minlength=codes.max() + 1) for w in (None, y[other]))
        rates[~other] = (positives / np.maximum(counts, 1))[codes[~other]]
    return rates
