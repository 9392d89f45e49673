"""Reading and writing the tables between stages."""

from pathlib import Path

import pandas as pd
import pytest

from assay.errors import AssayError
from assay.tables import read_table, write_table

TABLE = pd.DataFrame({"id": ["a", "b"], "x": [1.23456789, None], "sex": pd.Categorical(["F", None])})


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", TABLE)
    pd.testing.assert_frame_equal(read_table(tmp_path / "a.parquet"), TABLE)
    assert list(read_table(tmp_path / "a.parquet", ["x", "id"])) == ["x", "id"]


def test_a_csv_table_has_six_decimals_and_no_index(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", TABLE)
    assert (tmp_path / "a.csv").read_text() == "id,x,sex\na,1.234568,F\nb,,\n"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (Path.unlink, "the file is missing"),
        (cut, "damaged or cut short"),
        (lambda path: path.write_bytes(b""), "damaged or cut short"),
        (lambda path: path.write_text("id,x\n"), "damaged or cut short"),
    ],
    ids=["missing", "cut short", "empty", "another format"],
)
def test_a_bad_table_is_refused_with_its_name_and_the_way_back(tmp_path: Path, harm, said: str) -> None:
    path = tmp_path / "a.parquet"
    write_table(path, TABLE)
    harm(path)
    with pytest.raises(AssayError, match=said) as caught:
        read_table(path)
    assert str(path) in str(caught.value)
    assert "dvc repro" in str(caught.value)
    assert ("assay doctor --mend" in str(caught.value)) == path.exists(), "dvc checkout replaces no damaged file"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", TABLE)
    with pytest.raises(AssayError, match="no column label, z"):
        read_table(tmp_path / "a.parquet", ["id", "z", "label"])
