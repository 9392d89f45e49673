"""Croissant metadata, read by MLCommons' own library."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from assay.cards.croissant import FIELDS, Stored, record_set
from assay.config.dataset import Dataset
from assay.files import sha256
from assay.paths import CROISSANT
from samples import ROOT

WIDE = Dataset("wide", target="y", columns={})
PARTS = [Stored("records.parquet", "0" * 64, 1)]
mlc = pytest.importorskip("mlcroissant", reason="the validator is a development dependency")


@pytest.fixture(scope="module")
def dataset(small_line: Path) -> "mlc.Dataset":
    return mlc.Dataset(jsonld=small_line / CROISSANT)


def test_the_committed_metadata_are_valid() -> None:
    command = [str(Path(sys.executable).with_name("mlcroissant")), "validate", "--jsonld", str(ROOT / CROISSANT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_nothing_is_amiss_and_nothing_recommended_is_missing(dataset: "mlc.Dataset") -> None:
    issues = dataset.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    assert dataset.metadata.license == ["CC BY 4.0"]
    assert "Quinlan" in dataset.metadata.cite_as
    assert dataset.metadata.data_limitations


def test_files_are_named_from_where_the_metadata_lie_with_their_hashes(small_line: Path) -> None:
    files = json.loads((small_line / CROISSANT).read_text())["distribution"]
    assert len(files) == 2
    for file in files:
        path = (small_line / CROISSANT).parent / file["contentUrl"]
        assert not file["contentUrl"].startswith("/")
        assert file["sha256"] == sha256(path)
        assert file["contentSize"] == f"{path.stat().st_size} B"


@pytest.mark.parametrize(
    ("name", "path"), [("records", "data/cleaned/records.parquet"), ("labels", "data/annotated/labels.parquet")]
)
def test_the_records_load_as_they_are(dataset: "mlc.Dataset", small_line: Path, name: str, path: str) -> None:
    expected = pd.read_parquet(small_line / path)
    loaded = pd.DataFrame(list(dataset.records(name))).rename(columns=lambda column: column.removeprefix(f"{name}/"))
    assert list(loaded) == list(expected)
    for column in expected:
        values = [value.decode() if isinstance(value, bytes) else value for value in loaded[column]]
        pd.testing.assert_series_equal(
            pd.Series(values, dtype=expected[column].dtype), expected[column], check_names=False
        )


def test_the_letters_of_the_code_stand_in_the_metadata(dataset: "mlc.Dataset") -> None:
    codes = {record["codes/letter"]: record["codes/meaning"] for record in dataset.records("codes")}
    assert codes["F"] in ("primary hypothyroid", b"primary hypothyroid")
    assert len(codes) == 21


def test_units_and_meanings_are_those_of_the_contract(dataset: "mlc.Dataset") -> None:
    fields = {field.id: field for record_set in dataset.metadata.record_sets for field in record_set.fields}
    assert fields["records/TSH"].description == "thyroid stimulating hormone, in mU/L"
    assert fields["labels/label"].data_type is bool


def test_of_very_many_columns_the_first_are_described_and_the_rest_counted() -> None:
    table = pd.DataFrame(1.0, index=[0], columns=["record_id", *(f"x{number}" for number in range(FIELDS + 4))])
    found = record_set("records", "cleaned records", table, WIDE, PARTS)
    assert len(found["field"]) == FIELDS
    assert found["description"] == "cleaned records; 5 more columns are not described here"
    few = record_set("records", "cleaned records", table.iloc[:, :9], WIDE, PARTS)
    assert (len(few["field"]), few["description"]) == (9, "cleaned records")
