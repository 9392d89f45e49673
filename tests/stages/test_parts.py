"""The line on tables that are folders of parts: the same results as on single files."""

from pathlib import Path

import pandas as pd
import pytest

from assay.files import files_md5, read_json
from assay.paths import CLEANED, CROISSANT, FEATURES, LABELS, PREDICTIONS, REPORTS, SPLIT, fold
from assay.records.folds import FOLDS
from small_line import run_small_line

SCORES = [PREDICTIONS / "out_of_fold.parquet", PREDICTIONS / "test.parquet"]
TABLES = [CLEANED, LABELS, *(fold(folder, name) for folder in (SPLIT, FEATURES) for name in FOLDS), *SCORES]
STATING_HASHES = {"model_card.md", "report.html", "croissant.json", "data_card.md"}


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parted") / "line"
    run_small_line(folder, ["layout.part_rows=30"])
    return folder


def test_every_table_is_a_folder_with_the_same_rows(parted: Path, small_line: Path) -> None:
    for path in TABLES:
        parts = [pd.read_parquet(part) for part in sorted((parted / path).iterdir())]
        assert [len(part) for part in parts[:-1]] == [30] * (len(parts) - 1)
        pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), pd.read_parquet(small_line / path))


def test_thresholds_and_reports_are_the_same(parted: Path, small_line: Path) -> None:
    thresholds = PREDICTIONS / "thresholds.json"
    assert (parted / thresholds).read_bytes() == (small_line / thresholds).read_bytes()
    found, expected = (files_md5(line / REPORTS) for line in (parted, small_line))
    assert found.keys() == expected.keys()
    assert {name for name in found if found[name] != expected[name]} <= STATING_HASHES


def test_the_metadata_describe_a_set_of_files(parted: Path) -> None:
    mlc = pytest.importorskip("mlcroissant", reason="the validator is a development dependency")
    dataset = mlc.Dataset(jsonld=parted / CROISSANT)
    assert dataset.metadata.ctx.issues.errors == set()
    types = [one["@type"] for one in read_json(parted / CROISSANT)["distribution"]]
    assert types == ["cr:FileObject"] * 14 + ["cr:FileSet"] + ["cr:FileObject"] * 14 + ["cr:FileSet"]
    assert dataset.metadata.ctx.issues.warnings == set()
