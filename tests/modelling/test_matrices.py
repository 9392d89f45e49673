"""Rows and pages for the libraries of boosting, made from batches."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from assay.modelling.matrices import RowSequence, Source, matrix
from modelling_samples import labelled

RECORDS = labelled(100)


def batches() -> Iterator[pd.DataFrame]:
    """Of different lengths, as parts of a table end where they do."""
    for start, end in ((0, 30), (30, 31), (31, 90), (90, 100)):
        yield RECORDS.X.iloc[start:end]


@pytest.fixture
def rows() -> RowSequence:
    return RowSequence(Source(batches, RECORDS.y.to_numpy(), None))


def test_a_matrix_has_places_of_categories_and_nan_where_a_value_is_missing() -> None:
    found = matrix(RECORDS.X)
    for number, (_, column) in enumerate(RECORDS.X.items()):
        expected = column.cat.codes.replace(-1, np.nan) if column.dtype == "category" else column
        np.testing.assert_array_equal(found[:, number], expected.to_numpy("float64"))


@pytest.mark.parametrize("index", [0, 29, 30, 31, 99, slice(0, 100), slice(25, 95), slice(30, 31), slice(90, 100)])
def test_any_row_and_any_range_is_that_of_the_whole(rows: RowSequence, index: int | slice) -> None:
    np.testing.assert_array_equal(rows[index], matrix(RECORDS.X)[index])


def test_rows_are_read_again_from_the_start(rows: RowSequence) -> None:
    for index in (5, 60, 60, 7, 99, 0):
        np.testing.assert_array_equal(rows[index], matrix(RECORDS.X)[index])
    assert len(rows) == 100
