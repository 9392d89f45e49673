"""Values as texts."""

import pandas as pd
import pytest

from assay.records.writing import texts


@pytest.mark.parametrize("dtype", ["float64", "datetime64[s]", "boolean", "Int64", "object", "str"])
def test_a_column_without_a_value_has_empty_texts(dtype: str) -> None:
    assert texts(pd.Series([None, None], dtype=dtype)).tolist() == ["", ""]
