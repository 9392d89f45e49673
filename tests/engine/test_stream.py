"""The stages up to train out of core write the bytes that they write from memory, whatever the batches are."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.engine import spill
from assay.files import files_md5
from assay.records import streaming
from samples import synthetic_raw
from small_line import run_small_line

UP_TO_TRAIN = ["clean", "annotate", "split", "featurize"]
STAGES = [*UP_TO_TRAIN, "train"]
FOLDERS = ["cleaned", "quarantine", "annotated", "split", "features", "predictions"]
BY_TRAIN = {"data/predictions", "models"}
WRITTEN = [*(f"data/{name}" for name in FOLDERS), "models", "reports"]
FEW_TREES = "baselines.xgboost.n_estimators=20"  # how each model learns: test_train.py
PARTS = ["layout.part_rows=140"]
BY_CHANCE = ["split=random", "split.seed=3"]


def shuffled(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.sample(frac=1, random_state=1)


def messy(raw: pd.DataFrame) -> pd.DataFrame:
    """Out of order, with repeats of rich and of sparse records, and values that are quarantined or set missing."""
    rng = np.random.default_rng(0)
    again = raw.sample(40, random_state=2)
    again = again.assign(patient_id=[f"870102{number:03}" for number in range(40)], TSH="1.5", T3="2", TT4="100")
    twice = pd.concat([again, again.assign(patient_id=[f"870103{number:03}" for number in range(40)])])
    sparse = raw.iloc[:10].assign(**dict.fromkeys(["TSH", "T3", "TT4", "T4U", "FTI", "TBG"], ""), age="50", sex="")
    found = pd.concat([raw, twice, sparse.assign(patient_id=[f"870104{number:03}" for number in range(10)])])
    for name in [name for name in raw if name.endswith("_measured")]:
        found[name] = np.where(found[name.removesuffix("_measured")] == "", "f", "t")
    found["age"] = np.where(rng.random(len(found)) < 0.05, "455", found["age"])
    found["TBG"] = np.where((rng.random(len(found)) < 0.05) & (found["TBG"] != ""), "5000", found["TBG"])
    return shuffled(found)


def made(folder: Path, raw: pd.DataFrame, overrides: Sequence[str], stages: Sequence[str] = STAGES) -> dict[str, str]:
    run_small_line(folder, [FEW_TREES, *overrides], stages, raw=raw)
    written = WRITTEN if "train" in stages else [name for name in WRITTEN if name not in BY_TRAIN]
    return {f"{name}/{file}": md5 for name in written for file, md5 in files_md5(folder / name).items()}


@pytest.fixture(scope="module")
def messy_raw() -> pd.DataFrame:
    return messy(synthetic_raw())


@pytest.fixture(scope="module")
def messy_made(messy_raw: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the stages write of it from memory."""
    return made(tmp_path_factory.mktemp("messy") / "local", messy_raw, PARTS)


# What train reads differs by the folds alone: which records, in what order, is compared before it.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "overrides", "stages"),
    [
        (lambda raw: raw, [], STAGES),
        (shuffled, PARTS, UP_TO_TRAIN),
        (shuffled, [*BY_CHANCE, *PARTS], STAGES),
        (messy, ["split=group", "dataset.group=referral_source", *PARTS], STAGES),
        (shuffled, ["dataset.group=age", *PARTS], UP_TO_TRAIN),
        (shuffled, ["split.data_until=1986-12-31", *PARTS], UP_TO_TRAIN),
    ],
    ids=["one file", "shuffled", "by chance", "by group", "purged", "moved"],
)
def test_the_same_bytes(
    table: Callable[[pd.DataFrame], pd.DataFrame],
    overrides: list[str],
    stages: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = table(synthetic_raw())
    expected = made(tmp_path / "local", raw, overrides, stages)
    in_small_batches(monkeypatch)
    assert made(tmp_path / "stream", raw, [*overrides, "engine=stream", "engine.workers=1"], stages) == expected
    assert not list((tmp_path / "stream" / "data").glob(".writing-*"))


def in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "ROWS", 80)
    monkeypatch.setattr(spill, "BUCKET", 60)


def in_few_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "ROWS", 200)
    monkeypatch.setattr(spill, "BUCKET", 150)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "batches"),
    [(["engine=stream", "engine.workers=1"], in_small_batches), (["engine=stream"], in_few_batches)],
    ids=["one process", "other processes"],
)
def test_the_same_bytes_of_a_messy_table(
    engine: list[str],
    batches: Callable[[pytest.MonkeyPatch], None],
    messy_raw: pd.DataFrame,
    messy_made: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batches(monkeypatch)
    assert made(tmp_path / "stream", messy_raw, [*PARTS, *engine]) == messy_made
    assert not list((tmp_path / "stream" / "data").glob(".writing-*"))


@pytest.mark.slow
def test_the_same_bytes_where_a_cluster_does_the_work(
    messy_raw: pd.DataFrame, messy_made: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    in_few_batches(monkeypatch)
    assert made(tmp_path / "dask", messy_raw, [*PARTS, "engine=dask"]) == messy_made
    assert not list((tmp_path / "dask" / "data").glob(".writing-*"))
