"""Counts of what became of the records, and warnings where they look unlike the training."""

from collections import Counter
from typing import Any

import pytest

from assay.scoring.tally import Tally, expected_alerts


def stating(alerts: float | None) -> dict[str, Any]:
    figures = {"metrics": {"alerts_per_1000": {"value": alerts, "interval": [None, None]}}}
    return {"metrics_out_of_fold_threshold_chosen_on_them": figures}


def test_counts_of_batches_add_up() -> None:
    total = Tally()
    for _ in range(2):
        total.add(Tally(3, 2, 1, 0, Counter({"ungradable": 1}), Counter(age=1)))
    assert total == Tally(6, 4, 2, 0, Counter({"ungradable": 2}), Counter(age=2))


def test_the_summary_has_every_count() -> None:
    found = Tally(1000, 990, 99, 1, Counter({"ungradable": 9, "a rule": 1}), Counter(age=2)).summary(0.5)
    assert found.splitlines() == [
        "1,000 rows: 990 scored, 99 alerts (100.0 per 1000); 2,000 rows/s",
        "not scored: 10",
        "          9  ungradable",
        "          1  a rule",
        "changed before scoring: 2",
        "          2  age",
    ]


@pytest.mark.parametrize(
    ("tally", "stated", "warning"),
    [
        (Tally(1000, 1000, 60), 57.2, None),
        (Tally(1000, 1000, 110), 57.2, None),
        (Tally(1000, 1000, 150), 57.2, "150.0 alerts per 1000 scored records; the bundle states 57.2"),
        (Tally(1000, 1000, 5), 57.2, "5.0 alerts per 1000"),
        (Tally(10, 10, 2), 57.2, None),  # as may happen by chance
        (Tally(1000, 1000, 500), None, None),
        (Tally(10, 0, 0, 0), 57.2, "no record was scored"),
        (Tally(100, 80, 5, 20), 57.2, "20 of 100 records break the contract"),
    ],
)
def test_what_is_unlike_the_training_is_told(tally: Tally, stated: float | None, warning: str | None) -> None:
    found = tally.warnings(stating(stated))
    assert len(found) == (warning is not None)
    assert all(one.startswith(str(warning)) for one in found)


def test_a_bundle_may_state_no_alerts() -> None:
    assert expected_alerts({}) is None
