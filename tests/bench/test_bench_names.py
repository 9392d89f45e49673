"""Benches are run by their names, as documents and the Makefile write them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from samples import ROOT

WRITTEN = [ROOT / "tests/bench/bench.mk", *sorted((ROOT / "docs").glob("*.md"))]
BENCHES = {path.stem.removeprefix("bench_") for path in (ROOT / "tests/bench").glob("bench_*.py")}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "tests/bench", *words], cwd=ROOT, capture_output=True, text=True)


def test_all_are_listed_with_what_they_measure() -> None:
    listed = dict(line.split(maxsplit=1) for line in run().stdout.splitlines())
    assert listed.keys() == BENCHES
    assert all(map(str.strip, listed.values()))


def test_one_finds_what_tests_share_and_takes_what_it_is_given() -> None:
    said = run("scale", "--help")
    assert (said.returncode, said.stderr) == (0, "")
    assert "rows" in said.stdout.lower()


def test_a_wrong_name_is_refused() -> None:
    said = run("nothing")
    assert (said.returncode, said.stdout) == (1, "")
    assert "no bench is called nothing" in said.stderr


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_documents_name_benches_that_exist(path: Path) -> None:
    assert set(re.findall(r"python tests/bench ([a-z_]+)", path.read_text())) <= BENCHES
