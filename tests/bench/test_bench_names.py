"""Benches are run by their names, as documents and the Makefile write them."""

import re
import subprocess
import sys

import pytest

from samples import ROOT

WRITTEN = [ROOT / "tests/bench/bench.mk", *sorted((ROOT / "docs").glob("*.md"))]
BENCHES = {path.stem.removeprefix("bench_") for path in (ROOT / "tests/bench").glob("bench_*.py")}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "tests/bench", *words], cwd=ROOT, capture_output=True, text=True)


def test_all_are_listed_with_what_they_measure() -> None:
    said = run()
    listed = dict(line.split(maxsplit=1) for line in said.stderr.splitlines())
    assert said.returncode == 1
    assert listed.keys() == BENCHES
    assert all(map(str.strip, listed.values()))


def test_one_finds_what_tests_share_and_takes_what_it_is_given() -> None:
    said = run("scale", "--help")
    assert (said.returncode, said.stderr) == (0, "")
    assert "ROWS" in said.stdout or "rows" in said.stdout


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_documents_name_benches_that_exist(path) -> None:
    assert set(re.findall(r"python tests/bench ([a-z_]+)", path.read_text())) <= BENCHES
