"""How far annotators agree beyond chance, with intervals.

Cohen's kappa (Educational and Psychological Measurement 20, 1960) for each pair, Krippendorff's alpha for nominal data
(Content Analysis, 4th ed. 2018, ch. 12) for all of them. The intervals are bootstrap percentiles over records.
"""

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.labels.classes import classes
from assay.labels.decision import ANNOTATOR, Decision, standing
from assay.labels.policy import annotate
from assay.labels.precedence import merge
from assay.records.columns import CODE, RECORD_ID
from assay.statistics.bootstrap import Estimate, resamples

if TYPE_CHECKING:
    from assay.config.schema import Labels

RESAMPLES, CONFIDENCE, SEED = 2000, 0.95, 42


def votes(decisions: Iterable[Decision], policy: "Labels") -> pd.DataFrame:
    """Each annotator's standing decision on each record, as the class that the policy makes of it."""
    stand = [one for one in standing(decisions) if one.role == ANNOTATOR]
    rows = [(one.record_id, one.code, one.annotator) for one in stand]
    said = pd.DataFrame(rows, columns=[RECORD_ID, CODE, "annotator"], dtype="str")
    graded = annotate(merge(said, []), pd.Series("", index=said.index, dtype="str"), policy)
    return said.assign(vote=classes(graded))


def agreement(votes: pd.DataFrame) -> dict[str, Any]:
    """Kappa by pair of annotators and alpha, each with its number of records; NaN where all chose one class.

    votes: a row for each annotator's standing decision on a record, with `record_id`, `annotator` and `vote`, a class.
    Only records that two or more have decided on say anything; without any, alpha is None.
    """
    table = votes.pivot(index=RECORD_ID, columns="annotator", values="vote")
    shared = table[table.notna().sum(axis=1) >= 2]
    pairs = {pair: shared[list(pair)].dropna() for pair in combinations(map(str, shared), 2)}
    return {
        "records": len(shared),
        "krippendorff_alpha": _alpha(shared),
        "cohen_kappa": {" and ".join(pair): _kappa(both) for pair, both in pairs.items() if len(both)},
    }


def _alpha(table: pd.DataFrame) -> dict[str, Any] | None:
    if table.empty:
        return None
    values = sorted(set(table.stack().dropna()))
    counts = np.stack([(table == value).sum(axis=1).to_numpy() for value in values], axis=1)
    weights = resamples(len(counts), RESAMPLES, SEED).astype(int)
    drawn = [alpha(counts.repeat(times, axis=0)) for times in weights]
    return _figure(Estimate(alpha(counts), np.array(drawn)), len(counts))


def _kappa(table: pd.DataFrame) -> dict[str, Any]:
    values = sorted(set(table.stack().dropna()))
    one, other = (np.stack([table[name] == value for value in values], axis=1) for name in table)
    weights = resamples(len(table), RESAMPLES, SEED)
    point = kappa(one, other, np.ones((1, len(table))))
    return _figure(Estimate(float(point[0]), kappa(one, other, weights)), len(table))


def alpha(counts: np.ndarray) -> float:
    """Alpha of counts (records, classes): how many annotators put a record into a class. NaN if all used one class."""
    import krippendorff

    if (counts.sum(axis=0) > 0).sum() < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def kappa(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Kappa (resamples,) of two annotators; NaN where both used only one and the same class.

    one, other: (records, classes), True at the class that each chose. weights: (resamples, records).
    """
    records = weights.sum(axis=1)
    observed = weights @ (one & other).any(axis=1) / records
    by_chance = ((weights @ one) * (weights @ other)).sum(axis=1) / records**2
    with np.errstate(invalid="ignore"):
        return (observed - by_chance) / (1 - by_chance)


def _figure(figure: Estimate, records: int) -> dict[str, Any]:
    return {"records": records, "value": figure.value, "interval": figure.interval(CONFIDENCE)}
