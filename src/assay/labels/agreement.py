"""How much more annotators agree than they would by chance, with intervals.

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
from assay.statistics.bootstrap import Estimate, Resamples

if TYPE_CHECKING:
    from assay.config.schema import Labels

RESAMPLES, CONFIDENCE, SEED = 2000, 0.95, 42


def votes(decisions: Iterable[Decision], policy: "Labels") -> pd.DataFrame:
    """Each annotator's standing decision on each record, as a class of the policy.

    Columns, all str: `record_id`, `code`, `annotator` and `vote` (the class). A row per annotator and record.
    """
    stand = [one for one in standing(decisions) if one.role == ANNOTATOR]
    rows = [(one.record_id, one.code, one.annotator) for one in stand]
    said = pd.DataFrame(rows, columns=[RECORD_ID, CODE, "annotator"], dtype="str")
    graded = annotate(merge(said, []), pd.Series("", index=said.index, dtype="str"), policy)
    return said.assign(vote=classes(graded))


def agreement(votes: pd.DataFrame) -> dict[str, Any]:
    """Cohen's kappa for each pair of annotators and Krippendorff's alpha for all, each with its number of records.

    votes: as from `votes`. Only records with two or more votes count; without any, alpha is None. A figure is NaN if
    all votes are of one class.
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
    blocks = Resamples(len(counts), RESAMPLES, SEED)
    drawn = [alpha(counts.repeat(times, axis=0)) for block in blocks for times in block.astype(int)]
    return _figure(Estimate(alpha(counts), np.array(drawn)), len(counts))


def _kappa(table: pd.DataFrame) -> dict[str, Any]:
    values = sorted(set(table.stack().dropna()))
    one, other = (np.stack([table[name] == value for value in values], axis=1) for name in table)
    drawn = [kappa(one, other, block) for block in Resamples(len(table), RESAMPLES, SEED)]
    point = kappa(one, other, np.ones((1, len(table))))
    return _figure(Estimate(float(point[0]), np.concatenate(drawn)), len(table))


def alpha(counts: np.ndarray) -> float:
    """Krippendorff's alpha; NaN if all annotators used one class.

    counts: (records, classes), how many annotators put the record into the class.

    >>> round(alpha(np.array([[2, 0], [2, 0], [0, 2], [1, 1]])), 3)
    0.533
    """
    import krippendorff

    if (counts.sum(axis=0) > 0).sum() < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def kappa(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Cohen's kappa of two annotators in each resample, (resamples,); NaN if both used only one and the same class.

    one, other: (records, classes) of bool, True at the class that each chose. weights: (resamples, records).

    >>> one, other = np.array([[1, 0], [1, 0], [0, 1]], dtype=bool), np.array([[1, 0], [0, 1], [0, 1]], dtype=bool)
    >>> kappa(one, other, weights=np.ones((1, 3))).round(3)
    array([0.4])
    """
    records = weights.sum(axis=1)
    observed = weights @ (one & other).any(axis=1) / records
    by_chance = ((weights @ one) * (weights @ other)).sum(axis=1) / records**2
    with np.errstate(invalid="ignore"):
        return (observed - by_chance) / (1 - by_chance)


def _figure(figure: Estimate, records: int) -> dict[str, Any]:
    return {"records": records, "value": figure.value, "interval": figure.interval(CONFIDENCE)}
