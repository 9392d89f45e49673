"""Features that stay on the disk: read by batch or by column, chosen by row, and told apart by what the files hold."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest

from assay.engine.stored import Stored, read_streamed
from assay.errors import AssayError
from assay.modelling.records import joined, read_labelled
from assay.paths import FEATURES, fold
from assay.records import streaming
from assay.records.feature_table import read_features
from assay.records.folds import TRAIN, VALIDATION
from assay.records.parts import write_parts
from line_in_parts import divide


@pytest.fixture
def line(line: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small line in parts of 100 rows, read in batches of 60."""
    divide(monkeypatch)
    return line


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ages 0 to 9 in parts of four rows, read in batches of three."""
    monkeypatch.setattr(streaming, "ROWS", 3)
    table = pd.DataFrame({"record_id": [f"r{number}" for number in range(10)], "age": np.arange(10.0)})
    write_parts(tmp_path / "features.parquet", table, 4)
    return tmp_path / "features.parquet"


def mask(*places: int) -> np.ndarray:
    return np.isin(np.arange(10), places)


def test_records_are_those_of_the_folds(line: Path) -> None:
    stored = read_streamed(TRAIN).followed_by(read_streamed(VALIDATION))
    whole = joined(read_labelled(TRAIN), read_labelled(VALIDATION))
    for chosen in (np.arange(len(whole.y)), np.arange(60, 200), np.array([0, 69, 70, 71, 250])):
        some, expected = stored.rows(chosen), whole.rows(chosen)
        pd.testing.assert_frame_equal(pd.concat(some.X.batches(), ignore_index=True), expected.X.reset_index(drop=True))
        np.testing.assert_array_equal(some.y, expected.y)
    last = stored.rows(np.arange(60, 200)).rows(np.array([3, 130]))
    pd.testing.assert_frame_equal(last.in_memory().X, whole.rows(np.array([63, 190])).X.reset_index(drop=True))


def test_features_are_columns_by_name(line: Path) -> None:
    stored, whole = Stored([fold(FEATURES, TRAIN)]), read_features(fold(FEATURES, TRAIN)).reset_index(drop=True)
    assert list(stored) == list(whole)
    assert "TSH" in stored
    assert "record_id" not in stored
    for name, column in stored.items():
        pd.testing.assert_series_equal(column, whole[name], check_names=False)


def test_other_features_in_the_same_file_are_other_arguments_to_a_sweep_that_remembers(tmp_path: Path) -> None:
    digests = set()
    for age in (3.0, 4.0):
        pd.DataFrame({"record_id": ["a", "b"], "age": [age, 5.0]}).to_parquet(tmp_path / "features.parquet")
        digests |= {joblib.hash(Stored([tmp_path / "features.parquet"])) for _ in range(2)}
    assert len(digests) == 2


def test_a_feature_may_be_called_as_a_column_of_ours(tmp_path: Path) -> None:
    table = pd.DataFrame({"record_id": ["a", "b"], "record_id (own)": [1.0, 2.0], "age": [3.0, 4.0]})
    table.to_parquet(tmp_path / "features.parquet")
    stored = Stored([tmp_path / "features.parquet"])
    assert list(stored) == ["record_id", "age"]
    assert stored["record_id"].tolist() == [1.0, 2.0]
    assert [list(batch) for batch in stored.batches()] == [["record_id", "age"]]


def test_tables_that_are_not_there(here: Path) -> None:
    with pytest.raises(AssayError, match="the file is missing"):
        read_streamed(TRAIN)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (range(10), [[0, 1, 2], [3], [4, 5, 6], [7], [8, 9]]),
        ([1, 3, 9], [[1], [3], [9]]),
        ([0, 2, 4], [[0, 2], [4]]),
        ([], []),
    ],
    ids=["all", "some of each part", "of two parts", "none"],
)
def test_no_batch_is_empty(parts: Path, places: list[int], expected: list[list[int]]) -> None:
    stored = Stored([parts], mask(*places))
    assert [batch["age"].tolist() for batch in stored.batches()] == expected
    assert [batch.index.tolist() for batch in stored.batches()] == [[f"r{one}" for one in some] for some in expected]
    assert stored["age"].tolist() == [*places]


def test_a_part_of_which_no_row_is_chosen_is_not_read(parts: Path) -> None:
    stored = Stored([parts], mask(0, 9))
    stored.paths[1].write_bytes(b"no table")
    assert [batch["age"].tolist() for batch in stored.batches()] == [[0], [9]]


def test_rows_are_counted_among_the_chosen_ones_of_all_tables(parts: Path) -> None:
    both = Stored([parts], mask(2, 5, 8)).followed_by(Stored([parts], mask(0, 5)))
    assert both["age"].tolist() == [2, 5, 8, 0, 5]
    some = both.rows(np.array([1, 3, 4]))
    assert some["age"].tolist() == [5, 0, 5]
    assert pd.concat(some.batches())["age"].tolist() == [5, 0, 5]


def test_other_rows_are_other_arguments_to_a_sweep_that_remembers(parts: Path) -> None:
    digests = {joblib.hash(Stored([parts], mask(place))) for place in (1, 2, 1)}
    assert len(digests) == 2
