"""`assay verify`: a receipt of a fresh run."""

import json
from pathlib import Path

import pytest

from assay.experiments.refs import name_experiment
from pipeline_copy import Copy


@pytest.mark.slow
def test_an_experiment_gives_its_lock_and_a_receipt(fork: Copy, tmp_path: Path) -> None:
    # The line of these tests ran with hash seed 1, in one thread.
    elsewhere = tmp_path / "a folder with spaces"
    elsewhere.mkdir()
    fork.environment = {"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2", "TMPDIR": str(elsewhere)}
    (fork.path / "params.yaml").write_text("the workspace plays no part")
    head = fork.run("git", "rev-parse", "HEAD").stdout.strip()
    name_experiment(fork.path, "one", head, head)
    shown = fork.run("assay", "verify", "one").stdout
    receipt = json.loads(next((fork.path / ".assay/receipts").glob("*.json")).read_text())
    assert receipt["identical"]
    assert f"{len(receipt['outputs'])} of {len(receipt['outputs'])} outputs identical" in shown
    assert {output["path"] for output in receipt["outputs"]} == set(fork.hashes())
    assert receipt["revision"] == head


def test_a_revision_that_is_none_is_named(line: Copy) -> None:
    assert "no revision 'nowhere'" in line.run("assay", "verify", "nowhere", fails=True).stderr
