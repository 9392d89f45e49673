"""CSV tables as texts; what can be read in two ways is refused."""

import os
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.records.reading import read


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
