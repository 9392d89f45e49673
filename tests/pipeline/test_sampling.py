"""The line on a weighted sample of Parquet files."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.records.columns import WEIGHT
from assay.sampling.source import parquet_files, unordered_fingerprint
from pipeline_copy import Copy, cheapened


@pytest.mark.slow
def test_a_sample_goes_through_the_whole_line(fork: Copy, tmp_path: Path) -> None:
    cheap = cheapened(fork)  # of all records: a third of them has too few positives to compare
    source = tmp_path / "source"
    source.mkdir()
    raw = pd.read_csv(cheap.path / "data/raw/records.csv", dtype="str", keep_default_na=False)
    for number, rows in enumerate(np.array_split(np.arange(len(raw)), 3)):
        raw.iloc[rows].to_parquet(source / f"part-{number}.parquet", index=False)
    sample = "{rows: 5000, positive: [A, B, C, D, E, F, G, H], keep_positives: true, strata: [referral_source]}"
    cheap.run(
        "assay",
        "params",
        f"dataset.source.uri='{source}/part-*.parquet'",
        f"dataset.source.sha256={unordered_fingerprint(parquet_files(str(source)))}",
        f"dataset.sample={sample}",
    )
    assert cheap.repro("evaluate")[0] == "collect"
    report = json.loads((cheap.path / "reports/sampling.json").read_text())["sample"]
    assert (report["rows"], report["drawn"]) == (len(raw), 5000)
    collected = pd.read_parquet(cheap.path / "data/raw/records.parquet")
    assert collected.loc[collected["target"].isin(list("ABCDEFGH")), WEIGHT].eq(1).all()
    assert collected[WEIGHT].sum() == pytest.approx(len(raw))
    # As many positives as in the whole, and by their weights as rare.
    metrics = json.loads((cheap.path / "reports/metrics.json").read_text())
    whole = json.loads(cheap.run("git", "show", "HEAD:reports/metrics.json").stdout)
    assert metrics["positives"] >= 0.95 * whole["positives"]
    assert metrics["prevalence"] == pytest.approx(whole["prevalence"], rel=0.1)
    assert metrics["prevalence"] < 0.8 * metrics["positives"] / metrics["records"]
    assert "up to date" in cheap.run("dvc", "status", "evaluate").stdout
