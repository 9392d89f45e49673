"""The files that a sample is drawn from."""

from pathlib import Path

import pandas as pd
import pytest

from assay.errors import AssayError
from assay.files import sha256
from assay.sampling.source import columns, parquet_files, unordered_fingerprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.parquet", "a.parquet", "deeper/c.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pd.DataFrame({"key": [1], "x": ["a"]}).to_parquet(tmp_path / name)
    (tmp_path / "notes.txt").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("uri", "names"),
    [
        ("{}", ["a.parquet", "b.parquet", "deeper/c.parquet"]),
        ("{}/*.parquet", ["a.parquet", "b.parquet"]),
        ("{}/**/*.parquet", ["a.parquet", "b.parquet", "deeper/c.parquet"]),
        ("file://{}/[b]*", ["b.parquet"]),
        ("{}/a.parquet", ["a.parquet"]),
    ],
)
def test_a_file_a_folder_or_a_pattern(folder: Path, uri: str, names: list[str]) -> None:
    assert parquet_files(uri.format(folder)) == [folder / name for name in names]


def test_a_pattern_is_relative_to_where_one_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert parquet_files("deeper/*.parquet") == [Path("deeper/c.parquet")]


@pytest.mark.parametrize("uri", ["{}/none", "{}/*.csv", "s3://bucket/a.parquet"])
def test_no_file_is_said_to_be_none(folder: Path, uri: str) -> None:
    with pytest.raises(AssayError, match="no Parquet file"):
        parquet_files(uri.format(folder))


def test_a_file_that_is_no_parquet_is_named(folder: Path) -> None:
    (folder / "b.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(AssayError, match="not a Parquet file") as caught:
        columns(parquet_files(str(folder)))
    assert "b.parquet" in str(caught.value)


def test_the_fingerprint_is_that_of_the_contents_whatever_their_names(folder: Path) -> None:
    pd.DataFrame({"key": [2], "x": ["b"]}).to_parquet(folder / "b.parquet")
    before = unordered_fingerprint(parquet_files(str(folder)))
    (folder / "b.parquet").rename(folder / "0.parquet")
    assert unordered_fingerprint(parquet_files(str(folder))) == before
    assert unordered_fingerprint([folder / "a.parquet"]) == sha256(folder / "a.parquet")
    (folder / "a.parquet").unlink()
    assert unordered_fingerprint(parquet_files(str(folder))) != before


def test_a_file_with_other_columns_is_named(folder: Path) -> None:
    pd.DataFrame({"key": [1], "y": ["a"]}).to_parquet(folder / "b.parquet")
    with pytest.raises(AssayError, match="different columns: x, y") as caught:
        columns(parquet_files(str(folder)))
    assert "b.parquet" in str(caught.value)
