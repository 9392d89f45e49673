"""Receipts."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.cli.commands import app
from assay.files import read_json
from assay.proof import verify
from assay.proof.verify import Receipt, as_data, as_markdown, moved, outputs

LOCK = """
stages:
  train:
    outs: [{path: models, md5: aa.dir}, {path: data/predictions, md5: bb.dir}]
  evaluate:
    outs: [{path: reports/metrics.json, md5: cc}]
"""


def receipt(found: str, rewritten: list[str] | None = None, **metrics: tuple[float, float]) -> Receipt:
    return Receipt("0123456789abcdef", 12.3, outputs(LOCK, found), rewritten or [], metrics)


def test_equal_locks_are_identical() -> None:
    one = receipt(LOCK)
    assert one.identical
    assert "3 of 3 outputs identical" in as_markdown(one)
    assert "moved" not in as_markdown(one)


def test_one_different_byte_is_a_difference_with_the_metrics_that_moved() -> None:
    one = receipt(LOCK.replace("cc", "dd"), recall=(0.9, 0.91))
    assert not one.identical
    shown = as_markdown(one)
    assert "| evaluate | reports/metrics.json | cc | dd | **different** |" in shown
    assert "| recall | 0.9 | 0.91 | +0.010000 |" in shown
    assert as_data(one)["metrics_moved"] == {"recall": [0.9, 0.91]}


def test_an_output_that_is_missing_is_different() -> None:
    one = receipt(LOCK.replace("{path: models, md5: aa.dir}, ", ""))
    assert [output.path for output in one.outputs if not output.identical] == ["models"]


def test_metrics_that_stay_are_not_named() -> None:
    assert moved('{"recall": 0.9, "f1": 0.8}', '{"recall": 0.9, "f1": 0.7}') == {"f1": (0.8, 0.7)}


def test_a_committed_report_that_the_run_writes_otherwise_is_a_difference_though_the_lock_agrees() -> None:
    one = receipt(LOCK, rewritten=["reports/metrics.json"])
    assert not one.identical
    assert "the run left otherwise: reports/metrics.json." in as_markdown(one)
    assert as_data(one)["rewritten"] == ["reports/metrics.json"]


def test_a_difference_fails_the_command_and_leaves_a_receipt(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = receipt(LOCK.replace("cc", "dd"))
    monkeypatch.setattr(verify, "verify", lambda root, revision: one)
    done = CliRunner().invoke(app, ["verify", "--output", "receipt.json"])
    assert done.exit_code == 1
    assert "2 of 3 outputs identical" in done.output
    assert not read_json(here / "receipt.json")["identical"]


@pytest.mark.parametrize(
    ("recorded", "movement"),
    [('{"f1": 0.5}', (0.5, None)), ("<<<<<<< HEAD", None)],
    ids=["a metric that is gone", "a file with marks of a merge"],
)
def test_metrics_of_one_side_only_are_named(recorded: str, movement: tuple | None) -> None:
    found = moved(recorded, '{"recall": 0.9}')
    assert found["recall"] == (None, 0.9)
    assert found.get("f1") == movement
