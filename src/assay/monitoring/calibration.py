"""How likely a record with a given score is positive, learned from the scores out of fold and their labels.

A bundle carries no record, but for each narrow bin of the score how many records had it and how many of them were
positive (`assay.bundle.reference.calibration`). The share of positives is made monotone in the score by isotonic
regression, as NannyML's estimate of performance without labels does (Zadrozny & Elkan, KDD 2002). How uncertain it is
shows in bootstrap resamples of the same counts, and in how much the months of the training differ (`between_months`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assay.bundle.folder import REFERENCE
from assay.bundle.reference import counted
from assay.errors import AssayError
from assay.monitoring.between_months import drawn, shifted

DRAWS, SEED = 2000, 42
MOST_RECORDS = 1e15  # records: above, floating point does not count them
NOTHING = 1e-9  # the weight of a bin without records in the isotonic regression: it takes the value of its neighbour


@dataclass(frozen=True, eq=False)
class Calibration:
    """The probability of a positive in each of k + 2 bins of the score, which `edges` (k,) divide as `counted` does.

    counts: (k + 2,), of the records that it was learned from, scaled to their effective number. rate: (k + 2,). rates:
    (draws, k + 2), of resamples. shifts: (draws,), of a month to come, as of `between_months`. alert: (k + 2,) bool,
    the bins at the threshold and above. records, positives: the effective number of records and of positives that they
    were learned from.
    """

    edges: np.ndarray
    counts: np.ndarray
    rate: np.ndarray
    rates: np.ndarray
    shifts: np.ndarray
    alert: np.ndarray
    records: float
    positives: float

    @property
    def alerts(self) -> float:
        """How many of the records were alerts."""
        return float(self.counts[self.alert].sum())

    @property
    def true_alerts(self) -> float:
        """How many of the alerts were positive."""
        return float((self.counts * self.rate)[self.alert].sum())

    @property
    def of_a_month(self) -> np.ndarray:
        """The rates (draws, k + 2) in a month to come."""
        return shifted(self.rates, self.shifts)

    @property
    def of_all_months(self) -> "Calibration":
        """The same for records of all months of the training, whose shifts cancel out."""
        return replace(self, shifts=np.zeros_like(self.shifts))

    def counted(self, scores: np.ndarray) -> np.ndarray:
        """How many scores (n,) are in each bin, (k + 2,); NaN counts nowhere. Counts of parts can be added up."""
        return counted(scores, self.edges)


def of_bundle(reference: Mapping[str, Any], threshold: float, draws: int = DRAWS, seed: int = SEED) -> Calibration:
    """The calibration that a bundle's reference.json carries.

    AssayError if it carries none, as a bundle of an earlier version, or one whose counts contradict each other.
    """
    if (table := reference.get("calibration")) is None:
        raise AssayError(
            "this model has no calibration table, so performance before labels cannot be estimated",
            where=REFERENCE,
            todo="train it anew: dvc repro",
        )
    edges, counts, positives = (np.asarray(table[name], "float64") for name in ("edges", "counts", "positives"))
    months = [[one["counts"], one["positives"]] for _, one in sorted(table.get("by_month", {}).items())]
    by_month = np.array(months, "float64").reshape(len(months), 2, -1 if months else len(counts))
    if not _sound(edges, counts, positives, table["effective"], by_month):
        raise AssayError("the calibration table is none", where=REFERENCE, todo="train the model anew: dvc repro")
    return of_counts(edges, counts, positives, threshold, table["effective"], by_month, draws, seed)


def _sound(
    edges: np.ndarray, counts: np.ndarray, positives: np.ndarray, informative: float, by_month: np.ndarray
) -> bool:
    """Whether these are counts in the bins of edges, and not of nothing."""
    return (
        edges.ndim == 1
        and counts.shape == positives.shape == by_month.shape[2:] == (len(edges) + 2,)
        and bool((np.diff(edges) > 0).all() and (counts <= MOST_RECORDS).all() and (by_month <= MOST_RECORDS).all())
        and bool((positives >= 0).all() and (positives <= counts).all())
        and bool((by_month >= 0).all() and (by_month[:, 1] <= by_month[:, 0]).all())
        and bool(1 <= informative <= MOST_RECORDS and counts.sum() > 0)
    )


def of_counts(
    edges: np.ndarray,
    counts: np.ndarray,
    positives: np.ndarray,
    threshold: float,
    informative: float,
    by_month: np.ndarray,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Calibration:
    """The calibration from counts of records and of positives in the bins, both (k + 2,).

    A bootstrap resample of records draws how many of them fall into each bin with each label: a multinomial draw of
    `informative` records, which are as many as there are unless they have weights. by_month: (months, 2, k + 2), both
    counts of each month, no month if the records have no dates.
    """
    cells = np.concatenate([positives, counts - positives])
    total = cells.sum()
    resampled = np.random.default_rng(seed).multinomial(round(informative), cells / total, draws)
    rate, months = isotonic(positives, counts), by_month * informative / total
    return Calibration(
        edges=edges,
        counts=informative / total * counts,
        rate=rate,
        rates=isotonic_rows(resampled),
        shifts=drawn(rate, months[:, 0], months[:, 1], draws, seed),
        alert=alerting(edges, threshold),
        records=informative,
        positives=informative * positives.sum() / total,
    )


def isotonic(positives: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The share of positives in each bin, (bins,), made to rise with the score; a bin without records as the one below.

    >>> isotonic(np.array([0.0, 2, 0, 1, 5]), np.array([10.0, 10, 10, 0, 5])).round(6).tolist()
    [0.0, 0.1, 0.1, 0.1, 1.0]
    """
    from scipy.optimize import isotonic_regression

    weights = np.maximum(counts, NOTHING)
    shares = np.where(counts > 0, positives / weights, 0.0)
    return np.clip(isotonic_regression(shares, weights=weights).x, 0, 1)


def alerting(edges: np.ndarray, threshold: float) -> np.ndarray:
    """The bins whose scores are alerts, (k + 2,) bool, if the number just below the threshold is an edge."""
    return np.concatenate([[False], edges >= threshold, [True]])


def isotonic_rows(cells: np.ndarray) -> np.ndarray:
    """Of each row of cells (draws, 2 bins): positives in each bin, then negatives."""
    positives, negatives = np.split(np.asarray(cells, "float64"), 2, axis=1)
    return np.array([isotonic(one, one + other) for one, other in zip(positives, negatives, strict=True)])
