"""assay score: what it says, what it refuses, and that it is no worse for being killed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from assay.cli.commands import app
from assay.files import WRITING
from samples import synthetic_raw

RAW = "data/raw/records.csv"


def assay_score(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["score", *map(str, arguments)], input=stdin)


def test_it_says_what_it_did(line: Path) -> None:
    first, again = (assay_score(RAW, "-o", "out/scores.csv") for _ in range(2))
    assert (first.exit_code, first.stdout) == (0, "")
    head, *rest = first.stderr.splitlines()
    assert head.startswith("420 rows: ")
    assert "not scored: " in rest[0]
    assert any(one.endswith("  ungradable") for one in rest)
    assert first.stderr.splitlines()[-1] == "out/scores.csv: written"
    assert again.stderr.splitlines()[-1] == "out/scores.csv: replaced"
    assert len(pd.read_csv("out/scores.csv")) == 420


def test_a_bundle_elsewhere_needs_no_repo(small_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no dvc.yaml here or above" in assay_score(small_line / RAW, "-o", "out.csv").stderr
    shutil.copytree(small_line / "models", tmp_path / "model")
    assert assay_score(small_line / RAW, "-o", "out.csv", "--bundle", "model").exit_code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["model", "out.csv"]


def test_it_is_a_filter(line: Path) -> None:
    assay_score(RAW, "-o", "out.csv")
    found = assay_score("-", "-o", "-", stdin=Path(RAW).read_bytes())
    assert (found.exit_code, found.stdout_bytes) == (0, Path("out.csv").read_bytes())
    assert found.stderr.startswith("420 rows: ")


def test_a_reader_that_ends_early_is_no_fault(line: Path) -> None:
    pd.concat([synthetic_raw()] * 40).to_csv("in.csv", index=False)
    command = f"{sys.executable} -m assay.cli score in.csv -o - | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stdout == "record_id,score,alert,reasons,not_scored,changed,model,data\n141\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["none.csv", "-o", "out.csv"], "the file is not there"),
        ([".", "-o", "out.csv"], "a file of records ends with .csv, .parquet, .pq"),
        (["folder.csv", "-o", "out.csv"], "there is a folder where a file belongs"),
        (["folder.parquet", "-o", "out.csv"], "there is a folder where a file belongs"),
        (["params.yaml", "-o", "out.csv"], "a file of records ends with .csv, .parquet, .pq"),
        ([RAW, "-o", RAW], "the scores would replace the records"),
        ([RAW, "-o", "data"], "a file of scores ends with .csv"),
        ([RAW, "-o", "folder.csv"], "not a file"),
        ([RAW, "-o", "/dev/null"], "a file of scores ends with .csv"),
        ([RAW, "-o", "params.yaml/out.csv"], "something is in the way"),
        ([RAW, "-o", "out.csv", "--bundle", "data"], "hashes.json"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(arguments: list[str], what: str, line: Path) -> None:
    Path("folder.csv").mkdir()
    Path("folder.parquet").mkdir()
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*") if path.is_file()}
    found = assay_score(*arguments)
    assert found.exit_code == 1
    assert what in found.stderr
    assert "to do: " in found.stderr
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*") if path.is_file()} == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_no_permission_is_told(line: Path) -> None:
    Path(RAW).chmod(0)
    assert "no permission" in assay_score(RAW, "-o", "out.csv").stderr


def test_what_looks_unlike_the_training_is_told(line: Path) -> None:
    synthetic_raw(200).assign(FTI="9.0", TSH="90").to_csv("in.csv", index=False)
    found = assay_score("in.csv", "-o", "out.csv")
    assert found.exit_code == 0
    assert "alerts per 1000 scored records; the bundle states" in found.stderr.splitlines()[-1]


def writing(command: list[str]) -> subprocess.Popen[bytes]:
    """A run that has begun to write."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while process.poll() is None and not any(Path("scores").glob(f"{WRITING}*/out.csv")):
        time.sleep(0.002)
    return process


@pytest.mark.slow
def test_a_killed_run_leaves_nothing_half_written(line: Path) -> None:
    pd.concat([synthetic_raw()] * 100).to_csv("in.csv", index=False)
    command = [sys.executable, "-m", "assay.cli", "score", "in.csv", "-o", "scores/out.csv"]
    process, start = writing(command), time.monotonic()
    assert process.wait() == 0
    took, whole = time.monotonic() - start, Path("scores/out.csv").read_bytes()
    generator, states = random.Random(0), set()
    for _ in range(10):
        Path("scores/out.csv").write_text("before")
        process = writing(command)
        time.sleep(took * generator.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        states.add(Path("scores/out.csv").read_bytes())
    assert states <= {b"before", whole}
    assert b"before" in states
    subprocess.run(command, check=True, capture_output=True)
    assert Path("scores/out.csv").read_bytes() == whole
    assert [one.name for one in Path("scores").iterdir()] == ["out.csv"]
