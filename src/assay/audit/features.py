"""Checks of features: they must not use the label, values from after the prediction, or other records."""

import numpy as np
import pandas as pd

from assay.audit.base import COMPUTING, ERROR, WARNING, Examination, Finding, LeakCheck
from assay.audit.computed import OPERATIONS, Separation, misplaced, separating
from assay.audit.evidence import Evidence, distinct
from assay.audit.few import FEWEST, SURE, chance, fewest, not_judged, rarer
from assay.audit.strength import numbers
from assay.paths import CLEANED, FEATURES, fold
from assay.records.folds import TRAIN

# Average precision. The strongest honest feature reaches .976: TSH for the policy `hypo`, which TSH almost defines; .45
# for `overt`. A copy of the outcome reaches .99 and more.
TOO_GOOD = 0.985
FEW_MISPLACED = 10  # records: what the better feature of a pair leaves, some other feature may set right by luck
RELATIVE, ABSOLUTE = 1e-6, 2e-6  # files keep six decimals
TRAIN_FEATURES = str(fold(FEATURES, TRAIN))


class TellingFeature(LeakCheck):
    code = "A05"
    title = "One feature alone predicts the label"
    severity = ERROR
    why = "Nothing that is known before the outcome is that good: the feature is the outcome, or was written after it."
    mend = "Find out when it is known; in conf/dataset/ give it role leak or available: false, or use features.drop."

    def examine(self, evidence: Evidence) -> Examination:
        """No feature, and no indicator that one is missing, has an average precision on train above `TOO_GOOD`.

        With few records of a class that is a warning, and names what an exact test finds better than chance.
        """
        X, y = evidence.labelled(TRAIN)
        found, few = evidence.alone.named, not_judged(y, TRAIN, TRAIN_FEATURES)
        if not found:
            return Examination("no features", few)
        strongest = max(sorted(found), key=found.__getitem__)
        figure = f"strongest: {strongest}, average precision {found[strongest]:.3f}; limit {TOO_GOOD}"
        telling = [name for name in sorted(found) if found[name] > TOO_GOOD]
        if few:
            return Examination(figure, (*few, *_beyond_chance(X, y, telling, found)))
        named = (
            Finding(f"{name} has an average precision of {found[name]:.3f}", TRAIN_FEATURES, (name,))
            for name in telling
        )
        return Examination(figure, tuple(named))


class ComputedLabel(LeakCheck):
    code = "A06"
    title = "The label can be computed from features"
    severity = ERROR
    why = "Features that the label was made from give it back: the model learns a definition, not a prediction."
    mend = "Leave out what the label was computed from: role leak in conf/dataset/, or features.drop."

    def examine(self, evidence: Evidence) -> Examination:
        """On train no feature, and no sum, difference, ratio or equality of two, divides the classes without error.

        It is a warning where luck may do that: with few records of a class, or if one of the two features alone leaves
        few on the wrong side.
        """
        X, y = evidence.labelled(TRAIN)
        table = X.select_dtypes(["number", "bool"])
        values, names, few = table.to_numpy(dtype=float), list(map(str, table)), not_judged(y, TRAIN, TRAIN_FEATURES)
        if not rarer(y):
            return Examination("one class has no record", few)
        tests = len(names) + len(OPERATIONS) * len(names) * (len(names) - 1) // 2
        enough = fewest(tests, len(y) - rarer(y)) if few else FEWEST
        found, compared = separating(values, y, names, enough)
        figure = f"{compared} pairs of {len(names)} features" if compared else "no pair has enough known records"
        sure = [one.name for one in found if not few and not _may_be_luck(one, values, y)]
        unsure = [one.name for one in found if one.name not in sure]
        errors = [_follows(sure, "the label follows without an error from", "")] if sure else []
        maybe = [_follows(unsure, "the classes are apart, and it may be luck, by", WARNING)] if unsure else []
        return Examination(figure, (*errors, *few, *maybe), applies=bool(compared or few))


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
        """No feature is named like a column of the outcome or an identifier, or says the same as one that is kept out.

        None changes when the outcome does.
        """
        found = []
        forbidden = {*evidence.outcome, *evidence.identity} - evidence.own
        columns = {name for table in evidence.features.values() for name in table.columns}
        if named := tuple(sorted(forbidden & columns)):
            found.append(Finding(f"{', '.join(named)} is among the features", f"{FEATURES}/", named))
        found += [
            Finding(f"{name} is a copy of {original}, which the contract keeps out", TRAIN_FEATURES, (name,))
            for original, name in evidence.copies
            if original in evidence.outcome and name not in evidence.outcome
        ]
        if moved := tuple(sorted(differing(evidence.learning.X, evidence.shuffled[0].X))):
            said = f"{', '.join(moved)} changes when the outcomes of other records are put in place of its own"
            found.append(Finding(said, COMPUTING, moved))
        return Examination(f"{len(evidence.learning.X.columns)} features, {len(forbidden)} names refused", tuple(found))


class CopiedColumn(LeakCheck):
    code = "A15"
    title = "Copies of a column"
    severity = WARNING
    why = "What is said of one is true of both: where one is found to leak the other leaks too, and reasons are split."
    mend = "Keep one, and give the other role ignore. Both are needed: accept them by name."

    def examine(self, evidence: Evidence) -> Examination:
        """No feature that is a column of the table says the same as another one, in other words or another unit."""
        pairs = [(one, other) for one, other in evidence.copies if one not in evidence.outcome]
        compared = sum(name in evidence.records for name in evidence.features[TRAIN])
        said = "{} is a copy of {}: the value of one tells that of the other in every record"
        found = (Finding(said.format(copy, one), str(CLEANED), (one, copy)) for one, copy in pairs)
        return Examination(f"{compared} columns compared", tuple(found))


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
            Finding(
                f"{name} of {len(rows)} records is another when computed from train alone",
                COMPUTING,
                tuple(evidence.names(rows)),
            )
            for name, rows in sorted(different.items())
        )
        return Examination(f"{len(tracked.columns)} features of {len(ids)} records computed again", found)


def differing(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, pd.Index]:
    """Names of the features that differ, each with the records; both tables have the same records."""
    shared = [name for name in one if name in other]
    kinds = dict(one.dtypes), dict(other.dtypes)
    numeric = [name for name in shared if all(pd.api.types.is_numeric_dtype(of[name]) for of in kinds)]
    unequal = dict(zip(numeric, _unequal_numbers(one[numeric], other[numeric]).T, strict=True))
    unequal |= {name: _unequal_texts(one[name], other[name]) for name in shared if name not in unequal}
    every = np.ones(len(one), dtype=bool)
    rows = {name: unequal.get(name, every) for name in one.columns.union(other.columns, sort=False)}
    return {str(name): one.index[found] for name, found in rows.items() if name not in unequal or found.any()}


def _unequal_numbers(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    values = one.to_numpy(dtype=float), other.to_numpy(dtype=float)
    return ~np.isclose(*values, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)


def _unequal_texts(one: pd.Series, other: pd.Series) -> np.ndarray:
    if all(isinstance(each.dtype, pd.CategoricalDtype) for each in (one, other)):
        categories = one.cat.categories
        if "" not in categories and categories.equals(other.cat.categories):
            return np.asarray(one.cat.codes.to_numpy() != other.cat.codes.to_numpy())
    return (one.astype("object").fillna("") != other.astype("object").fillna("")).to_numpy()


def _beyond_chance(X: pd.DataFrame, y: np.ndarray, telling: list[str], found: dict[str, float]) -> tuple[Finding, ...]:
    """A warning for each of these features, or gaps of features, that are better than chance allows for all of them."""
    values = dict(zip(map(str, X), numbers(X, y), strict=True))
    values |= {f"{name} is missing": np.isnan(column).astype(float) for name, column in values.items()}
    chances = {name: chance(values[name], y) for name in telling}
    return tuple(
        Finding(
            f"{name} has an average precision of {found[name]:.3f}, by chance once in {1 / chances[name]:.0e} tables",
            TRAIN_FEATURES,
            (name,),
            WARNING,
        )
        for name in telling
        if chances[name] * len(found) <= SURE
    )


def _may_be_luck(one: Separation, values: np.ndarray, y: np.ndarray) -> bool:
    left = min(misplaced(values[:, j], y) for j in one.features)
    return len(one.features) > 1 and left < FEW_MISPLACED


def _follows(names: list[str], said: str, severity: str) -> Finding:
    return Finding(f"{said}: {'; '.join(names[:3])}", TRAIN_FEATURES, tuple(names), severity)
