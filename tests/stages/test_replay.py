"""replay on a small table: its files, its parameters, and a dataset without a time."""

from pathlib import Path

import pandas as pd
import pytest

from assay.config.load import load
from assay.config.reading import watched
from assay.files import read_json, sha256
from assay.lineage.graph import REPLAY_YAML, nodes
from assay.paths import REPLAY, REPLAY_BY_MONTH, REPLAY_PAGE, SPLIT, fold
from assay.records.columns import DATE
from assay.records.folds import FOLDS
from assay.stages import replay
from assay.tables import read_table, write_table
from samples import ROOT, forget_statements

FILES = (REPLAY, REPLAY_BY_MONTH, REPLAY_PAGE)


@pytest.fixture
def quick(line: Path) -> Path:
    """The small line with few months to replay, and with a model that takes no time."""
    params = Path("params.yaml")
    params.write_text(params.read_text().replace("first_months: 6", "first_months: 20"))
    return line


@pytest.mark.slow
def test_it_writes_the_same_bytes_twice(quick: Path) -> None:
    replay.main()
    before = [sha256(path) for path in FILES]
    for path in FILES:
        path.unlink()
    replay.main()
    assert [sha256(path) for path in FILES] == before


def test_it_replays_the_graded_records_of_all_folds_after_the_first_window(quick: Path) -> None:
    replay.main()
    tables = pd.concat([read_table(fold(SPLIT, name)) for name in FOLDS])
    graded = tables[tables["excluded"] == ""]
    months = graded[DATE].dt.strftime("%Y-%m")
    found, table = read_json(REPLAY), pd.read_csv(REPLAY_BY_MONTH)
    assert table["month"].iloc[0] == "1986-10"  # twenty months from 1985-01, and one until their labels have come
    assert table["month"].iloc[-1] == months.max()
    assert found["records"] == table["records"].sum() == (months >= "1986-10").sum()
    assert found["positives"] == graded["label"][months >= "1986-10"].sum()


def test_dvc_knows_each_key_that_it_reads(quick: Path) -> None:
    (node,) = nodes((ROOT / REPLAY_YAML).read_text())
    read: set[str] = set()
    records, dates = replay.read_graded()
    config = watched(load(), read)
    time = replay.timeline(records, dates, config.replay)
    replay.require_learnable(time, config.training.folds)
    replay.write_results(time, replay.replayed(time, config), config)
    listed = [*(node.keys or []), "dataset"]  # the contract, a file of `clean`
    assert [key for key in read if not any(f"{key}.".startswith(f"{one}.") for one in listed)] == []
    assert {str(path) for path in FILES} == node.outs


def test_records_without_a_time_are_refused(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in FOLDS:
        write_table(fold(SPLIT, name), read_table(fold(SPLIT, name)).drop(columns=DATE))
    forget_statements()
    with pytest.raises(SystemExit):
        replay.main()
    assert "no record has a date" in capsys.readouterr().err
    assert not REPLAY.exists()
