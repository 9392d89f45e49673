"""Checks of folds: they must consist of annotated records, each once, and be independent of each other."""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from assay.audit.base import ERROR, Examination, Finding, LeakCheck
from assay.audit.chance import LIMIT
from assay.audit.duplicates import near_duplicates
from assay.audit.evidence import Evidence, distinct
from assay.paths import SPLIT, fold
from assay.records.columns import DATE
from assay.records.folds import FOLDS, GROUP

RECORD_IDS = "record ids"


class Resampling(LeakCheck):
    code = "A01"
    of_all = True
    title = "Resampling before the split"
    severity = ERROR
    why = (
        "Copied or invented records stand on both sides of a split and are tested on themselves; where a class was "
        "thinned out, prevalence, precision and calibration are those of no real population."
    )
    mend = "Split the annotated records as they are; resample or weight within training, if at all."

    def examine(self, evidence: Evidence) -> Examination:
        """Every record of a fold is annotated and occurs once; prevalence is that of the fold's annotated records."""
        found, figures = [], []
        for name, table in evidence.folds.items():
            where = str(fold(SPLIT, name))
            if repeated := _ids(table.index[table.index.duplicated()], evidence):
                found.append(Finding(f"record ids that stand there twice: {len(repeated)}", where, repeated))
            if unknown := _ids(table.index[evidence.annotated.index.get_indexer(table.index) < 0], evidence):
                found.append(Finding(f"record ids not among the annotated records: {len(unknown)}", where, unknown))
            share, expected, deviation = _prevalence(name, table, evidence)
            figures.append(f"{name} {share:.3f}, annotated {expected:.3f}")
            if abs(deviation) > LIMIT:
                found.append(Finding(f"prevalence is {share:.3f}, of the annotated records {expected:.3f}", where))
        return Examination("prevalence: " + "; ".join(figures), tuple(found))


class SharedEntity(LeakCheck):
    code = "A02"
    of_all = True
    title = "A record or entity in two folds"
    severity = ERROR
    why = "The model is tested on what it learned from: it can recognise instead of predict."
    mend = "Split by the entity: all its records into one fold."

    def examine(self, evidence: Evidence) -> Examination:
        """No record id, and no value of the split's group, is in two folds."""
        found = []
        for one, other in combinations(evidence.folds, 2):
            for what, (left, right) in _keys(evidence.folds[one], evidence.folds[other]).items():
                if shared := _shared(what, left.intersection(right), evidence):
                    said = f"{what} in both {one} and {other}: {len(shared)}"
                    found.append(Finding(said, f"{SPLIT}/", shared))
        grouped = all(GROUP in table for table in evidence.folds.values())
        return Examination(f"compared by record id{' and group' if grouped else ''}", tuple(found))


class NearDuplicates(LeakCheck):
    code = "A03"
    title = "Near-duplicate records across folds"
    severity = ERROR
    why = "The same record under two ids is learned by heart in one fold and recognised in the other."
    mend = "Drop them: `repeats` in the contract. Or keep them together: `group`, with split=group."

    def examine(self, evidence: Evidence) -> Examination:
        """No two records of different folds are equal, if they have enough values to exclude chance."""
        folds = [distinct(table) for table in evidence.folds.values()]
        ids = folds[0].index.append([table.index for table in folds[1:]])
        number = np.repeat(np.arange(len(folds)), [len(table) for table in folds])
        compared = evidence.compared
        place = compared.index.get_indexer(ids)
        ids, number = ids[place >= 0], number[place >= 0]
        pairs, comparable = near_duplicates(compared.iloc[place[place >= 0]])
        found = [(i, j) for i, j in pairs if number[i] != number[j] and ids[i] != ids[j]]
        across = list(zip(*(evidence.names(ids[list(side)]) for side in zip(*found, strict=True)), strict=True))
        figure = f"{len(across)} pairs; {comparable} of {len(ids)} records say enough to tell"
        if not comparable:
            return Examination(figure, applies=False)
        rows = tuple(f"{one} = {other}" for one, other in sorted(across))
        said = f"pairs of records in different folds with the same content: {len(across)}"
        return Examination(figure, (Finding(said, f"{SPLIT}/", rows),) if rows else ())


class TimeOverlap(LeakCheck):
    code = "A04"
    of_all = True
    title = "Folds overlap in time"
    severity = ERROR
    why = "Records of the time that is to be predicted were learned from: the future is known in part."
    mend = "Split by date with one boundary: everything before it here, everything from it on there."

    def examine(self, evidence: Evidence) -> Examination:
        """In a split by time each fold ends before the next one starts."""
        if not evidence.by_time:
            return Examination("the split is not by time", applies=False)
        dates = {name: evidence.folds[name][DATE] for name in FOLDS}
        figure = "; ".join(f"{name} {day.min():%Y-%m-%d} to {day.max():%Y-%m-%d}" for name, day in dates.items())
        found = []
        for one, other in pairwise(FOLDS):
            late = dates[one][dates[one] >= dates[other].min()]
            if len(late):
                said = f"records of {one} that are not older than the first of {other}: {len(late)}"
                found.append(Finding(said, f"{SPLIT}/", _ids(late.index, evidence)))
        return Examination(figure, tuple(found))


def _later(name: str, evidence: Evidence) -> np.ndarray:
    """Which annotated records are of a group that is in a later fold, (n,) bool: the split leaves them out."""
    annotated = evidence.annotated.index
    if evidence.groups is None:
        return np.zeros(len(annotated), "bool")
    tables = (evidence.folds[one] for one in FOLDS[FOLDS.index(name) + 1 :])
    later = {one for table in tables if GROUP in table for one in table[GROUP]}
    return evidence.groups.reindex(annotated).isin(later).to_numpy()


def _ids(ids: pd.Index, evidence: Evidence) -> tuple[str, ...]:
    return tuple(sorted(evidence.names(ids.unique()))) if len(ids) else ()


def _shared(what: str, keys: pd.Index, evidence: Evidence) -> tuple[str, ...]:
    return _ids(keys, evidence) if what == RECORD_IDS else tuple(sorted(map(str, set(keys))))


def _keys(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, tuple[pd.Index, pd.Index]]:
    keys = {RECORD_IDS: (one.index, other.index)}
    if GROUP in one and GROUP in other:
        keys["groups"] = pd.Index(one[GROUP].dropna()), pd.Index(other[GROUP].dropna())
    return keys


def _prevalence(name: str, table: pd.DataFrame, evidence: Evidence) -> tuple[float, float, float]:
    """Prevalence of a fold and of its annotated records, and the difference in standard errors of a random sample.

    A fold's annotated records are all graded ones; in a split by time, those between its first and last day whose group
    is in no later fold.
    """
    y = table.loc[table["excluded"] == "", "label"].to_numpy(dtype=float)
    annotated = evidence.annotated
    whole = annotated["excluded"] == ""
    if evidence.by_time:
        whole &= annotated[DATE].between(table[DATE].min(), table[DATE].max())
        whole &= ~_later(name, evidence)
    expected = annotated.loc[whole, "label"].to_numpy(dtype=float)
    left_out = max(0.0, 1 - len(y) / len(expected)) if len(expected) else 0.0
    # If the fold has all of these records the error is 0; the floor then makes any difference significant.
    error = max(np.sqrt(expected.var() / max(len(y), 1) * left_out), 1e-9)
    return float(y.mean()), float(expected.mean()), float((y.mean() - expected.mean()) / error)
