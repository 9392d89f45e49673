"""What a bundle says of its training is checked before anything is compared with it."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.bundle.reference import reference
from assay.bundle.threshold import Threshold
from assay.errors import AssayError
from assay.files import plain
from assay.monitoring.known import Training, training

THRESHOLD = Threshold(0.3, 0.5, 0.95, 300, 0.6, 0.55, True, False, "")


def content(weight: np.ndarray | None = None) -> dict[str, Any]:
    random = np.random.default_rng(0)
    score = random.random(300).round(3)
    seen = pd.DataFrame({"score": score, "label": (random.random(300) < score).astype(int), "fold": "train"})
    seen["date"] = pd.date_range("1985-01-15", periods=3, freq="MS").repeat(100)
    everyone = seen.assign(outside=np.where(score < 0.1, "treated", ""))
    X = pd.DataFrame({"TSH": np.where(score < 0.2, np.nan, random.normal(5, 1, 300)), "on_drug": score > 0.5})
    seen = seen if weight is None else seen.assign(weight=weight)
    return dict(plain(reference(X, weight, seen, THRESHOLD.value, everyone)))


def known(of: dict[str, Any]) -> Training:
    return training(of, {}, THRESHOLD, refit=True)


@pytest.mark.parametrize("weight", [None, np.linspace(0.001, 0.003, 300), np.linspace(100, 9000, 300)])
def test_what_train_writes_is_known(weight: np.ndarray | None) -> None:
    assert known(content(weight)).features.keys() == {"TSH", "on_drug"}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("features", "TSH", "counts", 3), 1e308),
        (("features", "TSH", "counts", 3), 500),
        (("features", "TSH", "count"), -5),
        (("features", "TSH", "count"), 0),
        (("features", "TSH", "missing"), 7),
        (("features", "TSH", "edges"), [[1], [2]]),
        (("features", "TSH", "edges", 0), 1e9),
        (("features", "on_drug", "counts", "true"), -1),
        (("features", "TSH", "by_month", "1985-02", "missing"), -0.5),
        (("features", "TSH", "by_month", "1985-13"), {}),
        (("scores", "alerts"), 1.5),
        (("scores", "count"), 1e308),
        (("calibration", "effective"), 1e18),
        (("calibration", "counts", 3), 1e308),
        (("population", "outside", "treated"), 2),
        (("effective",), 0),
    ],
)
def test_numbers_that_cannot_be_are_refused(place: Sequence[str | int], value: object) -> None:
    changed = deepcopy(content(np.linspace(1, 2, 300)))
    part: Any = changed
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    with pytest.raises((ValueError, AssayError)):
        known(changed)
