"""Whether performance can be estimated before the labels: whether a score still means what it meant.

The estimate supposes that of records with the same score as many are positive as among those that it was learned from.
No data without labels can show that this is so. But some show that it cannot be known, and labels that have arrived
can show that it is not so. `holds` therefore means: nothing speaks against it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from assay.monitoring.between_months import shifted
from assay.monitoring.calibration import SEED, Calibration
from assay.monitoring.known import Known

FEWEST_REFERENCE = 30  # positives that a calibration must have been learned from
FEWEST_EXPECTED = 5  # positives to expect in a batch, below which its figures can be nearly anything
LEVEL = 0.01  # chance that a month in which nothing has changed is taken for one in which something has
OUTSIDE = 0.01  # share of values outside the range of the reference that is worth naming
SCORES_OUTSIDE = 0.05  # of scores: a model fitted on all records is a little more extreme than those out of fold
MOVED = 0.1  # relative difference of positives from their expected number that is worth naming


@dataclass(frozen=True)
class Assumption:
    """Whether nothing speaks against the estimate, and what does, in words."""

    reasons: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.reasons


def assumption(
    counts: np.ndarray,
    calibration: Calibration,
    features: Mapping[str, np.ndarray] | None = None,
    reference: Mapping[str, Known] | None = None,
    contradicted: Iterable[str] = (),
    level: float = LEVEL,
) -> Assumption:
    """The evidence against an estimate for a batch with `counts` (k + 2,) scores in the bins of the calibration.

    features: by name, the counts of values in the bins of `reference`, the features of the training.
    contradicted: what the labels say that have arrived since the training, as of `moved`.
    """
    return Assumption(
        (
            *too_few(counts, calibration),
            *outside_scores(counts, calibration, level),
            *outside_features(features or {}, reference or {}, level),
            *contradicted,
        )
    )


def too_few(counts: np.ndarray, calibration: Calibration) -> Iterable[str]:
    """Whether batch or reference have too few positives to say anything."""
    if calibration.positives < FEWEST_REFERENCE:
        yield (
            f"the calibration was learned from {calibration.positives:.1f} positives (effective number), "
            f"fewer than {FEWEST_REFERENCE}"
        )
    if (expected := float(counts @ calibration.rate)) < FEWEST_EXPECTED:
        yield f"{expected:.1f} positives are expected, fewer than {FEWEST_EXPECTED}"


def outside_scores(counts: np.ndarray, calibration: Calibration, level: float = LEVEL) -> Iterable[str]:
    """Whether more scores than chance explains are below or above all of the reference."""
    for side, many in (("below", counts[0]), ("above", counts[-1])):
        if beyond(many, counts.sum(), calibration.records, level / 2, SCORES_OUTSIDE):
            yield f"{many / counts.sum():.1%} of the scores are {side} all of the reference"


def outside_features(
    features: Mapping[str, np.ndarray], reference: Mapping[str, Known], level: float = LEVEL
) -> Iterable[str]:
    """Whether more values of a feature than chance explains are below or above all of train.

    What a model does with values that it has not seen is a guess, so that nothing is known of what its scores mean.
    """
    numbers = [name for name in features if len(reference[name].edges)]
    found = []
    for name in numbers:
        counts, seen = features[name], reference[name].whole.known
        for side, many in (("below", counts[0]), ("above", counts[-1])):
            if beyond(many, counts.sum(), seen, level / (2 * len(numbers))):
                found.append(f"{reference[name].subject} ({many / counts.sum():.1%} {side})")
    if found:
        yield f"values outside all of the reference: {', '.join(found)}"


def beyond(many: float, of: float, reference: float, level: float, least: float = OUTSIDE) -> bool:
    """Whether `many` records on one side of the range of the reference are more than chance explains, and than `least`.

    Of n records from one distribution, the share below the lowest of the others is Beta(1, n) whatever the
    distribution (Wilks, Annals of Mathematical Statistics 12, 1941), so that their number is beta-binomial.
    """
    from scipy.stats import betabinom

    if not of or many / of < least:
        return False
    return bool(betabinom.sf(many - 1, round(of), 1, max(reference, 1)) < level)


def moved(counts: np.ndarray, positives: np.ndarray, calibration: Calibration, level: float = LEVEL) -> Iterable[str]:
    """Whether labels that have arrived contradict the calibration, among the alerts or among the other records.

    counts, positives: (k + 2,), or (months, k + 2) of several months, each with a shift of its own. The number of
    positives is held against its distribution, which has the chance of labels, calibration and months.
    """
    counts, positives = np.atleast_2d(counts), np.atleast_2d(positives)
    held, drawn = counts.sum(axis=0), _drawn(counts, calibration)
    counts, positives = held, positives.sum(axis=0)
    for where, bins in (("with an alert", calibration.alert), ("without an alert", ~calibration.alert)):
        observed, expected = float(positives[bins].sum()), float((counts * calibration.rate)[bins].sum())
        chance = tail(drawn[:, bins].sum(axis=1), observed)
        if chance < level / 2 and abs(observed - expected) > MOVED * expected:
            yield (
                f"of {held[bins].sum():.0f} records {where} whose labels have arrived {observed:.0f} are positive, "
                f"where {expected:.1f} were expected (p = {chance:.2g})"
            )


def _drawn(counts: np.ndarray, calibration: Calibration) -> np.ndarray:
    """How many are positive in each bin, (draws, k + 2), in all months together; counts: (months, k + 2)."""
    generator, found = np.random.default_rng(SEED), np.zeros(calibration.rates.shape, "int64")
    for held in np.rint(counts).astype("int64"):
        rates = shifted(calibration.rates, generator.permutation(calibration.shifts))
        found += generator.binomial(held, rates)
    return found


def tail(drawn: np.ndarray, observed: float) -> float:
    """The two-sided p-value of a number against draws (n,) of it; at least 2 / (n + 1)."""
    sides = [(1 + (drawn <= observed).sum()), (1 + (drawn >= observed).sum())]
    return float(min(1.0, 2 * min(sides) / (len(drawn) + 1)))
