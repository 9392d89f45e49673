"""How frequent the outcome is in records without labels."""

import numpy as np
import pytest

from assay.monitoring.calibration import Calibration, of_counts
from assay.monitoring.prevalence import times_as_frequent

EDGES = np.array([0.0, 0.2, 0.5, 0.8, 1.0])
POSITIVE, NEGATIVE = np.array([0.0, 0, 5, 20, 75, 0]), np.array([0.0, 50, 800, 40, 10, 0])


def known(positive: np.ndarray = POSITIVE, negative: np.ndarray = NEGATIVE) -> Calibration:
    counts = positive + negative
    return of_counts(EDGES, counts, positive, 0.5, counts.sum(), np.zeros((0, 2, len(counts))), draws=20)


@pytest.mark.parametrize("times", [0.25, 0.5, 1, 2, 5])
def test_it_is_what_was_planted(times: float) -> None:
    share = times * 0.1
    batch = share * POSITIVE / 100 + (1 - share) * NEGATIVE / 900
    assert times_as_frequent(1e6 * batch, known()) == pytest.approx(times, rel=0.01)


@pytest.mark.parametrize(("batch", "times"), [(NEGATIVE, 0.0), (POSITIVE, 10.0)], ids=["none", "all"])
def test_it_is_between_none_and_all(batch: np.ndarray, times: float) -> None:
    assert times_as_frequent(batch, known()) == pytest.approx(times, abs=0.01)


@pytest.mark.parametrize(
    ("batch", "calibration"),
    [
        (np.zeros(6), known()),
        (np.array([9.0, 0, 0, 0, 0, 9]), known()),  # scores that the calibration never had
        (NEGATIVE, known(positive=np.zeros(6))),
        (NEGATIVE, known(negative=np.zeros(6))),
    ],
    ids=["no record", "unknown scores", "no positives", "no negatives"],
)
def test_what_nobody_can_know_is_not_told(batch: np.ndarray, calibration: Calibration) -> None:
    assert np.isnan(times_as_frequent(batch, calibration))
