"""Tables on disk while a stage runs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.engine import spill
from assay.engine.spill import Sorted, Spill, scratch, unused

ROWS = 200


@pytest.fixture
def table() -> pd.DataFrame:
    """Columns of each type that records and features have; categories are of a type that reading would not give."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "id": pd.array([f"{number:05}ä" for number in rng.permutation(ROWS)], dtype="str"),
            "number": np.where(rng.random(ROWS) < 0.2, np.nan, rng.normal(size=ROWS)),
            "whole": rng.integers(0, 20, ROWS),
            "flag": rng.random(ROWS) < 0.5,
            "maybe": pd.array(rng.choice([True, False, None], ROWS), dtype="boolean"),
            "day": pd.date_range("1985-01-01", periods=ROWS).astype("datetime64[s]"),
            "kind": pd.Categorical(rng.choice(["b", "a"], ROWS), categories=pd.Index(["b", "a", "c"], dtype="object")),
        }
    )


def batches(table: pd.DataFrame, rows: int) -> list[pd.DataFrame]:
    return [table.iloc[start : start + rows] for start in range(0, len(table), rows)]


def test_batches_come_back_as_they_were(table: pd.DataFrame, tmp_path: Path) -> None:
    spilled = Spill(tmp_path / "spill")
    for batch in batches(table, 30):
        spilled.add(batch)
    for _ in range(2):
        found = list(spilled)
        assert [len(batch) for batch in found] == [30] * 6 + [20]
        pd.testing.assert_frame_equal(pd.concat(found, ignore_index=True), table, check_categorical=True)
        assert found[0]["kind"].cat.categories.dtype == "object"


def test_nothing_that_was_added_is_nothing(tmp_path: Path) -> None:
    assert list(Spill(tmp_path / "spill")) == []


def test_of_batches_without_rows_one_comes_back(table: pd.DataFrame, tmp_path: Path) -> None:
    spilled = Spill(tmp_path / "spill")
    for _ in range(2):
        spilled.add(table.iloc[:0])
    (found,) = spilled
    pd.testing.assert_frame_equal(found, table.iloc[:0], check_index_type=False)


@pytest.mark.slow
@pytest.mark.parametrize("by", ["id", "whole", "number of the row"])
@pytest.mark.parametrize("bucket", [1000, 30, 7])
def test_a_table_comes_in_order_and_equal_rows_as_they_came(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, bucket: int
) -> None:
    monkeypatch.setattr(spill, "BUCKET", bucket)
    monkeypatch.setattr(spill, "SAMPLE_STEP", 3)
    values = pd.Series(range(ROWS)) if by == "number of the row" else table[by]
    ordered = Sorted(tmp_path / "sorted")
    for batch in batches(table, 30):
        ordered.add(batch, values[batch.index])
    found = list(ordered.batches())
    assert len(found) > 1 or bucket == 1000
    expected = table.loc[values.sort_values(kind="stable").index].reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.concat(found, ignore_index=True), expected)


@pytest.mark.parametrize("by", ["id", "whole"])
def test_what_changes_batches_may_leave_rows_out(table: pd.DataFrame, tmp_path: Path, by: str) -> None:
    for number, values in enumerate([table[by], table[by].sort_values()]):
        ordered = Sorted(tmp_path / f"{number}")
        for batch in batches(table.loc[values.index], 30):
            ordered.add(batch, batch[by])
        found = pd.concat(ordered.batches(lambda batch: batch[batch["flag"]]), ignore_index=True)
        expected = table.loc[values.index].sort_values(by, kind="stable")
        pd.testing.assert_frame_equal(found, expected[expected["flag"]].reset_index(drop=True))


def test_a_name_that_no_column_has() -> None:
    assert unused(["a"]) not in ["a"]
    assert unused(["_order_0", "_order_1"]) == "_order_2"


def test_nothing_is_left_on_the_disk_after_a_fault(tmp_path: Path) -> None:
    with pytest.raises(KeyError), scratch(tmp_path / "data") as folder:
        (folder / "file").touch()
        raise KeyError
    assert list((tmp_path / "data").iterdir()) == []
