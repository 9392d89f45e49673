"""collect from a source of several files, which make one table."""

from pathlib import Path

import pandas as pd
import pytest

from assay.config.dataset import Column, Dataset
from assay.config.source import Dialect, Source
from assay.errors import AssayError
from assay.files import sha256
from assay.records.reading import read
from assay.records.writing import write_csv
from assay.stages.collect import collect


def several(tmp_path: Path, *tables: pd.DataFrame, suffix: str = ".csv", **roles: str) -> Dataset:
    """A contract with a source of several files."""
    uris = [str(tmp_path / f"{number}{suffix}") for number in range(len(tables))]
    for uri, table in zip(uris, tables, strict=True):
        table.to_csv(uri, index=False) if suffix == ".csv" else table.to_parquet(uri)
    columns = {name: Column("text", role) for name, role in roles.items()}
    hashes = [sha256(Path(uri)) for uri in uris]
    return Dataset("any", Source(uris, hashes, "", ""), target="y", columns=columns)


FIRST, SECOND = pd.DataFrame({"a": ["1", "2"], "b": ["x,y", ""]}), pd.DataFrame({"b": ["z"], "a": ["3"]})


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_several_files_make_one_table_in_their_order(tmp_path: Path, suffix: str) -> None:
    dataset = several(tmp_path, FIRST, SECOND, suffix=suffix)
    found = collect(dataset, tmp_path / "raw")
    assert read(tmp_path / f"raw/records{suffix}").to_numpy().tolist() == [["1", "x,y"], ["2", ""], ["3", "z"]]
    assert [(one["rows"], one["first_row"]) for one in found["files"]] == [(2, 0), (1, 2)]
    assert [(one["uri"], one["sha256"]) for one in found["files"]] == [
        (uri, sha256(Path(uri))) for uri in dataset.source.uri
    ]
    assert sorted(path.name for path in (tmp_path / "raw").iterdir()) == [f"records{suffix}"]


@pytest.mark.parametrize(
    ("second", "suffix", "said"),
    [
        (pd.DataFrame({"a": ["3"]}), ".csv", "missing column b: not the columns of .*0.csv"),
        (SECOND.assign(c="1"), ".csv", "unknown column c"),
        (SECOND.assign(c="1"), ".parquet", "unknown column c"),
        (SECOND.assign(a=3), ".parquet", "column a is of type int64, in the first file"),
    ],
)
def test_a_file_with_other_columns_is_named(tmp_path: Path, second: pd.DataFrame, suffix: str, said: str) -> None:
    with pytest.raises(AssayError, match=said) as caught:
        collect(several(tmp_path, FIRST, second, suffix=suffix), tmp_path / "raw")
    assert caught.value.where == str(tmp_path / f"1{suffix}")


def test_each_of_several_files_must_be_the_declared_one(tmp_path: Path) -> None:
    dataset = several(tmp_path, FIRST, SECOND)
    (tmp_path / "1.csv").write_text("a,b\n4,w\n")
    with pytest.raises(AssayError, match="not the declared one") as caught:
        collect(dataset, tmp_path / "raw")
    assert str(tmp_path / "1.csv") in str(caught.value)


def test_files_of_two_formats_are_refused(tmp_path: Path) -> None:
    dataset = several(tmp_path, FIRST, SECOND)
    dataset.source.uri[1] = str(tmp_path / "1.parquet")
    with pytest.raises(AssayError, match="a PARQUET after a CSV"):
        collect(dataset, tmp_path / "raw")


def test_later_files_may_lack_personal_columns_that_were_left_out_before(tmp_path: Path) -> None:
    with_names = FIRST.assign(name=["Ann", "Bob"])
    collect(several(tmp_path, with_names, SECOND, with_names, name="personal"), tmp_path / "raw")
    assert read(tmp_path / "raw/records.csv")["a"].tolist() == ["1", "2", "3", "1", "2"]
    assert "Ann" not in (tmp_path / "raw/records.csv").read_text()


def test_files_in_a_dialect_stay_in_it_without_personal_columns(tmp_path: Path) -> None:
    dialect = Dialect(encoding="cp1252", separator=";", above=1)
    dataset = several(tmp_path, FIRST, FIRST, a="id", b="feature", name="personal")
    tables = [FIRST.assign(name="Ann", b=["Köln", "x;y"]), FIRST.assign(name="Bob")]
    for uri, table in zip(dataset.source.uri, tables, strict=True):
        write_csv(table, Path(uri), dialect)
    dataset.source.sha256, dataset.source.dialect = [sha256(Path(uri)) for uri in dataset.source.uri], dialect
    collect(dataset, tmp_path / "raw")
    file = tmp_path / "raw/records.csv"
    assert read(file, dialect=dialect).to_numpy().tolist() == [["1", "Köln"], ["2", "x;y"], ["1", "x,y"], ["2", ""]]
    assert b"Ann" not in file.read_bytes()
