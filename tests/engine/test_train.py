"""train with the features on the disk: the same bytes as from memory, and what cannot be trained so."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.bundle.loading import load
from assay.engine import train as engine
from assay.engine.stored import read_streamed
from assay.errors import AssayError
from assay.files import files_md5, read_json
from assay.paths import BUNDLE, CLEANED, FEATURES, MODEL_CARD, PREDICTIONS, REPORT, SPLIT, fold
from assay.records.columns import DATE, WEIGHT
from assay.records.folds import FOLDS, TRAIN, VALIDATION
from assay.records.parts import write_parts
from assay.stages import cards, evaluate, train
from assay.tables import read_table
from line_in_parts import divide, trained

FEW = "model.n_estimators=20"


@pytest.fixture
def line(line: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small line in parts of 100 rows, read in batches of 60."""
    divide(monkeypatch)
    return line


def rewritten(change: Callable[[pd.DataFrame], pd.DataFrame], paths: Sequence[Path]) -> None:
    for path in paths:
        write_parts(path, change(read_table(path)), 100)


def with_weights() -> None:
    rng = np.random.default_rng(0)
    for_each = [CLEANED, *(fold(SPLIT, name) for name in FOLDS)]
    rewritten(lambda table: table.assign(**{WEIGHT: rng.integers(1, 9, len(table)) / 2}), for_each)


def without_dates() -> None:
    rewritten(lambda table: table.drop(columns=DATE), [CLEANED, *(fold(SPLIT, name) for name in FOLDS)])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "overrides"),
    [
        (lambda: None, ["training.refit=true", FEW]),
        (with_weights, ["training.refit=true", FEW]),
        (without_dates, [FEW]),
        (lambda: None, ["model=xgboost", "model.n_estimators=30", "model.early_stopping_rounds=3"]),
        (lambda: None, ["model=ensemble", "training.folds=3"]),
        (lambda: None, ["model=majority"]),
        (lambda: None, ["model=hist_gbm", "model.max_iter=20"]),
    ],
    ids=["lightgbm", "weights", "no dates", "xgboost", "ensemble", "majority", "in memory"],
)
def test_the_same_bytes(line: Path, change: Callable[[], None], overrides: list[str]) -> None:
    change()
    assert trained("engine=stream", *overrides) == trained("engine=local", *overrides)
    assert len(list((PREDICTIONS / "out_of_fold.parquet").iterdir())) > 1
    assert not list(Path("data").glob(".writing-*"))


@pytest.mark.parametrize("name", ["local", "stream"])
def test_features_of_other_records(line: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(lambda table: table.iloc[::-1], [fold(FEATURES, VALIDATION)])
    with pytest.raises(SystemExit):
        trained(f"engine={name}")
    assert "not the features of the records of data/split" in capsys.readouterr().err


def test_a_model_that_cannot_is_refused_before_any_is_trained(
    line: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_md5(Path("models"))
    monkeypatch.setattr(engine, "needed", lambda path: 1e9)
    monkeypatch.setattr(train, "train", None)
    with pytest.raises(SystemExit):
        trained("engine=stream")
    said = capsys.readouterr().err
    assert "logistic cannot train out of core, and needs about 1.9 GiB: more than engine.memory" in said
    assert re.search(r"engine\.sample=1\d0 lets it learn from so many of 2\d\d records, as fit into 1GiB;", said)
    assert files_md5(Path("models")) == before


@pytest.mark.slow
def test_a_model_that_cannot_learns_from_a_sample(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained("engine=stream", "engine.sample=100", FEW)
    assert "samples" not in read_json(BUNDLE)
    monkeypatch.setattr(engine, "needed", lambda path: 1e9)
    found = trained("engine=stream", "engine.sample=100", FEW)
    assert found == trained("engine=stream", "engine.sample=100", FEW)
    assert read_json(BUNDLE)["samples"] == {"logistic": 100}
    assert load(Path("models")).threshold > 0
    assert found["models/model.txt"] == whole["models/model.txt"]
    trained("engine=stream", "engine.sample=100", "model=hist_gbm", "model.max_iter=20")
    assert read_json(BUNDLE)["samples"] == {"model": 100, "logistic": 100}
    evaluate.main()
    cards.main()
    assert "Each fit of the model learned from at most 100 of its records, drawn by chance" in REPORT.read_text()
    card = MODEL_CARD.read_text()
    assert "Each fit of `logistic` learned from at most 100 of them, drawn by chance." in card
    assert "| 10 | sample size | all records there are; of these some models learned from fewer: " in card


@pytest.mark.slow
def test_a_sample_that_would_be_all_records_is_none(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained("engine=local", FEW)
    monkeypatch.setattr(engine, "needed", lambda path: 1e9)
    there = sum(len(read_table(fold(FEATURES, name))) for name in (TRAIN, VALIDATION))
    assert trained("engine=stream", f"engine.sample={there}", FEW) == whole
    trained("engine=stream", f"engine.sample={there - 1}", FEW)
    assert read_json(BUNDLE)["samples"] == {"logistic": there - 1}


def test_a_sample_has_a_fixed_number_of_the_records_of_a_fit(line: Path, tmp_path: Path) -> None:
    records = read_streamed(TRAIN)
    drawn = engine.Sampled(tmp_path, 90)._drawn(records)
    assert len(drawn.X) == len(drawn.y) == 90
    assert drawn.X.equals(engine.Sampled(tmp_path, 90)._drawn(records).X)
    assert len(engine.Sampled(tmp_path, 10_000)._drawn(records).y) == len(records.y)


def test_a_sample_without_a_class(line: Path, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="of the 2 records that a model would learn from, all have the same label"):
        engine.Sampled(tmp_path, 2)._drawn(read_streamed(TRAIN))
