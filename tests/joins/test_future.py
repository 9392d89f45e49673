"""Whether rows of the future would enter a made column."""

from dataclasses import replace

import pytest

from assay.config.dataset import Dataset, Made
from assay.joins.future import entered
from labs import HDL, LABS, RECORDS, contract, joiner


def entered_of(dataset: Dataset) -> tuple[list[str], int]:
    with joiner(LABS, dataset) as join, join.pending([RECORDS]) as pending:
        return entered(pending)


def test_a_row_of_the_future_changes_nothing() -> None:
    assert entered_of(contract(Made("labs", "max", "value", HDL))) == ([], 2)


def test_a_row_of_the_future_that_would_enter_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = contract(Made("labs", "max", "value", HDL))
    monkeypatch.setitem(dataset.made, "made", replace(dataset.made["made"], gap=-5))
    assert entered_of(dataset)[0] == ["made"]
