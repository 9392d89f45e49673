"""The calibration for records that are distributed otherwise than those it was learned from (M-CBPE).

If what makes a record positive has stayed, but other records arrive, then among records with the same score more or
fewer may be positive. Białek et al. (2024, arXiv 2401.08348) fit the calibration to the records of the reference,
each weighted by how much more often records like it are in the batch: the ratio of densities, from a classifier that
tells batch and reference apart (Bickel et al., JMLR 10, 2009). It takes the features of both, which no bundle carries,
so that `assay monitor` cannot use it; `bench_estimate.py` says what it would be worth.
"""

import numpy as np
import pandas as pd

from assay.bundle.reference import counted
from assay.monitoring.assumption import FEWEST_REFERENCE
from assay.monitoring.calibration import SEED, Calibration, alerting, isotonic, isotonic_rows
from assay.statistics.binomial import effective
from assay.statistics.bootstrap import Resamples

FEWEST_BATCH = 100  # records below which a classifier learns nothing of a batch
FEWEST_EFFECTIVE = 0.1  # share of the reference's records that must still count
COVERED = 0.5  # share of the batch that must be like some record of the reference
PARTS = 5
BOUNDS = 0.001, 0.99  # of the classifier's probability: beyond the upper one, a weight rests on next to no record


def density_ratio(reference: pd.DataFrame, batch: pd.DataFrame, seed: int = SEED) -> np.ndarray:
    """How much more often a record like each of the reference is in the batch, (n,).

    The mean is the share of the batch that is like some record of the reference: about 1 unless some is like none.

    reference, batch: the same features. Each record is weighted by a classifier that has not learned from it: otherwise
    it would know the records by heart, and see a shift where there is none.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    both = pd.concat([reference, batch[list(reference)]], ignore_index=True)
    arrived = np.repeat([0, 1], [len(reference), len(batch)])
    classifier = HistGradientBoostingClassifier(
        max_iter=50, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=20, random_state=seed
    )
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=seed)
    probability = cross_val_predict(classifier, both, arrived, cv=parts, method="predict_proba")[: len(reference), 1]
    probability = np.clip(probability, *BOUNDS)
    return probability / (1 - probability) * len(reference) / len(batch)


def weighted(
    reference: pd.DataFrame,
    score: np.ndarray,
    y: np.ndarray,
    batch: pd.DataFrame,
    plain: Calibration,
    threshold: float,
    seed: int = SEED,
) -> tuple[Calibration, str]:
    """The calibration weighted for a batch; or the plain one, and why.

    reference: the features of n records; score, y: (n,), their scores out of fold and labels. batch: the features of
    the records that arrive. plain: the calibration whose bins, and shifts, are used.
    """
    if len(batch) < FEWEST_BATCH:
        return plain, f"{len(batch)} records arrived, fewer than the {FEWEST_BATCH} that weights can be learned from"
    weight = density_ratio(reference, batch, seed)
    if (covered := weight.mean()) < COVERED:
        return plain, f"only {covered:.0%} of the records that arrived are like records of the reference"
    informative, positives = effective(weight), effective(weight[y == 1])
    if informative < FEWEST_EFFECTIVE * len(y) or positives < FEWEST_REFERENCE:
        return plain, (
            f"few records of the reference are like those that arrived: weighted, its {len(y)} records are as "
            f"informative as {informative:.0f}, and its {int((y == 1).sum())} positives as {positives:.0f}"
        )
    return of_records(plain.edges, score, y, threshold, weight, plain.shifts, seed), ""


def of_records(
    edges: np.ndarray,
    score: np.ndarray,
    y: np.ndarray,
    threshold: float,
    weight: np.ndarray,
    shifts: np.ndarray,
    seed: int = SEED,
) -> Calibration:
    """The calibration from records with weights: score, y, weight (n,); edges as a bundle has them.

    shifts: (draws,), of a month to come, as of the plain calibration.
    """
    positive, bins = y == 1, len(edges) + 2
    cell = np.where(positive, 0, bins) + _bins(score, edges)
    blocks = Resamples(len(y), len(shifts), seed)
    resampled = np.array([np.bincount(cell, row, minlength=2 * bins) for block in blocks for row in block * weight])
    counts, positives = counted(score, edges, weight), counted(score[positive], edges, weight[positive])
    return Calibration(
        edges=edges,
        counts=effective(weight) / weight.sum() * counts,
        rate=isotonic(positives, counts),
        rates=isotonic_rows(resampled),
        shifts=shifts,
        alert=alerting(edges, threshold),
        records=effective(weight),
        positives=effective(weight[positive]),
    )


def _bins(score: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The bin of each score (n,), as `counted` has it."""
    return np.where(score < edges[0], 0, np.searchsorted(edges, score, side="left") + 1)
