"""Faults in features: what never varies, what says the same twice, and what changed its distribution over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assay.diagnosis.evidence import Evidence
from assay.diagnosis.finding import CONFIDENCE, Finding, Gain, Table, Verdict, counted
from assay.errors import sample
from assay.paths import PROFILE_PAGE
from assay.presentation import words
from assay.statistics.distances import Distance, kolmogorov_smirnov, total_variation

CAUSE = "faults in features"
EMPTY = 0.99  # share of missing values from which on a feature is as good as none
SHIFTED = 0.1  # a distance that is certainly larger is a change to look at
PERIODS = 5  # the first and the last fifth of the time are compared


@dataclass(frozen=True)
class Shift:
    """A feature whose values in the last period are not distributed as in the first. dead: there it never varies."""

    name: str
    distance: Distance
    dead: bool

    def __str__(self) -> str:
        return f"{self.name} (constant at the end)" if self.dead else self.name


def examine(evidence: Evidence) -> Finding:
    """Look for features that never vary, are empty, or repeat others, and compare the last period with the first."""
    X, dates = evidence.records.X, evidence.subject.dates
    idle, repeated = [*constant(X), *empty(X)], identical(X)
    found = shifted(X, dates) if dates is not None else []
    facts = {"idle": idle, "identical": repeated, "shifted": [_fact(one) for one in found]}
    still = [f"never vary or are empty: {sample(idle)}"] if idle else []
    still += [f"repeat others: {sample(repeated)}"] if repeated else []
    said = f"Features that {'; '.join(still)}." if still else "No feature is constant, empty or a repetition."
    if dates is not None and found:
        return _changed(evidence, _periods(dates)[-1], found, said, facts)
    time = "No feature changed its distribution over time." if dates is not None else "The records have no date."
    verdict = Verdict.UNDECIDED if idle else Verdict.DOES_NOT
    todo = "Find out whether they should vary; mend them or leave them out." if still else "Nothing."
    return Finding(CAUSE, verdict, f"{said} {time}", todo, facts=facts)


def _changed(
    evidence: Evidence, last: np.ndarray, found: Sequence[Shift], said: str, facts: Mapping[str, Any]
) -> Finding:
    """Features changed: do the positives of the last period rank lower?"""
    gain = Gain.of(evidence.lifted(last), at_most=True)
    verdict = gain.verdict(evidence.worth)
    measured = (
        f"{said} Between the first and the last fifth of the time {counted(len(found), 'feature')} changed: "
        f"{sample(found, 4)}. If positives of the last fifth ranked as high as earlier ones, average precision would "
        f"change by {gain}."
    )
    todo = f"Find out what changed ({PROFILE_PAGE}), and mend it, or learn from later records only."
    if verdict is Verdict.DOES_NOT:
        todo = "Nothing must be done now; watch them when the model is in use."
    return Finding(CAUSE, verdict, measured, todo, gain, (), [_table(found)], facts)


def _fact(one: Shift) -> dict[str, Any]:
    distance = one.distance
    return {"feature": one.name, "distance": distance.value, "interval": distance.interval, "constant": one.dead}


def constant(X: pd.DataFrame) -> list[str]:
    """The features with one value for all records."""
    return [str(name) for name in X if X[name].nunique(dropna=False) == 1]


def empty(X: pd.DataFrame) -> list[str]:
    """The features that are missing for nearly all records, and not for all."""
    missing = X.isna().mean()
    return list(map(str, missing.index[(missing >= EMPTY) & (missing < 1)]))


def identical(X: pd.DataFrame) -> list[str]:
    """The features whose values another, before them, has already; those that never vary are left out."""
    seen: dict[bytes, str] = {}
    found = []
    for name in map(str, X.columns.difference(constant(X), sort=False)):
        codes = pd.util.hash_pandas_object(X[name].astype("object"), index=False).to_numpy().tobytes()
        if codes in seen:
            found.append(f"{name} ({seen[codes]})")
        seen.setdefault(codes, name)
    return found


def shifted(X: pd.DataFrame, dates: pd.Series) -> list[Shift]:
    """The features whose first and last period certainly differ by more than `SHIFTED`, the most different first."""
    periods = _periods(dates)
    if len(periods) == 1:
        return []
    first, last = periods[0], periods[-1]
    effective = first.sum() * last.sum() / (first.sum() + last.sum())
    confidence = 1 - (1 - CONFIDENCE) / len(X.columns)
    found = []
    for name, values in X.items():
        one = _distance(values, first, last, effective, confidence)
        if one.interval[0] > SHIFTED:
            found.append(Shift(str(name), one, values.loc[last].nunique(dropna=False) == 1))
    return sorted(found, key=lambda one: -one.distance.value)


def _periods(dates: pd.Series) -> list[np.ndarray]:
    """The records (n,) of each period; periods have about equally many, and no day is divided."""
    share = dates.rank(method="max", pct=True).to_numpy()
    period = np.ceil(share * PERIODS).astype(int)
    return [period == number for number in np.unique(period)]


def _distance(values: pd.Series, first: np.ndarray, last: np.ndarray, effective: float, confidence: float) -> Distance:
    """Between the values of two groups; a missing value is a value, of numbers the lowest."""
    ordered = pd.api.types.is_numeric_dtype(values)
    codes = pd.factorize(values, sort=ordered)[0] + 1  # a missing value has the code 0
    counts = [np.bincount(codes[rows], minlength=codes.max() + 1) for rows in (first, last)]
    measure = kolmogorov_smirnov if ordered else total_variation
    return measure(counts[0], counts[1], effective, confidence)


def _table(found: Sequence[Shift]) -> Table:
    rows = [
        (one, one.distance.measure, words.with_interval(one.distance.value, one.distance.interval)) for one in found
    ]
    return Table("Features that changed between the first and the last fifth", ("feature", "distance", ""), rows)
