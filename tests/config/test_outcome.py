"""What the contract may say of an outcome."""

from typing import Any

import pytest

from assay.config.load import typed
from assay.errors import AssayError
from samples import plain

OUTCOME = {"event": "target == 'A' or TSH > 6", "time": "age", "horizon": 60}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "dataset.target=target: null, because dataset.outcome makes the codes"),
        ({}, r"dataset.outcome.event: no column 'TSH'"),  # it is a feature: the outcome would be known beforehand
        ({"event": "target =="}, "dataset.outcome.event: no expression"),
        ({"event": "target > 'A'"}, "dataset.outcome.event: target holds texts, which are not more or less"),
        ({"horizon": None}, "go together"),
        ({"time": None}, "go together"),
        ({"horizon": 0}, "dataset.outcome.horizon=0.0 must be above 0"),
        ({"time": "target"}, "dataset.outcome.time=target must be a column of type number and role target"),
        (
            {"event": "age > 5", "time": None, "horizon": None},
            "columns.target: role target, and dataset.outcome does not",
        ),
    ],
)
def test_an_outcome_that_cannot_be_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError, match=said):
        typed(plain(dataset__outcome={**OUTCOME, **change}))


def test_the_time_of_an_outcome_begins_with_the_record() -> None:
    with pytest.raises(AssayError, match=r"needs dataset.columns.age.range from 0 on"):
        typed(
            plain(dataset__outcome=OUTCOME, dataset__columns__age__role="target", dataset__columns__age__range=[-1, 9])
        )
