"""Tables as one file or a folder of parts: the layout depends on the rows and the size of a part alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay import memory
from assay.errors import AssayError
from assay.records.batches import Columns, require_memory_of, rows_of, table_batches
from assay.records.parts import write_parts, writing
from assay.tables import read_table

ROWS = 100


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "record_id": pd.array([f"{row:09}" for row in range(ROWS)], dtype="str"),
            "age": np.where(rng.random(ROWS) < 0.1, np.nan, rng.integers(0, 90, ROWS)),
            "sex": pd.Categorical(rng.choice(["F", "M"], ROWS), categories=["F", "M", "X"]),
            "sick": pd.array(rng.choice([True, False, None], ROWS), dtype="boolean"),
            "date": pd.date_range("1985-01-01", periods=ROWS).astype("datetime64[s]"),
        }
    )


def content(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in ([path] if path.is_file() else sorted(path.iterdir()))}


@pytest.mark.parametrize("part_rows", [1000, 100, 99, 50, 30, 1])
@pytest.mark.parametrize("batch", [1, 7, 50, 100])
def test_the_same_bytes_however_the_rows_came(table: pd.DataFrame, tmp_path: Path, part_rows: int, batch: int) -> None:
    write_parts(tmp_path / "whole.parquet", table, part_rows)
    with writing(tmp_path / "batches" / "whole.parquet", part_rows) as parts:
        for start in range(0, ROWS, batch):
            parts.add(table.iloc[start : start + batch])
    assert content(tmp_path / "whole.parquet") == content(tmp_path / "batches" / "whole.parquet")


def test_a_table_of_no_more_rows_than_a_part_is_the_file_that_pandas_writes(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    write_parts(tmp_path / "one.parquet", table, ROWS)
    table.to_parquet(tmp_path / "pandas.parquet", index=False)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "pandas.parquet").read_bytes()


def test_parts_are_named_in_order_and_read_back_as_one_table(table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_parts(path, table, 40)
    assert [file.name for file in sorted(path.iterdir())] == [f"part-0000{number}.parquet" for number in range(3)]
    assert [len(read_table(file)) for file in sorted(path.iterdir())] == [40, 40, 20]
    write_parts(tmp_path / "one.parquet", table, ROWS)
    pd.testing.assert_frame_equal(read_table(path), read_table(tmp_path / "one.parquet"))
    assert list(read_table(path, ["age"], optional=["sex", "weight"])) == ["age", "sex"]


def test_a_folder_takes_the_place_of_a_file_and_a_file_that_of_a_folder(table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    for part_rows in (ROWS, 40, 30, ROWS):
        write_parts(path, table, part_rows)
        assert path.is_dir() == (part_rows < ROWS)
        assert len(read_table(path)) == ROWS
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_the_table_that_was_there(table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_parts(path, table, 40)
    before = content(path)
    with pytest.raises(KeyError), writing(path, 10) as parts:
        parts.add(table)
        raise KeyError
    assert content(path) == before


def test_no_rows_are_a_file(table: pd.DataFrame, tmp_path: Path) -> None:
    write_parts(tmp_path / "table.parquet", table.iloc[:0], 40)
    assert read_table(tmp_path / "table.parquet").empty


def test_a_folder_without_parts_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="there is no part of the table"):
        read_table(tmp_path)


@pytest.mark.parametrize(
    ("change", "due"),
    [
        (lambda folder: (folder / "part-00001.parquet").unlink(), "part-00002.parquet where part-00001.parquet"),
        (
            lambda folder: shutil.copy(folder / "part-00000.parquet", folder / "part-99999.parquet"),
            "part-99999.parquet",
        ),
        (lambda folder: (folder / "part-00001.parquet").rename(folder / "copy.parquet"), "copy.parquet"),
    ],
)
def test_a_part_that_is_missing_or_too_many_is_named(
    table: pd.DataFrame, tmp_path: Path, change: Callable[[Path], object], due: str
) -> None:
    write_parts(tmp_path / "t.parquet", table, 40)
    change(tmp_path / "t.parquet")
    for read in (read_table, lambda path: list(table_batches(path)), rows_of):
        with pytest.raises(AssayError, match=f"not the parts of a table: {due}"):
            read(tmp_path / "t.parquet")


def test_a_damaged_part_is_named(table: pd.DataFrame, tmp_path: Path) -> None:
    write_parts(tmp_path / "table.parquet", table, 40)
    part = tmp_path / "table.parquet" / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(AssayError) as caught:
        read_table(tmp_path / "table.parquet")
    assert caught.value.where == str(part)


def test_columns_are_read_one_at_a_time_and_one_that_is_not_there_is_told(table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_parts(path, table, 40)
    columns = Columns(path)
    assert list(columns) == list(table)
    for name in columns:
        pd.testing.assert_series_equal(columns[name], read_table(path)[name])
    assert list(columns.chosen({"years": "age"})) == ["years"]
    assert columns.chosen({"years": "age"})["years"].name == "years"
    assert (rows_of(path), "weight" in columns) == (ROWS, False)
    for read in (lambda: columns["weight"], lambda: list(table_batches(path, ["age", "weight"]))):
        with pytest.raises(AssayError, match="no column weight"):
            read()


def test_a_table_that_needs_more_than_is_free_is_refused(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.parquet"
    write_parts(path, table, 40)
    monkeypatch.setattr(memory, "free", lambda: memory.GIB)
    require_memory_of(path, memory.GIB // ROWS)
    with pytest.raises(AssayError, match=r"about 2.0 GiB at once, and 1.0 GiB are free"):
        require_memory_of(path, 2 * memory.GIB // ROWS)
