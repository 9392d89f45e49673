"""A run of stages, and one that has a server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from samples import ROOT
from stage_runs import NOTHING, PRELOADED, PROBE, RUNNER, Run, until


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A run whose server has nothing to import."""
    package = tmp_path / "src/assay"
    for name in (".", "forkserver", "stages"):  # what a stage without work imports
        (package / name).mkdir(parents=True)
        for module in (ROOT / "src/assay" / name).glob("*.py"):
            shutil.copy2(module, package / name)
    (package / "stages/probe.py").write_text(PROBE)
    server = package / "forkserver/server.py"
    server.write_text(server.read_text().replace(PRELOADED, NOTHING))
    (tmp_path / "libraries/old-1.dist-info").mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": f"{package.parent}{os.pathsep}{tmp_path / 'libraries'}"}
    environment.pop("ASSAY_FORKSERVER", None)
    command = [sys.executable, "-c", RUNNER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, text=True, **pipes) as process:
        yield Run(tmp_path, process)
        process.kill()


@pytest.fixture
def warm(run: Run) -> Run:
    """A run that has a server."""
    assert run.stage()[1].startswith("alone")
    until(lambda: run.stage()[1].startswith("forked"))
    return run
