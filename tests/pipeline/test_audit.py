"""A leak stops the real line with its code, and the last good results can be had back."""

import pytest

from pipeline_copy import Copy, edit

TABLE = "    table = {\n"
LEAK = "        'diagnosed': records['code'].ne('-').astype('float64'),\n"


@pytest.mark.slow
def test_a_feature_made_from_the_code_stops_the_line(cheap: Copy) -> None:
    edit(cheap, "src/assay/datasets/thyroid/features.py", TABLE, TABLE + LEAK)
    before = {path: path.read_bytes() for path in (cheap.path / "reports").rglob("*.*")}
    stopped = cheap.run("dvc", "repro", fails=True)
    assert "Running stage 'audit'" in stopped.stdout
    assert "Running stage 'evaluate'" not in stopped.stdout
    assert "Traceback" not in stopped.stderr
    assert "assay audit: error: A07 A feature that is not available at prediction time: diagnosed" in stopped.stderr
    assert "A09 Shuffled labels are predicted" in stopped.stderr
    assert {path: path.read_bytes() for path in before} == before
    cheap.run("git", "checkout", "--quiet", ".")
    cheap.run("dvc", "checkout", "--quiet")
    assert cheap.repro() == []
    assert cheap.git_status() == ""
