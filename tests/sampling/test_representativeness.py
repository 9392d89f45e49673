"""The report on a sample."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.config.sample import Sample
from assay.sampling import run
from assay.sampling.run import sampled
from assay.sampling.source import parquet_files
from sampling_sources import source_table, write_files

SPEC = Sample(rows=3000, key="key", label="code", positive=["F", "H"], keep_positives=True, time="day")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    table = source_table(30_000)
    note = [f"note {number}" for number in range(len(table))]
    return table.assign(note=note, odd=np.where(table["visits"] == 0, np.inf, 1.0), none=np.nan)


@pytest.fixture(scope="module")
def source(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(table, tmp_path_factory.mktemp("source") / "files", files=3)


@pytest.fixture(scope="module")
def report(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return reported(source, SPEC, tmp_path_factory.mktemp("target"), private=["sick"])


def reported(source: Path, spec: Sample, folder: Path, **options: Any) -> dict[str, Any]:
    return sampled(parquet_files(str(source)), spec, folder / "sample.parquet", "the source", **options)


def test_the_weighted_sample_is_representative_in_every_column_that_is_not_private(report: dict[str, Any]) -> None:
    assert set(report["columns"]) == {"day", "site", "code", "TSH", "T3", "visits", "odd", "none"}
    assert [name for name, one in report["columns"].items() if not one["representative"]] == []
    assert report["left_out"] == {"note": "more than 1000 different values"}


def test_numbers_are_compared_by_rank_and_texts_by_category(report: dict[str, Any]) -> None:
    measures = {name: one["measure"] for name, one in report["columns"].items()}
    assert {measures[name] for name in ("day", "TSH", "T3", "visits")} == {"Kolmogorov-Smirnov"}
    assert {measures[name] for name in ("site", "code")} == {"total variation"}


def test_the_weights_restore_the_prevalence(table: pd.DataFrame, report: dict[str, Any]) -> None:
    prevalence = report["prevalence"]
    assert prevalence["source"] == (table["code"] != "-").mean()
    assert prevalence["sample"] == pytest.approx(prevalence["source"])
    assert prevalence["interval"][0] < prevalence["source"] < prevalence["interval"][1]


def test_the_sizes_are_told(report: dict[str, Any]) -> None:
    assert (report["rows"], report["drawn"], report["strata"]) == (30_000, 3000, 24)
    assert report["strata_by"] == ["code is positive", "month of day"]
    assert 2000 < report["effective"] < 3000


def test_without_a_label_there_is_no_prevalence(source: Path, tmp_path: Path) -> None:
    assert reported(source, Sample(rows=100, key="key"), tmp_path)["prevalence"] is None


@pytest.mark.parametrize("column", ["TSH", "T3", "day", "site", "sick"])
def test_a_column_that_was_changed_on_the_way_is_not(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    honest = run.write

    def tampering(connection: Any, query: str, target: Path) -> None:
        honest(connection, query, target)
        table = pd.read_parquet(target)
        table[column] = table[column].mask(np.arange(len(table)) % 5 == 0, table[column].dropna().max())
        table.to_parquet(target, index=False)

    monkeypatch.setattr(run, "write", tampering)
    report = reported(source, replace(SPEC, keep_positives=False), tmp_path)
    assert [name for name, one in report["columns"].items() if not one["representative"]] == [column]
