"""assay score: what it says, what it refuses, and that it is no worse for being killed."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from assay.bundle.hashes import seal
from assay.bundle.loading import load
from assay.cli.commands import app
from assay.cli.registry import served
from assay.files import WRITING, md5, read_json, write_json
from assay.registry.version import VERSIONS
from assay.serving.model import Model
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
    assert re.fullmatch(r"model: lightgbm/[0-9a-f]{12}, of models/: nothing is in prod", first.stderr.splitlines()[-2])
    assert first.stderr.splitlines()[-1] == "out/scores.csv: written"
    assert again.stderr.splitlines()[-1] == "out/scores.csv: replaced"
    assert len(pd.read_csv("out/scores.csv")) == 420


def test_a_bundle_elsewhere_needs_no_repo(small_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    without = assay_score(small_line / RAW, "-o", "out.csv").stderr
    assert "no dvc.yaml here or above" in without
    assert "--bundle FILE" in without
    shutil.copytree(small_line / "models", tmp_path / "model")
    assert assay_score(small_line / RAW, "-o", "out.csv", "--bundle", "model").exit_code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["model", "out.csv"]


def test_a_model_that_was_not_audited_is_told_and_scores(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("data/lineage/audit.json").unlink()  # as DVC does before it runs the stage
    found = assay_score(RAW, "-o", "out.csv")
    assert found.exit_code == 0
    warned = [one for one in found.stderr.splitlines() if one.startswith("warning: ")]
    why = "the audit did not pass, or did not run; run dvc repro, or dvc pull"
    assert warned == [f"warning: nothing shows that models/ has passed the audit and was evaluated: {why}"]
    assert "warning" not in assay_score(RAW, "-o", "out.csv", "--bundle", "models").stderr
    served(None, signed=False)
    assert warned[0] in capsys.readouterr().err


def promoted(version: str, stage: str) -> Model:
    """Put the model of models/ in a stage, as tags say it, with its folder where a service fetches it; the model."""
    found = md5(Path("models"))
    shutil.copytree("models", VERSIONS / found.removesuffix(".dir"))
    write_json(Path("dvc.lock"), {"stages": {"train": {"outs": [{"path": "models", "md5": found}]}}})
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgSign=false"]
    for command in (
        ["init", "--quiet"],
        ["add", "dvc.lock"],
        [*who, "commit", "--quiet", "-m", version],
        [*who, "tag", "--annotate", "-m", version, f"model@{version}"],
        [*who, "tag", "--annotate", "-m", stage, f"model#{stage}#1"],
    ):
        subprocess.run(["git", *command], check=True)
    return served(stage, signed=False).load()


def test_what_is_promoted_scores_as_it_is_served(line: Path) -> None:
    inside = promoted("v1.2.0", "prod")
    path = Path("models/reference.json")
    path.write_text(json.dumps({**read_json(path), "other": 1}))
    seal(path.parent)  # another model is in the workspace now
    for stage in ([], ["--stage", "prod"]):
        found = assay_score(RAW, "-o", "out.csv", *stage)
        name = f"{inside.name['version']}/{inside.bundle.hash[:12]}"
        assert f"model: {name}, in stage prod\n" in found.stderr
        assert "warning: nothing shows" not in found.stderr
        assert set(pd.read_csv("out.csv")["model"]) == {name}
    assert served(None, signed=False).load().name == inside.name
    folder = assay_score(RAW, "-o", "out.csv", "--bundle", "models")
    assert ", of models\n" in folder.stderr
    assert set(pd.read_csv("out.csv")["model"]) == {f"lightgbm/{load(Path('models')).hash[:12]}"}


def test_the_model_is_named_once(line: Path) -> None:
    promoted("v1.0.0", "staging")
    assert "nothing is in prod" in assay_score(RAW, "-o", "out.csv").stderr
    assert "in stage staging" in assay_score(RAW, "-o", "out.csv", "--stage", "staging").stderr
    assert "no version of the model is in the stage" in assay_score(RAW, "-o", "o.csv", "--stage", "prod").stderr
    assert "leave out one of the two" in assay_score(RAW, "-o", "o.csv", "--stage", "s", "--bundle", "models").stderr


def test_it_is_a_filter(line: Path) -> None:
    assay_score(RAW, "-o", "out.csv")
    found = assay_score("-", "-o", "-", stdin=Path(RAW).read_bytes())
    assert (found.exit_code, found.stdout_bytes) == (0, Path("out.csv").read_bytes())
    assert found.stderr.startswith("420 rows: ")


@pytest.mark.slow
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
        ([RAW, "-o", RAW], "it would replace the records"),
        ([RAW, "-o", "data"], "a file of scores ends with .csv"),
        ([RAW, "-o", "folder.csv"], "not a file"),
        ([RAW, "-o", "/dev/null"], "a file of scores ends with .csv"),
        ([RAW, "-o", "params.yaml/out.csv"], "something is in the way"),
        ([RAW, "-o", "out.csv", "--bundle", "data"], "hashes.json"),
        ([RAW, "-o", "out.csv", "--table", "a=x.csv", "--table", "a=y.csv"], "given more than once: a"),
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


def writing(source: str, stdin: bytes = b"") -> subprocess.Popen[bytes]:
    """A run that has begun to write; its stdin stays open."""
    command = [sys.executable, "-m", "assay.cli", "score", source, "-o", "scores/out.csv"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.flush()
    while process.poll() is None and not any(Path("scores").glob(f"{WRITING}*/out.csv")):
        time.sleep(0.002)
    return process


def left_by(process: subprocess.Popen[bytes]) -> bytes:
    """What a run that is killed leaves of the scores."""
    process.kill()
    process.communicate()
    return Path("scores/out.csv").read_bytes()


@pytest.mark.slow
def test_a_killed_run_leaves_nothing_half_written(line: Path) -> None:
    pd.concat([synthetic_raw()] * 50).to_csv("in.csv", index=False)
    process, start = writing("in.csv"), time.monotonic()
    process.communicate()
    took, whole = time.monotonic() - start, Path("scores/out.csv").read_bytes()
    Path("scores/out.csv").write_text("before")
    assert left_by(writing("-", Path(RAW).read_bytes())) == b"before"  # it waits for more records
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        Path("scores/out.csv").write_text("before")
        process = writing("in.csv")
        time.sleep(took * share)
        assert left_by(process) in {b"before", whole}
    writing("in.csv").communicate()
    assert Path("scores/out.csv").read_bytes() == whole
    assert [one.name for one in Path("scores").iterdir()] == ["out.csv"]
