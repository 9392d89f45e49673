"""What dvc.lock says is what ran: whatever is changed while the real DVC runs the line, nothing false is recorded."""

import pytest

from pipeline_copy import Copy, until
from true_records import false_records

OTHER = "training.folds=3"


def edit(copy: Copy) -> None:
    params = copy.path / "params.yaml"
    params.write_text(params.read_text().replace("folds: 2", "folds: 3"))


@pytest.mark.slow
def test_a_change_while_the_line_runs_ends_it(cheap: Copy) -> None:
    process = cheap.start("dvc", "repro", "--force", "--downstream", "train")
    until(process, "Running stage 'evaluate'")  # which does not read what is edited, but train did
    edit(cheap)
    _, said = process.communicate()
    assert process.returncode != 0
    assert "params.yaml was changed while the line ran: train used training.folds=2, and now it says 3" in said
    assert false_records(cheap) == []


@pytest.mark.slow
def test_nobody_else_writes_params_yaml_while_the_line_runs(cheap: Copy) -> None:
    process = cheap.start("dvc", "repro", "--force", "--downstream", "train")
    until(process, "Running stage 'train'")
    refused = [cheap.start(*command) for command in (("dvc", "exp", "run", "-S", OTHER), ("assay", "params", OTHER))]
    for one in refused:
        assert "another run holds the workspace" in one.communicate()[1]
        assert one.returncode != 0
    process.communicate()
    assert process.returncode == 0
    assert cheap.git_status() == ""
    assert "up to date" in cheap.run("dvc", "status", "dvc.yaml").stdout


@pytest.mark.slow
def test_a_false_entry_that_dvc_wrote_is_taken_out_and_hands_out_nothing(cheap: Copy) -> None:
    """`dvc commit` records what lies here for what params.yaml says: as false as what a race leaves."""
    edit(cheap)
    cheap.run("dvc", "commit", "--force", "train")
    places = {fault.partition("/")[0].partition(":")[0] for fault in false_records(cheap)}
    assert places == {"workspace", ".dvc"}  # dvc.lock and the run-cache
    said = cheap.run("dvc", "repro", "--force", "--single-item", "audit", fails=True).stderr
    assert "training.folds" in said or "training was" in said
    assert false_records(cheap) == []
    assert "train" in cheap.repro()
    assert false_records(cheap) == []
