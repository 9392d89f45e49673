"""How much the model relies on a recorded value or a derived feature: permutation importance, out of fold.

Breiman, "Random forests" (Machine Learning 45, 2001); `sklearn.inspection.permutation_importance` permutes one column
of one fitted model. Here the model of each block scores its own block, and a recorded value takes along all features
that are made of it: a result without its logarithm would look as if it were worth little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assay.diagnosis.evidence import SEED, Advance, Evidence, Subject
from assay.records.feature_table import with_columns
from assay.statistics.bootstrap import Estimate, mean_of_repeats


@dataclass(frozen=True)
class Unit:
    """Columns that are permuted at once: a recorded column with all that is derived from it, or one derived feature.

    features: the forms of the same value, such as a result and its logarithm; none if the column itself is no feature.
    """

    name: str
    recorded: bool
    features: tuple[str, ...]


@dataclass(frozen=True)
class Importance:
    """The loss of average precision when a unit is permuted."""

    unit: Unit
    loss: Estimate


def units(subject: Subject) -> list[Unit]:
    """The recorded columns, then the derived features, each with the features of its title."""
    groups: dict[str, list[str]] = {}
    for name in map(str, subject.records.X):
        groups.setdefault(subject.titles.get(name, name), []).append(name)
    listed = {**{name: groups.get(name, []) for name in subject.recorded}, **groups}
    return [Unit(name, name in subject.recorded, tuple(features)) for name, features in listed.items()]


def importances(evidence: Evidence, repeats: int, advance: Advance = lambda: None) -> list[Importance]:
    """Of every unit that changes a feature, the greatest loss first; `advance` is called after each unit.

    Values are permuted within the blocks, `repeats` times; the interval covers that choice too.
    """
    found = []
    for unit in units(evidence.subject):
        if changed := _changed(evidence, unit, repeats):
            found.append(Importance(unit, evidence.found.minus(mean_of_repeats(changed, SEED))))
        advance()
    return sorted(found, key=lambda one: -one.loss.value)


def _changed(evidence: Evidence, unit: Unit, repeats: int) -> list[Estimate]:
    """The average precision of each repeat; none if no feature depends on the unit."""
    X, seen = evidence.records.X, []
    for repeat in range(repeats):
        permuted = _permuted(evidence.subject, unit, _order(evidence, repeat))
        if not repeat and permuted.equals(X):
            return [evidence.found] if unit.features else []
        seen.append(evidence.average_precision(evidence.scores_of(permuted)))
    return seen


def _order(evidence: Evidence, repeat: int) -> np.ndarray:
    """Positions (n,) that permute the records within each block."""
    generator = np.random.default_rng([repeat])
    order = np.arange(len(evidence.y))
    for part in evidence.parts:
        order[part.block] = generator.permutation(part.block)
    return order


def _permuted(subject: Subject, unit: Unit, order: np.ndarray) -> pd.DataFrame:
    if unit.recorded:
        return subject.features(_reordered(subject.inputs, [unit.name], order))
    return _reordered(subject.records.X, unit.features, order)


def _reordered(table: pd.DataFrame, names: Sequence[str], order: np.ndarray) -> pd.DataFrame:
    return with_columns(table, {name: table[name].array[order] for name in names})
