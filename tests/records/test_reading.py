"""CSV tables as texts; what can be read in two ways is refused."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assay.errors import AssayError
from assay.records.batches import raw_batches
from assay.records.reading import read

Reads = Callable[[Path], pd.DataFrame]
EITHER = pytest.mark.parametrize("reads", [read, lambda path: pd.concat(raw_batches(path))], ids=["whole", "batches"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", {"a": ["1"], "b": ["2"]}),
        ("\n\na,b\n1,NA\n", {"a": ["1"], "b": ["NA"]}),
        (",a\n1,\n", {"Unnamed: 0": ["1"], "a": [""]}),
        ("a,b", {"a": [], "b": []}),
    ],
)
def test_a_csv_gives_texts(text: str, expected: dict[str, list[str]], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert read(path).to_dict("list") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,label\n7,1,\n8,0,\n", "line 2: 3 cells and not 2"),
        ("id,label\n7,8,1,0\n", "line 2: 4 cells and not 2"),
        ("id,label,label\n7,1,0\n", "columns of the same name: label"),
        ("", "not a CSV table"),
    ],
)
def test_a_csv_that_can_be_read_in_two_ways_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(AssayError, match=message):
        read(path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "table.csv")
    with pytest.raises(AssayError, match="not a file"):
        read(tmp_path / "table.csv")


@EITHER
def test_the_files_of_a_folder_come_by_their_numbers(reads: Reads, tmp_path: Path) -> None:
    folder = tmp_path / "records.csv"
    folder.mkdir()
    for number in (99_999, 100_000, 2):
        (folder / f"part-{number:05}.csv").write_text(f"a\n{number}\n")
    assert reads(folder)["a"].tolist() == ["2", "99999", "100000"]


@EITHER
@pytest.mark.parametrize(
    ("later", "column"),
    [
        (pd.DataFrame({"a": [2.5]}), "b"),
        (pd.DataFrame({"a": [2.5], "b": ["x"], "c": [1.0]}), "c"),
        (pd.DataFrame({"a": [2], "b": ["x"]}), "a"),
    ],
)
def test_a_file_of_a_folder_with_other_columns_is_refused(
    reads: Reads, later: pd.DataFrame, column: str, tmp_path: Path
) -> None:
    folder = tmp_path / "records.parquet"
    folder.mkdir()
    for number, table in enumerate((pd.DataFrame({"a": [1.5], "b": ["x"]}), later)):
        table.to_parquet(folder / f"part-{number:05}.parquet")
    with pytest.raises(AssayError, match=f"not as in the first file of the folder: column {column}") as refused:
        reads(folder)
    assert refused.value.where == str(folder / "part-00001.parquet")


@EITHER
def test_numbers_of_rows_that_pandas_wrote_are_no_column(reads: Reads, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_text("__index_level_0__,a\n0,1\n")
    assert reads(path).to_dict("list") == {"a": ["1"]}
