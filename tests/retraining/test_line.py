"""The configuration of a new data version, and what is left of a killed call."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from assay.retraining.batch import Batch
from assay.retraining.line import clean_up, configured
from assay.retraining.lock import BusyError, locked
from samples import plain

BATCH = Batch("new.csv", b"a\n1\n", ".csv", pd.DataFrame({"a": ["1"]}))
FILE = BATCH.path.as_posix()


@pytest.mark.parametrize(
    ("uri", "sha256"),
    [("a.csv", "1"), (["a.csv"], ["1"]), (["a.csv", "b.csv"], ["1", "2"])],
    ids=["one", "list", "two"],
)
def test_the_batch_becomes_the_last_file_of_the_source(uri: Any, sha256: Any) -> None:
    before = plain(dataset__source__uri=uri, dataset__source__sha256=sha256)
    source = configured(before, BATCH, None)["dataset"]["source"]
    listed = uri if isinstance(uri, list) else [uri]
    assert source["uri"] == [*listed, FILE]
    assert source["sha256"] == [*(sha256 if isinstance(sha256, list) else [sha256]), BATCH.sha256]
    assert before["dataset"]["source"]["uri"] == uri


@pytest.mark.parametrize(
    ("split", "until", "expected"),
    [
        ({}, "1987-01-19", "1987-01-19"),
        ({}, None, None),
        ({"data_until": "1986-12-01"}, "1987-01-19", "1986-12-01"),
        ({"by": "random"}, "1987-01-19", None),
    ],
    ids=["they begin to move", "they stay", "they move already", "not by time"],
)
def test_folds_by_time_move_from_the_last_day_on(
    split: dict[str, Any], until: str | None, expected: str | None
) -> None:
    before = plain(**{f"split__{key}": value for key, value in split.items()})
    assert configured(before, BATCH, until)["split"]["data_until"] == expected


def test_what_a_killed_call_left_is_ended_and_removed(tmp_path: Path) -> None:
    work = tmp_path / "work-1"
    work.mkdir()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=work)
    assert clean_up(tmp_path) == ["cleaned up after a retraining that was killed: work-1"]
    assert not psutil.pid_exists(process.pid)
    assert list(tmp_path.iterdir()) == []
    assert clean_up(tmp_path) == []


HOLD = """
import sys, time
from pathlib import Path
from assay.retraining.lock import locked
with locked(Path(sys.argv[1]), "new.csv"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_says_who_runs_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with (
        pytest.raises(BusyError, match=rf"process {process.pid}, since .*, with new.csv"),
        locked(tmp_path, "other.csv"),
    ):
        pass
    process.kill()
    process.wait()
    time.sleep(0.01)
    with locked(tmp_path, "other.csv"):
        pass
    assert not (tmp_path / "running.json").exists()
