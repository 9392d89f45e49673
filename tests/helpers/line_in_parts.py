"""The small line in parts of 100 rows, and train on it."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assay.config.compose import composed
from assay.files import files_md5
from assay.paths import CLEANED, FEATURES, PREDICTIONS, SPLIT, fold
from assay.records import streaming
from assay.records.folds import FOLDS
from assay.records.parts import write_parts
from assay.stages import train
from samples import forget_statements

SMALL = ["debug=fast", "baselines.xgboost.n_estimators=20", "layout.part_rows=100"]


def divide(
    monkeypatch: pytest.MonkeyPatch,
    changed: Callable[[pd.DataFrame, Path], pd.DataFrame] = lambda table, path: table,
) -> None:
    """Write the tables that train reads in parts, changed by their paths; they are read in batches of 60 rows."""
    for path in (CLEANED, *(fold(folder, name) for folder in (FEATURES, SPLIT) for name in FOLDS)):
        write_parts(path, changed(pd.read_parquet(path), path), 100)
    forget_statements()
    monkeypatch.setattr("sys.argv", ["stage"])
    monkeypatch.setattr(streaming, "ROWS", 60)


def trained(*overrides: str) -> dict[str, str]:
    """The hashes of what train writes."""
    Path("params.yaml").write_text(composed([*SMALL, *overrides]))
    train.main()
    return {f"{name}/{file}": md5 for name in ("models", PREDICTIONS) for file, md5 in files_md5(Path(name)).items()}
