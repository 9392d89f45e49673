"""Bad input ends `dvc repro` with one message, and the last good results can be had back."""

from pathlib import Path

import pandas as pd
import pytest

from assay.files import sha256
from pipeline_copy import Copy

pytestmark = pytest.mark.slow


def refused(copy: Copy) -> str:
    """The message of a stage that ended badly, which must be the only thing it says."""
    result = copy.run("dvc", "repro", fails=True)
    message = result.stderr[result.stderr.index("assay ") :]
    assert "Traceback" not in result.stdout + result.stderr
    assert "error: " in message
    assert "to do:" in message
    return message


def assert_restorable(copy: Copy) -> None:
    """What git and DVC hold brings every file back."""
    copy.run("git", "checkout", "--quiet", ".")
    copy.run("dvc", "checkout", "--quiet")
    assert "up to date" in copy.run("dvc", "status", "dvc.yaml").stdout
    assert copy.git_status() == ""


def declare(copy: Copy, source: Path, sha: str | None = None) -> None:
    """Make `source` the dataset's declared source."""
    copy.run("assay", "params", f"dataset.source.uri='{source}'", f"dataset.source.sha256={sha or sha256(source)}")


def test_a_bad_raw_table_is_refused_and_named(cheap: Copy, tmp_path: Path) -> None:
    source = tmp_path / "bad.csv"
    raw = pd.read_csv(cheap.path / "data/raw/records.csv", dtype=str, keep_default_na=False)
    raw.loc[5, "target"] = "Z"
    raw.to_csv(source, index=False)
    declare(cheap, source)
    message = refused(cheap)
    assert "column target" in message
    assert "'Z'" in message
    assert "line 7" in message
    assert_restorable(cheap)


def test_a_raw_file_with_another_hash(cheap: Copy, tmp_path: Path) -> None:
    source = tmp_path / "other.csv"
    source.write_text("age\n1\n")
    declare(cheap, source, sha="0" * 64)
    message = refused(cheap)
    assert "sha256" in message
    assert str(source) in message
    assert_restorable(cheap)


def test_a_bad_ledger_of_decisions_is_refused_with_every_line(cheap: Copy) -> None:
    known = pd.read_parquet(cheap.path / "data/cleaned/records.parquet")["record_id"][0]
    with (cheap.path / "annotations/decisions.csv").open("a") as file:
        file.write(f"{known},Z,ANN,king,1,,2026-01-31\n99,F,ann,annotator,1,,2026-01-31T12:00:00Z\n")
    message = refused(cheap)
    for named in ("annotations/decisions.csv", "decision 'Z'", "annotator 'ANN'", "role 'king'", "time '2026-01-31'"):
        assert named in message
    assert "record_id '99': there is no such record" in message
    assert_restorable(cheap)


def test_params_edited_by_hand_into_something_wrong(cheap: Copy) -> None:
    params = cheap.path / "params.yaml"
    params.write_text(params.read_text().replace("C: 1.0", "C: strong"))
    assert "model.C" in refused(cheap)
    assert_restorable(cheap)


def test_a_truncated_file_between_stages(cheap: Copy) -> None:
    path = cheap.path / "data/features/train.parquet"
    path.write_bytes(path.read_bytes()[:1000])
    assert "assay doctor --mend" in cheap.stage("train", fails=True).stderr
    cheap.run("dvc", "checkout", "--force", "--quiet")
    assert_restorable(cheap)
