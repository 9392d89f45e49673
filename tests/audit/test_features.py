"""Features that differ when they are computed again."""

import numpy as np
import pandas as pd
import pytest

from assay.audit.features import differing

KINDS = pd.CategoricalDtype(["a", "b"])
IDS = ["r1", "r2", "r3"]


def listed(found: dict[str, pd.Index]) -> dict[str, list[str]]:
    return {name: list(rows) for name, rows in found.items()}


@pytest.mark.parametrize(
    ("one", "other", "rows"),
    [
        (pd.Series(["a", None, "b"], dtype=KINDS), pd.Series(["a", None, "b"], dtype=KINDS), None),
        (pd.Series(["a", None, "b"], dtype=KINDS), pd.Series(["a", "b", None], dtype=KINDS), ["r2", "r3"]),
        (pd.Series([*"aab"], dtype=KINDS), pd.Series([*"aab"], dtype=pd.CategoricalDtype(["b", "a"])), None),
        (pd.Series([*"aab"], dtype=KINDS), pd.Series([*"abb"], dtype="str"), ["r2"]),
        (pd.Series(["", "b", "b"], dtype="category"), pd.Series([None, "b", ""], dtype="category"), ["r3"]),
        (pd.Series([1.0, np.nan, 2]), pd.Series([1.0, np.nan, 2 + 1e-13]), None),
        (pd.Series([1.0, np.nan, 2]), pd.Series([1, 0, 2]), ["r2"]),
    ],
)
def test_values_that_differ_are_named_by_their_records(
    one: pd.Series, other: pd.Series, rows: list[str] | None
) -> None:
    tables = (pd.DataFrame({"x": column.array, "kept": 1.0}, index=IDS) for column in (one, other))
    assert listed(differing(*tables)) == ({"x": rows} if rows else {})


def test_a_feature_that_only_one_table_has_differs_in_all_records() -> None:
    found = differing(pd.DataFrame({"x": [1.0]}, index=["r1"]), pd.DataFrame(index=["r1"]))
    assert listed(found) == {"x": ["r1"]}
