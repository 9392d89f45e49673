"""Intervals out of fold come from the predictions that dvc.lock names, and only from these."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.overview.intervals import CACHE, with_intervals
from assay.overview.rows import QUEUED, WORKSPACE, Figures, Row
from assay.statistics.resampled import Scored
from assay.sweep.log import DONE
from assay.sweep.selection import select
from cached import keep_folder

METRICS = ["average_precision", "recall"]
FIGURES = {"average_precision": 0.649393, "recall": 0.793103}  # of the table below


@pytest.fixture
def table() -> pd.DataFrame:
    """Labels and scores of 300 records."""
    generator = np.random.default_rng(0)
    label = generator.random(300) < 0.2
    return pd.DataFrame({"record_id": range(300), "label": label, "score": generator.normal(label, 0.7)})


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: pd.DataFrame) -> Path:
    """A cache with them, which the dvc.lock here names."""
    monkeypatch.chdir(tmp_path)
    cache = tmp_path / "cache"
    monkeypatch.setattr("assay.overview.intervals.cache_folder", lambda: cache)
    name(cache, {"out_of_fold.parquet": parquet(table)})
    return cache


def parquet(table: pd.DataFrame) -> bytes:
    content = BytesIO()
    table.to_parquet(content, index=False)
    return content.getvalue()


def name(cache: Path, scores: dict[str, bytes]) -> None:
    """Let dvc.lock name predictions of these files, which the cache has then."""
    thresholds = json.dumps({"model": {"value": 0.5}}).encode()
    folder = keep_folder(cache, {**scores, "thresholds.json": thresholds})
    Path("dvc.lock").write_text(f"    - path: data/predictions\n      hash: md5\n      md5: {folder}\n")


def here(**more: object) -> Row:
    given = {"figures": Figures(FIGURES), "params": {"evaluation.threshold_probability": 0.1}}
    return Row(WORKSPACE, WORKSPACE, **{"state": DONE, **given, **more})  # type: ignore[arg-type]


def test_they_are_those_of_the_summary_of_a_sweep(cache: Path, table: pd.DataFrame) -> None:
    (row,) = with_intervals([here()], METRICS)
    scored = Scored(table["label"].to_numpy(int), table["score"].to_numpy(), 0.5)
    assert row.figures.intervals["average_precision"] == pytest.approx(select({"x": scored}).interval, abs=1e-6)
    low, high = row.figures.intervals["recall"]
    assert low < (scored.alert & (scored.y == 1)).sum() / scored.y.sum() < high
    assert row.figures.values == FIGURES


def test_they_are_those_of_a_table_in_parts(cache: Path, table: pd.DataFrame) -> None:
    (expected,) = with_intervals([here()], METRICS)
    CACHE.unlink()
    parts = {
        f"out_of_fold.parquet/part-0000{number}.parquet": parquet(table[100 * number :][:100]) for number in (1, 0, 2)
    }
    name(cache, parts)
    (row,) = with_intervals([here()], METRICS)
    assert row.figures.intervals == expected.figures.intervals


def test_they_are_computed_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = with_intervals([here()], METRICS)
    monkeypatch.setattr("assay.overview.intervals.scored", None)
    assert with_intervals([here()], METRICS) == first
    assert with_intervals([here()], METRICS[:1]) == first


@pytest.mark.parametrize("harm", ["missing", "changed", "another lock", "damaged notes"])
def test_predictions_that_are_not_to_be_had_give_none_and_no_error(cache: Path, harm: str) -> None:
    if harm == "another lock":
        Path("dvc.lock").write_text("stages: {}\n")
    if harm == "damaged notes":
        CACHE.parent.mkdir()
        CACHE.write_text("[")
    for path in cache.rglob("*"):
        if path.is_file() and harm in ("missing", "changed"):
            path.unlink() if harm == "missing" else path.write_bytes(path.read_bytes() + b" ")
    (row,) = with_intervals([here()], METRICS)
    assert bool(row.figures.intervals) == (harm == "damaged notes")


def test_runs_that_are_not_done_have_none(cache: Path) -> None:
    rows = [here(state=QUEUED), here(figures=Figures())]
    assert with_intervals(rows, METRICS) == rows
    assert not CACHE.exists()


def test_a_figure_that_is_not_of_these_predictions_has_none(cache: Path) -> None:
    (row,) = with_intervals([here(figures=Figures({**FIGURES, "recall": 0.123}))], METRICS)
    assert list(row.figures.intervals) == ["average_precision"]
