"""The check for fields that are filled in, or not, for one class only."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from assay.audit.base import WARNING, Examination, Finding, LeakCheck
from assay.audit.evidence import Evidence
from assay.audit.features import TRAIN_FEATURES
from assay.audit.few import SURE, fisher
from assay.records.folds import TRAIN

PURE = 0.1  # of the other class's share of all records: what may be left of it among the records of a group
FEWEST = 5  # records of a group
MOST_FILLED = 0.5  # of the records of the commoner class
USUAL = 0.5  # of the known values: from there on the most frequent one is what stands where there is nothing to say


class Group(NamedTuple):
    """Records that have something in common in a feature: which, in words, and which ones (n,).

    classes: the labels that give the outcome away, where nearly all of them have one.
    """

    feature: str
    said: str
    inside: np.ndarray
    classes: tuple[int, ...]


class FilledForOneClass(LeakCheck):
    code = "A14"
    title = "Filled in for one class only"
    severity = WARNING
    why = "A field that is used only once the outcome is known gives it away by being filled in, or empty, at all."
    mend = "Ask when it is filled in. After the outcome: role leak. Before: accept it by name."

    def examine(self, evidence: Evidence) -> Examination:
        """On train, records with a value, without one, or with an unusual one are not nearly all of one class.

        An exact test must exclude chance for all features of the table together.
        """
        X, y = evidence.labelled(TRAIN)
        groups = [*_by_gaps(X), *_by_usual(X, int(y.mean() <= 0.5))]
        pure = [(group, label) for group in groups for label in group.classes if _is_pure(group.inside, y == label)]
        sure = [(group, label) for group, label in pure if fisher(group.inside, y == label) * len(groups) <= SURE]
        figure = f"{len(groups)} groups of records by {len(X.columns)} features"
        return Examination(figure, tuple(_findings(sure, y)))


def _by_gaps(X: pd.DataFrame) -> Iterator[Group]:
    for name in X:
        missing = X[name].isna().to_numpy()
        if missing.any() and not missing.all():
            yield Group(str(name), "have a value", ~missing, (0, 1))
            yield Group(str(name), "have none", missing, (0, 1))


def _by_usual(X: pd.DataFrame, rarer: int) -> Iterator[Group]:
    """An unusual value gives away the rarer class alone: that the other one has some more of them says nothing."""
    for name in X:
        codes, values = pd.factorize(X[name])
        counts = np.bincount(codes[codes >= 0], minlength=1)
        usual = int(counts.argmax())
        if USUAL * counts.sum() <= counts[usual] < counts.sum():
            yield Group(
                str(name), f"have another value than {values[usual]}", (codes >= 0) & (codes != usual), (rarer,)
            )


def _is_pure(inside: np.ndarray, of_class: np.ndarray) -> bool:
    """Whether nearly all records of a group have a class; half of a common class must be in it, or it says little."""
    count, held = int(inside.sum()), int((inside & of_class).sum())
    pure = count >= FEWEST and (count - held) / count <= PURE * (1 - of_class.mean())
    return pure and (of_class.mean() <= 0.5 or held >= MOST_FILLED * of_class.sum())


def _findings(found: list[tuple[Group, int]], y: np.ndarray) -> Iterator[Finding]:
    """One for each group of records, with all features that have it."""
    same: dict[bytes, list[tuple[Group, int]]] = {}
    for group, label in found:
        same.setdefault(group.inside.tobytes(), []).append((group, label))
    for (group, label), *rest in same.values():
        names = (group.feature, *(other.feature for other, _ in rest))
        inside = y[group.inside]
        right, whole = int((inside == label).sum()), float((y == label).mean())
        called = "positive" if label else "negative"
        said = f"of {len(inside)} records that {group.said} {right} are {called}, of all records {whole:.1%}"
        yield Finding(f"{', '.join(names)}: {said}", TRAIN_FEATURES, names)
