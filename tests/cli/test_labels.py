"""`assay labels decide` and `check`; `diff` is tested on the real line."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from assay.cli.commands import app
from assay.paths import ANNOTATIONS, CLEANED
from assay.tables import write_table
from decisions import RECORDS
from pipeline_copy import IDENTITY, Copy
from samples import ROOT

LEDGER = ANNOTATIONS / "decisions.csv"


def assay(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["labels", *arguments])


def decide(record: str, code: str, who: str, *more: str) -> Result:
    return assay("decide", record, code, "--annotator", who, *more)


@pytest.fixture
def repository(here: Path) -> Path:
    """Three records without diagnosis and an empty ledger, on main."""
    shutil.copytree(ROOT / "annotations", here / "annotations")
    header = (here / LEDGER).read_text().splitlines()[0]
    (here / LEDGER).write_text(header + "\n")
    copy = Copy(here)
    copy.run("git", "init", "--quiet", "--initial-branch=main")
    copy.run("git", "add", "--all")
    copy.run("git", *IDENTITY, "commit", "--quiet", "--message", "Start")
    write_table(CLEANED, pd.DataFrame({"record_id": RECORDS, "code": "-"}, dtype="str"))
    return here


def test_a_decision_is_added_with_guideline_and_time(repository: Path) -> None:
    made = decide(RECORDS[0], "K|F", "ann", "--reason", "TSH of 9,\nFTI of 50")
    assert made.exit_code == 0
    line = (repository / LEDGER).read_text().splitlines()[-1]
    assert made.output == line + "\n"
    assert line.startswith(f'{RECORDS[0]},K|F,ann,annotator,1,"TSH of 9, FTI of 50",20')


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["99", "F", "--annotator", "ann"], "record_id '99': there is no such record"),
        ([RECORDS[0], "Z", "--annotator", "ann"], "decision 'Z': no code of this dataset"),
        ([RECORDS[0], "F", "--annotator", "Ann"], "annotator 'Ann'"),
        ([RECORDS[0], "F"], "--annotator"),
        ([RECORDS[0], "F", "--annotator", "ann", "--role", "king"], "king"),
    ],
)
def test_a_bad_decision_is_refused_and_nothing_written(repository: Path, arguments: list[str], named: str) -> None:
    before = (repository / LEDGER).read_bytes()
    refused = assay("decide", *arguments)
    assert refused.exit_code != 0
    assert named in refused.output
    assert (repository / LEDGER).read_bytes() == before


def test_check_counts_decisions_and_names_the_disputed(repository: Path) -> None:
    decide(RECORDS[0], "F", "ann")
    decide(RECORDS[0], "-", "ben")
    decide(RECORDS[1], "F", "ann")
    checked = assay("check")
    assert checked.exit_code == 0
    assert "3 decisions on 2 records, valid, and none rewritten" in checked.output
    assert f"disputed, to be adjudicated: {RECORDS[0]}" in checked.output
    decide(RECORDS[0], "F", "cal", "--role", "adjudicator")
    assert "disputed" not in assay("check").output


def test_check_refuses_a_bad_line_and_a_rewritten_one(repository: Path) -> None:
    decide(RECORDS[0], "F", "ann")
    ledger = repository / LEDGER
    good = ledger.read_text()
    ledger.write_text(good.replace(",F,", ",Z,"))
    assert "line 2: decision 'Z'" in assay("check").output
    ledger.write_text(good)
    Copy(repository).run("git", *IDENTITY, "commit", "--quiet", "--all", "--message", "Decide")
    ledger.write_text(good.replace(",F,", ",A,"))
    refused = assay("check")
    assert refused.exit_code == 1
    assert "decisions are only ever added" in refused.output


def test_check_without_the_records_says_what_it_could_not_check(repository: Path) -> None:
    decide(RECORDS[0], "F", "ann")
    CLEANED.unlink()
    checked = assay("check")
    assert checked.exit_code == 0
    assert "not checked: whether these records exist" in checked.output
