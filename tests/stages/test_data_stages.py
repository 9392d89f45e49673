"""The data stages on a small raw table with one of each kind of mess; their files are golden, in tests/stages/golden/.

After a change that is meant: ASSAY_WRITE_GOLDEN=1 pytest tests/stages/test_data_stages.py, then read the diff.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assay.config.dataset import stated
from assay.config.load import load
from assay.paths import (
    ANNOTATION_LOG,
    ANNOTATIONS,
    CLEANED,
    CLEANING_LOG,
    CONTRACT,
    FEATURES,
    LABELS,
    RAW,
    SPLIT,
    SPLIT_LOG,
    fold,
)
from assay.records.folds import FOLDS
from assay.stages import annotate, clean, featurize, split

GOLDEN = Path(__file__).parent / "golden"
STAGES: dict[str, tuple[Callable[[], None], list[Path]]] = {
    "clean": (clean.main, [CLEANED, CLEANING_LOG]),
    "annotate": (annotate.main, [LABELS, ANNOTATION_LOG]),
    "split": (split.main, [*(fold(SPLIT, name) for name in FOLDS), SPLIT_LOG]),
    "featurize": (featurize.main, [fold(FEATURES, name) for name in FOLDS]),
}


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every file that the stages write, in order, by its golden name."""
    root = Path(__file__).parents[2]
    folder = tmp_path_factory.mktemp("golden")
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(root / name, folder)
    for name, path in (("raw.csv", RAW / "records.csv"), ("decisions.csv", ANNOTATIONS / "decisions.csv")):
        (folder / path).parent.mkdir(parents=True)
        shutil.copy(GOLDEN / name, folder / path)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.argv", ["stage"])
        texts = {}
        for stage, (main, paths) in STAGES.items():
            main()
            texts |= {golden_name(stage, path): as_text(path) for path in paths}
    return texts


def golden_name(stage: str, path: Path) -> str:
    return f"{stage}.{path.stem}.{'json' if path.suffix == '.json' else 'csv'}"


def as_text(path: Path) -> str:
    return path.read_text() if path.suffix == ".json" else pd.read_parquet(path).to_csv(index=False)


@pytest.mark.parametrize("name", [golden_name(stage, path) for stage, (_, paths) in STAGES.items() for path in paths])
def test_a_stage_writes_the_golden_file(produced: dict[str, str], name: str) -> None:
    if os.environ.get("ASSAY_WRITE_GOLDEN"):
        (GOLDEN / name).write_text(produced[name])
    assert produced[name].splitlines() == (GOLDEN / name).read_text().splitlines()


def test_the_contract_stands_beside_the_records_that_keep_it(small_line: Path) -> None:
    assert json.loads((small_line / CONTRACT).read_text()) == stated(load(small_line / "params.yaml").dataset)


def test_clean_without_other_tables_writes_nothing_beside_the_raw_file(
    line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = CLEANED.read_bytes()
    monkeypatch.setattr(clean, "scratch", None)
    clean.main()
    assert CLEANED.read_bytes() == before
