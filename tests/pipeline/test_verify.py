"""`assay verify`: a receipt of a fresh run."""

import json
from pathlib import Path

import pytest

from pipeline_copy import Copy


@pytest.mark.slow
def test_an_experiment_gives_its_lock_again_and_a_receipt(fork: Copy, tmp_path: Path) -> None:
    # The line of these tests ran with hash seed 1, in one thread.
    elsewhere = tmp_path / "a folder with spaces"
    elsewhere.mkdir()
    fork.environment = {"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2", "TMPDIR": str(elsewhere)}
    fork.run("dvc", "exp", "save", "--name", "kept")
    (fork.path / "params.yaml").write_text("the workspace plays no part")
    shown = fork.run("assay", "verify", "kept").stdout
    receipt = json.loads(next((fork.path / ".assay/receipts").glob("*.json")).read_text())
    assert receipt["identical"]
    assert f"{len(receipt['outputs'])} of {len(receipt['outputs'])} outputs identical" in shown
    assert {output["path"] for output in receipt["outputs"]} == set(fork.hashes())
    kept = fork.run("git", "for-each-ref", "--format=%(objectname)", "refs/exps/*/*/kept").stdout
    assert receipt["revision"] == kept.strip() != fork.run("git", "rev-parse", "HEAD").stdout.strip()


def test_a_revision_that_is_none_is_named(line: Copy) -> None:
    assert "no revision 'nowhere'" in line.run("assay", "verify", "nowhere", fails=True).stderr
