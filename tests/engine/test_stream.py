"""The stages up to train out of core write the bytes that they write from memory, whatever the batches are."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.engine import spill
from assay.files import files_md5
from assay.records import streaming
from conftest import run_small_line
from samples import synthetic_raw

STAGES = ["clean", "annotate", "split", "featurize", "train"]
FOLDERS = ["cleaned", "quarantine", "annotated", "split", "features", "predictions"]
WRITTEN = [*(f"data/{name}" for name in FOLDERS), "models", "reports"]
FEW_TREES = "baselines.xgboost.n_estimators=20"  # how each model learns: test_train.py
PARTS = ["layout.part_rows=70"]
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


def made(folder: Path, raw: pd.DataFrame, overrides: Sequence[str]) -> dict[str, str]:
    run_small_line(folder, [FEW_TREES, *overrides], STAGES, raw=raw)
    return {f"{name}/{file}": md5 for name in WRITTEN for file, md5 in files_md5(folder / name).items()}


@pytest.mark.parametrize(
    ("table", "overrides"),
    [
        (lambda raw: raw, []),
        (lambda raw: raw, PARTS),
        (shuffled, PARTS),
        (messy, [*PARTS]),
        (shuffled, [*BY_CHANCE, *PARTS]),
        (messy, ["split=group", "dataset.group=referral_source", *PARTS]),
        (shuffled, ["dataset.group=age", *PARTS]),
        (shuffled, ["split.data_until=1986-12-31", *PARTS]),
    ],
    ids=["one file", "parts", "shuffled", "messy", "by chance", "by group", "purged", "moved"],
)
def test_the_same_bytes(
    table: Callable[[pd.DataFrame], pd.DataFrame],
    overrides: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = table(synthetic_raw())
    expected = made(tmp_path / "local", raw, overrides)
    monkeypatch.setattr(streaming, "ROWS", 50)
    monkeypatch.setattr(spill, "BUCKET", 60)
    assert made(tmp_path / "stream", raw, [*overrides, "engine=stream", "engine.workers=1"]) == expected
    assert not list((tmp_path / "stream" / "data").glob(".writing-*"))


def test_the_same_bytes_where_other_processes_do_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = messy(synthetic_raw())
    expected = made(tmp_path / "local", raw, PARTS)
    monkeypatch.setattr(streaming, "ROWS", 200)
    monkeypatch.setattr(spill, "BUCKET", 150)
    assert made(tmp_path / "stream", raw, [*PARTS, "engine=stream"]) == expected


@pytest.mark.slow
def test_the_same_bytes_where_a_cluster_does_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    raw = messy(synthetic_raw())
    expected = made(tmp_path / "local", raw, PARTS)
    monkeypatch.setattr(streaming, "ROWS", 200)
    monkeypatch.setattr(spill, "BUCKET", 150)
    assert made(tmp_path / "dask", raw, [*PARTS, "engine=dask"]) == expected
    assert not list((tmp_path / "dask" / "data").glob(".writing-*"))
