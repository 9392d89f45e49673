"""Bad input ends a stage with one message, and the last good results can be had back."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assay.files import sha256
from pipeline_copy import Copy

Edit = Callable[[pd.DataFrame], pd.DataFrame]


def edited(line: int, column: str, value: str) -> Edit:
    """Put `value` into a column of a line of the file."""

    def edit(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[line - 2, column] = value
        return table

    return edit


CASES: dict[str, tuple[Edit, list[str]]] = {
    "missing column": (lambda t: t.drop(columns="TSH"), ["missing column TSH"]),
    "renamed column": (lambda t: t.rename(columns={"TSH": "tsh"}), ["missing column TSH", "unknown column tsh"]),
    "wrong type": (edited(12, "TSH", "high"), ["column TSH", "'high'", "line 12"]),
    "unknown code": (edited(7, "target", "Z"), ["column target", "'Z'", "line 7"]),
    "unknown category": (edited(9, "referral_source", "home"), ["column referral_source", "'home'", "line 9"]),
    "repeated identifier": (edited(3, "patient_id", "840801013"), ["column patient_id", "line 2, line 3"]),
    "no rows": (lambda t: t.head(0), ["no rows"]),
}


def refused(result) -> str:
    """The message of a stage that ended badly, which must be the only thing it says."""
    message = result.stderr[result.stderr.index("assay ") :]
    assert "Traceback" not in result.stdout + result.stderr
    assert "error: " in message
    assert "to do:" in message
    return message


def assert_restorable(copy: Copy) -> None:
    """What git and DVC hold brings every file back."""
    copy.run("git", "checkout", "--quiet", ".")
    copy.run("dvc", "checkout", "--quiet")
    assert "up to date" in copy.run("dvc", "status").stdout
    assert copy.git_status() == ""


def declare(copy: Copy, source: Path, sha: str | None = None) -> None:
    """Make `source` the dataset's declared source."""
    copy.run("assay", "params", f"dataset.source.uri='{source}'", f"dataset.source.sha256={sha or sha256(source)}")


@pytest.mark.parametrize("case", CASES)
def test_a_bad_raw_table_is_refused_and_named(fork: Copy, tmp_path: Path, case: str) -> None:
    edit, named = CASES[case]
    source = tmp_path / "bad.csv"
    raw = pd.read_csv(fork.path / "data/raw/records.csv", dtype=str, keep_default_na=False)
    edit(raw).to_csv(source, index=False)
    declare(fork, source)
    message = refused(fork.run("dvc", "repro", fails=True))
    assert [text for text in named if text not in message] == []
    assert_restorable(fork)


def test_an_empty_raw_file(fork: Copy, tmp_path: Path) -> None:
    source = tmp_path / "empty.csv"
    source.touch()
    declare(fork, source)
    assert "data/raw/records.csv" in refused(fork.run("dvc", "repro", fails=True))
    assert_restorable(fork)


def test_a_raw_file_with_another_hash(fork: Copy, tmp_path: Path) -> None:
    source = tmp_path / "other.csv"
    source.write_text("age\n1\n")
    declare(fork, source, sha="0" * 64)
    message = refused(fork.run("dvc", "repro", fails=True))
    assert "sha256" in message
    assert str(source) in message
    assert_restorable(fork)


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ("annotate", "data/cleaned/records.parquet"),
        ("split", "data/annotated/labels.parquet"),
        ("featurize", "data/split/test.parquet"),
        ("train", "data/features/train.parquet"),
        ("evaluate", "data/predictions/test.parquet"),
    ],
)
def test_a_truncated_file_between_stages(fork: Copy, stage: str, path: str) -> None:
    content = (fork.path / path).read_bytes()
    (fork.path / path).unlink()
    (fork.path / path).write_bytes(content[: len(content) // 2])
    message = refused(fork.stage(stage, fails=True))
    assert path in message
    assert "dvc checkout" in message
    fork.run("dvc", "checkout", "--force", "--quiet")
    assert_restorable(fork)


def test_a_column_gone_from_a_file_between_stages(fork: Copy) -> None:
    path = fork.path / "data/annotated/labels.parquet"
    table = pd.read_parquet(path).drop(columns="label")
    path.unlink()
    table.to_parquet(path, index=False)
    message = refused(fork.stage("split", fails=True))
    assert "label" in message
    assert "data/annotated/labels.parquet" in message


def test_a_bad_ledger_of_decisions_is_refused_with_every_line(fork: Copy) -> None:
    known = pd.read_parquet(fork.path / "data/cleaned/records.parquet")["record_id"][0]
    with (fork.path / "annotations/decisions.csv").open("a") as file:
        file.write(f"{known},Z,ANN,king,1,,2026-01-31\n99,F,ann,annotator,1,,2026-01-31T12:00:00Z\n")
    message = refused(fork.run("dvc", "repro", fails=True))
    for named in ("annotations/decisions.csv", "decision 'Z'", "annotator 'ANN'", "role 'king'", "time '2026-01-31'"):
        assert named in message
    assert "record_id '99': there is no such record" in message
    assert_restorable(fork)


def test_params_edited_by_hand_into_something_wrong(fork: Copy) -> None:
    params = fork.path / "params.yaml"
    params.write_text(params.read_text().replace("max_depth: 4", "max_depth: deep"))
    message = refused(fork.run("dvc", "repro", fails=True))
    assert "max_depth" in message
    assert_restorable(fork)
