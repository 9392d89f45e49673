"""DVC at work: what it says reaches the user."""

import sys
from pathlib import Path

import pytest

from assay.experiments.clones import dvc

SAID = """Updating lock file 'dvc.lock'
To track the changes with git, run:
\tgit add dvc.lock
To enable auto staging, run:
\tdvc config core.autostage true
ERROR: failed to reproduce 'train'
"""


def test_all_but_the_hints_on_staging_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "said").write_text(SAID)
    (tmp_path / "python").write_text(f"#!/bin/sh\ncat {tmp_path}/said\nexit 3\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert dvc("repro") == (3, SAID)
    assert capsys.readouterr().err == "Updating lock file 'dvc.lock'\nERROR: failed to reproduce 'train'\n"
