"""The second dataset: `dvc exp run -S dataset=covid` runs the whole line, split by person, without names or leaks."""

import json
from pathlib import Path

import pandas as pd
import pytest

from assay.bundle.loading import load
from assay.paths import MODEL, RAW
from assay.records import streaming
from assay.records.formats import raw_file
from assay.scoring.files import score_file
from assay.scoring.outputs import Target
from assay.scoring.reason_choice import Reasons
from pipeline_copy import Copy
from score_parity import differences


@pytest.fixture(scope="module")
def covid(cheap_line: Copy, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = cheap_line.fork(tmp_path_factory.mktemp("covid") / "fork")
    copy.run("dvc", "exp", "run", "-S", "dataset=covid", "-S", "model=lightgbm", "-S", "model.n_estimators=40")
    return copy


def written(copy: Copy) -> list[Path]:
    """Everything that a person may come across after `collect`."""
    return [
        path for folder in ("data", "models", "reports") for path in (copy.path / folder).rglob("*") if path.is_file()
    ]


@pytest.mark.slow
def test_no_person_is_on_both_sides_of_a_split(covid: Copy) -> None:
    groups = [
        set(pd.read_parquet(covid.path / f"data/split/{fold}.parquet")["group"])
        for fold in ("train", "validation", "test")
    ]
    assert sum(map(len, groups)) == len(set.union(*groups))
    assert sum(map(len, groups)) > 12_000


@pytest.mark.slow
def test_names_are_nowhere_and_leaks_are_no_features(covid: Copy) -> None:
    columns = {name for path in written(covid) if path.suffix == ".parquet" for name in pd.read_parquet(path).columns}
    assert "rownames" in columns  # of data/raw
    assert not {"fake_first_name", "fake_last_name"} & columns
    assert [path for path in written(covid) if b"targaryen" in path.read_bytes()] == []
    features = set(pd.read_parquet(covid.path / "data/features/train.parquet").columns)
    assert not {"ct_result", "rec_ver_tat", "pan_day", "subject_id", "rownames"} & features


@pytest.mark.slow
def test_invalid_results_are_excluded_and_the_signal_is_as_weak_as_it_is(covid: Copy) -> None:
    annotation = json.loads((covid.path / "reports/annotation.json").read_text())
    assert (annotation["excluded"], annotation["positive"]) == ({"ungradable": 301}, 865)
    metrics = json.loads((covid.path / "reports/metrics.json").read_text())
    assert 0.08 < metrics["average_precision"] < 0.25
    assert set(json.loads((covid.path / "reports/baselines.json").read_text())) == {"majority", "logistic"}


@pytest.mark.slow
@pytest.mark.parametrize("rows", [100_000, 1000, 7])
def test_every_record_has_the_score_of_the_line(
    covid: Copy, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "ROWS", rows)
    bundle, out = load(covid.path / MODEL), tmp_path / "out.parquet"
    tally = score_file(bundle, raw_file(covid.path / RAW), Target.of(out, None), Reasons.NONE, False, 2)
    # The line drops four negative tests of people who tested positive on the same day, which a request cannot know.
    assert differences(covid.path, bundle, pd.read_parquet(out)) == {"dropped by the line / scored": 4}
    assert (tally.rows, tally.not_scored) == (15_524, {"ungradable": 301})
