"""`assay board` as a program."""

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.cli.commands import app
from board_repository import Repository
from pipeline_copy import ENVIRONMENT
from samples import ROOT


@pytest.mark.slow
def test_it_says_where_it_is_and_ends_by_ctrl_c(repository: Repository) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "assay.cli", "board", "--no-browser"],
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    with urllib.request.urlopen(address, timeout=60) as answer:
        assert ">deeper<" in answer.read().decode()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")


@pytest.mark.slow
def test_a_file_for_some_revisions(repository: Repository, tmp_path: Path) -> None:
    path = tmp_path / "out" / "board.html"
    done = CliRunner().invoke(app, ["board", "main", "deeper", "--html", str(path)])
    assert done.exit_code == 0, done.output
    assert ">deeper<" in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--html", "x.html"], "which revisions?"),
        (["main"], "revisions are for a file"),
        (["main", "nope", "--html", "x.html"], "no revision 'nope'"),
        (["--annotator", "Ann"], "not a short name"),
    ],
)
def test_what_cannot_be_done_is_said(repository: Repository, arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["board", *arguments])
    assert done.exit_code == 1
    assert said in done.output
    assert not Path("x.html").exists()
