"""collect from a source that is a folder of files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset
from assay.config.source import Source
from assay.errors import AssayError
from assay.records import streaming
from assay.records.batches import raw_batches
from assay.records.folders import fingerprint
from assay.records.formats import counted_by, raw_file
from assay.records.reading import read
from assay.stages.collect import collect

ROWS = [3, 5, 1]
Write = Callable[[pd.DataFrame, Path], None]
WRITE: dict[str, Write] = {
    "csv": lambda table, path: table.to_csv(path, index=False),
    "parquet": lambda table, path: table.to_parquet(path, index=False),
}


@pytest.fixture
def table() -> pd.DataFrame:
    rows = sum(ROWS)
    return pd.DataFrame({"age": range(rows), "name": [f"Ann {row}" for row in range(rows)], "sick": ["no"] * rows})


@pytest.fixture(params=WRITE)
def source(request: pytest.FixtureRequest, table: pd.DataFrame, tmp_path: Path) -> Iterator[Path]:
    """A folder whose files, by name, have so many rows each, and another kind of file."""
    folder, start = tmp_path / "source", 0
    for name, rows in zip(["a", "deeper/b", "deeper/c"], ROWS, strict=True):
        path = folder / f"{name}.{request.param}"
        path.parent.mkdir(parents=True, exist_ok=True)
        WRITE[request.param](table.iloc[start : start + rows], path)
        start += rows
    (folder / "notes.txt").touch()
    return folder


def declared(folder: Path, sha: str | None = None, role: str = "feature") -> Dataset:
    files = sorted(file for file in folder.rglob("*.*") if file.suffix != ".txt")
    columns = {"age": Column(type="number"), "name": Column(type="text", role=role), "sick": Column(role="target")}
    return Dataset("test", Source(str(folder), sha or fingerprint(files)), columns=columns)


def test_the_files_stay_as_they_are_and_make_one_table(source: Path, table: pd.DataFrame, tmp_path: Path) -> None:
    found = collect(declared(source), tmp_path / "raw")
    assert [(one["rows"], one["first_row"]) for one in found["files"]] == [(3, 0), (5, 3), (1, 8)]
    raw = raw_file(tmp_path / "raw")
    form = raw.suffix.removeprefix(".")
    copies = sorted(raw.iterdir())
    assert [copy.name for copy in copies] == [f"part-0000{number}.{form}" for number in range(3)]
    assert [copy.read_bytes() for copy in copies] == [Path(one["uri"]).read_bytes() for one in found["files"]]
    assert read(raw).astype("str").equals(table.astype("str"))
    assert counted_by(raw) is None


def test_batches_have_the_rows_and_their_numbers(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collect(declared(source), tmp_path / "raw")
    raw = raw_file(tmp_path / "raw")
    monkeypatch.setattr(streaming, "ROWS", 2)
    batches = list(raw_batches(raw))
    assert max(map(len, batches)) == 2
    pd.testing.assert_frame_equal(pd.concat(batches), read(raw), check_index_type=False)


def test_personal_columns_are_left_out_of_each_file(source: Path, tmp_path: Path) -> None:
    collect(declared(source, role="personal"), tmp_path / "raw")
    assert list(read(raw_file(tmp_path / "raw"))) == ["age", "sick"]
    assert not any(b"Ann" in file.read_bytes() for file in (tmp_path / "raw").rglob("*.*") if file.is_file())


def test_another_hash_names_that_of_the_folder(source: Path, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="not the declared one") as caught:
        collect(declared(source, "0" * 64), tmp_path / "raw")
    assert declared(source).source.sha256 in caught.value.what
    assert not (tmp_path / "raw").exists()


def test_the_order_of_the_files_is_part_of_the_hash(source: Path) -> None:
    before = declared(source).source.sha256
    first, second = sorted((source / "deeper").iterdir())
    first.rename(source / "deeper" / f"d{first.suffix}")
    assert declared(source).source.sha256 != before
    assert second.exists()


def test_a_file_with_other_columns_is_named(source: Path, table: pd.DataFrame, tmp_path: Path) -> None:
    odd = sorted((source / "deeper").iterdir())[0]
    WRITE[odd.suffix.removeprefix(".")](table.rename(columns={"age": "years"}), odd)
    with pytest.raises(AssayError, match="missing column age; unknown column years") as caught:
        collect(declared(source), tmp_path / "raw")
    assert caught.value.where == str(odd)


def test_files_of_two_formats_are_refused(source: Path, table: pd.DataFrame, tmp_path: Path) -> None:
    for form, write in WRITE.items():
        write(table, source / f"z.{form}")
    with pytest.raises(AssayError, match="both CSV and Parquet"):
        collect(declared(source), tmp_path / "raw")


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="no CSV or Parquet file in the folder"):
        collect(declared(tmp_path, "0" * 64), tmp_path / "raw")
