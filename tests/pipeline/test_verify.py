"""`assay verify`: a receipt of a fresh run."""

import json

import pytest

from pipeline_copy import Copy


@pytest.mark.slow
def test_the_committed_line_gives_its_lock_and_a_receipt(fork: Copy) -> None:
    (fork.path / "params.yaml").write_text("the workspace plays no part")
    shown = fork.run("assay", "verify", "HEAD").stdout
    receipt = json.loads(next((fork.path / ".assay/receipts").glob("*.json")).read_text())
    assert receipt["identical"]
    assert f"{len(receipt['outputs'])} of {len(receipt['outputs'])} outputs identical" in shown
    assert {output["path"] for output in receipt["outputs"]} == set(fork.hashes())
    assert receipt["revision"] == fork.run("git", "rev-parse", "HEAD").stdout.strip()


def test_a_revision_that_is_none_is_named(fork: Copy) -> None:
    assert "rev-parse" in fork.run("assay", "verify", "nowhere", fails=True).stderr
