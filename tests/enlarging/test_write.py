"""Enlarged tables as files."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from assay.enlarging.enlarge import Wish
from assay.enlarging.write import enlarge
from assay.errors import AssayError
from assay.records.reading import read

ROWS = 40
WISH = Wish(rows=3 * ROWS + 5, seed=1, target="sick", numbered=("key",))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    table = {
        "key": range(ROWS),
        "age": [20.5 + row for row in range(ROWS)],
        "sick": [row % 8 == 0 for row in range(ROWS)],
    }
    pd.DataFrame(table).to_parquet(tmp_path / "given.parquet", index=False)
    return tmp_path / "given.parquet"


def bytes_in(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(path.iterdir())
    return {file.name: file.read_bytes() for file in files}


@pytest.mark.parametrize(("name", "part_rows"), [("out.csv", None), ("out.parquet", None), ("out", 50)])
def test_the_same_wish_gives_the_same_bytes(source: Path, tmp_path: Path, name: str, part_rows: int | None) -> None:
    for folder in ("one", "other"):
        enlarge(source, tmp_path / folder / name, WISH, part_rows)
    assert bytes_in(tmp_path / "one" / name) == bytes_in(tmp_path / "other" / name)


def test_all_formats_have_the_same_values(source: Path, tmp_path: Path) -> None:
    enlarge(source, tmp_path / "out.csv", WISH)
    enlarge(source, tmp_path / "out.parquet", WISH)
    enlarge(source, tmp_path / "out", WISH, 50)
    parts = [parquet.read_table(file) for file in sorted((tmp_path / "out").iterdir())]
    assert [len(part) for part in parts] == [50, 50, 25]
    assert pa.concat_tables(parts).equals(parquet.read_table(tmp_path / "out.parquet"))
    texts, values = read(tmp_path / "out.csv"), read(tmp_path / "out.parquet")
    assert (texts["key"].astype("int64") == values["key"]).all()
    assert (texts["age"].astype("float64") == values["age"]).all()
    assert texts["sick"].isin(["true", "false"]).all()


@pytest.mark.parametrize(
    ("name", "part_rows", "said"),
    [
        ("out.txt", None, "the name has the ending of no format"),
        ("given.parquet", None, "it would replace the table"),
        ("given.parquet", 10, "not a folder"),
        (".", 10, "it would replace the table"),
        ("..", 10, "it would replace the table"),
        ("mine", 10, "it would replace a folder that has more in it than the parts of a table"),
    ],
)
def test_a_target_that_cannot_be(source: Path, tmp_path: Path, name: str, part_rows: int | None, said: str) -> None:
    notes = tmp_path / "mine" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("kept")
    before = source.read_bytes()
    with pytest.raises(AssayError) as caught:
        enlarge(source, tmp_path / name, WISH, part_rows)
    assert caught.value.what == said
    assert source.read_bytes() == before
    assert notes.read_text() == "kept"


def test_earlier_parts_make_way(source: Path, tmp_path: Path) -> None:
    enlarge(source, tmp_path / "out", WISH, 50)
    enlarge(source, tmp_path / "out", WISH, 70)
    assert [len(parquet.read_table(file)) for file in sorted((tmp_path / "out").iterdir())] == [70, 55]


@pytest.mark.parametrize("part_rows", [WISH.rows, 1000])
def test_rows_that_fit_into_one_part_are_a_folder_too(source: Path, tmp_path: Path, part_rows: int) -> None:
    enlarge(source, tmp_path / "out", WISH, part_rows)
    assert {file.name: len(parquet.read_table(file)) for file in (tmp_path / "out").iterdir()} == {
        "part-00000.parquet": WISH.rows
    }
