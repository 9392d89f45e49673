"""A table in parts, within a folder that a stage writes, is read from a commit as from the workspace."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.experiments.revisions import revision
from assay.records.parts import write_parts
from pipeline_copy import ENVIRONMENT
from tiny_repository import NAMED, dvc, run

SCORES = Path("data/predictions/test.parquet")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in {**ENVIRONMENT, **NAMED}.items():
        monkeypatch.setenv(name, value)
    run("git", "init", "--quiet")
    dvc("init", "--quiet")
    table = pd.DataFrame({"record_id": [f"{n:03}" for n in range(100)], "score": np.arange(100) / 100})
    write_parts(SCORES, table, 30)
    Path("dvc.yaml").write_text("stages:\n  train:\n    cmd: 'true'\n    outs: [data/predictions]\n")
    dvc("commit", "--quiet", "--force")
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", "scores")
    return tmp_path


@pytest.mark.slow
def test_scores(repository: Path) -> None:
    found = revision("HEAD")
    assert len(found.files.parts(str(SCORES))) == 4
    here = pd.read_parquet(SCORES).set_index("record_id")
    pd.testing.assert_frame_equal(found._table(SCORES), here)
