"""`assay score` gives every record of the raw file what the line gives it: its score, or the reason why it has none."""

from pathlib import Path

import pandas as pd
import pytest

from assay.bundle.loading import load
from assay.paths import MODEL, RAW
from assay.records import streaming
from assay.records.formats import raw_file
from assay.records.reading import read
from assay.scoring.files import score_file
from assay.scoring.outputs import Target
from assay.scoring.reason_choice import Reasons
from assay.serving.model import Model
from pipeline_copy import Copy
from request_parity import assert_parity
from score_parity import differences

REPEATS = {  # two records that the line drops because they repeat others: who asks for a score gets one
    "dropped by the line / scored": 1,
    "dropped by the line / treated: on_thyroxine": 1,
}


@pytest.mark.parametrize("rows", [10_000, 1000, pytest.param(7, marks=pytest.mark.slow)])
def test_every_record_has_the_score_of_the_line(
    line: Copy, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "ROWS", rows)
    bundle, out = load(line.path / MODEL), tmp_path / "out.parquet"
    tally = score_file(bundle, raw_file(line.path / RAW), Target.of(out, None), Reasons.NONE, False, 2)
    assert differences(line.path, bundle, pd.read_parquet(out)) == REPEATS
    assert (tally.rows, tally.scored, tally.not_scored["ungradable"]) == (9172, 7407, 193)


def test_a_record_alone_has_it_too(line: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "ROWS", 1)
    read(raw_file(line.path / RAW)).iloc[::150].to_csv(tmp_path / "in.csv", index=False)
    bundle, out = load(line.path / MODEL), tmp_path / "out.parquet"
    assert score_file(bundle, tmp_path / "in.csv", Target.of(out, None), Reasons.NONE, False, 1).rows == 62
    assert differences(line.path, bundle, pd.read_parquet(out)) == {}


@pytest.mark.slow
def test_a_request_gets_it_too(line: Copy) -> None:
    served, raw = Model(load(line.path / MODEL), "models"), read(raw_file(line.path / RAW))
    assert_parity(served, raw, [1000])
    assert_parity(served, raw.iloc[::50].reset_index(drop=True), [1, 7])
