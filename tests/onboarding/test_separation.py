"""Hints at leaks."""

import pandas as pd
import pytest

from assay.onboarding.separation import separation


@pytest.mark.parametrize(
    ("values", "kind", "area"),
    [
        (["1", "2", "3", "4"], "number", 1.0),
        (["4", "3", "2", "1"], "number", 1.0),
        (["1", "1", "1", "1"], "number", 0.5),
        (["1", "3", "2", "4"], "number", 0.75),
        (["a", "a", "b", "b"], "category", 1.0),
        (["a", "b", "c", "d"], "category", 0.5),
        (["", "", "7", "7"], "number", 1.0),
    ],
)
def test_how_well_a_column_alone_separates_the_classes(values: list[str], kind: str, area: float) -> None:
    positive = pd.Series([False, False, True, True])
    assert separation(pd.Series(values, dtype="str"), positive, kind) == area
