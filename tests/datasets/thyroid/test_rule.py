"""The hand rule, case by case."""

import pandas as pd
import pytest

from assay.datasets.thyroid.rule import suspicious

NONE = None


@pytest.mark.parametrize(
    ("tsh", "fti", "t3", "expected"),
    [
        (7, 60, 1.5, True),
        (6, 60, 1.5, False),
        (7, 65, 1.5, False),
        (7, NONE, NONE, True),
        (NONE, 20, 0.5, False),
        (0.1, 160, 2, True),
        (0.1, 155, 2, False),
        (NONE, 160, 2, True),
        (0.5, 160, 2, False),
        (0.3, 100, 3, True),
        (NONE, NONE, 3, True),
        (1.5, 100, 2, False),
        (NONE, NONE, NONE, False),
    ],
)
def test_who_is_sent_for_a_second_look(tsh: float, fti: float, t3: float, expected: bool) -> None:
    table = pd.DataFrame({"TSH": [tsh], "FTI": [fti], "T3": [t3]}, dtype="float64")
    assert suspicious(table).tolist() == [expected]


def test_a_result_that_is_no_feature_counts_as_missing() -> None:
    assert suspicious(pd.DataFrame({"FTI": [160.0], "T3": [2.0]})).tolist() == [True]
    assert suspicious(pd.DataFrame({"TSH": [7.0], "T3": [2.0]})).tolist() == [True]
