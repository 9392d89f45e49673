"""The audit stage on a small line: what it writes, and that a leak leaves everything as it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assay.audit.checks import CHECKS
from assay.config.compose import composed
from assay.files import md5
from assay.stages import audit
from assay.tables import read_table, write_table
from samples import forget_statements

TSH_COMES_LATER = "+dataset.columns.TSH.available=false"
HEAVY = ("sklearn", "xgboost", "lightgbm", "scipy", "matplotlib")


def configure(line: Path, *overrides: str) -> None:
    """The small line's configuration with these changes."""
    (line / "params.yaml").write_text(composed(["debug=fast", "model.n_estimators=40", *overrides]))


def worsen(line: Path) -> None:
    """The scores of test upside down."""
    path = line / "data/predictions/test.parquet"
    table = read_table(path)
    write_table(path, table.assign(score=1 - table["score"]))
    forget_statements()


def test_every_check_has_a_verdict_and_a_figure(small_line: Path) -> None:
    written = json.loads((small_line / "reports/audit.json").read_text())
    assert [one["code"] for one in written] == [check.code for check in CHECKS]
    assert all(one["figure"] for one in written)
    warned = {one["code"]: one["findings"] for one in written if one["verdict"] == "warning"}
    for code in ("A05", "A06"):
        assert "train has 21 positives, and 30 are needed" in warned[code][0]["what"]
    assert warned.keys() == {"A05", "A06", "A12"}  # TSH and FTI, and what is derived from them, lead by far


def test_auditing_again_gives_the_same_bytes(line: Path) -> None:
    before = md5(line / "reports/audit.json")
    audit.main()
    assert md5(line / "reports/audit.json") == before


def test_a_leak_ends_the_stage_and_leaves_the_last_results(line: Path, capsys: pytest.CaptureFixture) -> None:
    before = {path: path.read_bytes() for path in (line / "reports").rglob("*.*")}
    worsen(line)
    configure(line, TSH_COMES_LATER)
    with pytest.raises(SystemExit) as end:
        audit.main()
    assert end.value.code == 1
    message = capsys.readouterr().err
    assert "error: A07" in message
    assert message.index("warning: A11 Much better") < message.index("error: A07")  # all findings at once
    assert "TSH is among the features" in message
    assert "log_TSH, log_TSH_minus_log_FTI, log_TSH_plus_log_FTI changes" in message
    assert "where: data/features/;" in message
    assert "to do: A07: " in message
    assert {path: path.read_bytes() for path in (line / "reports").rglob("*.*")} == before


def test_an_accepted_error_is_written_down(line: Path) -> None:
    configure(line, TSH_COMES_LATER, "audit.accept=[A07,A08,A09]")
    audit.main()
    verdicts = {one["code"]: one for one in json.loads((line / "reports/audit.json").read_text())}
    assert verdicts["A07"]["verdict"] == "accepted"
    assert verdicts["A07"]["findings"][0]["rows"] == ["TSH"]


def test_a_warning_is_said_and_written_down(line: Path, capsys: pytest.CaptureFixture) -> None:
    worsen(line)
    audit.main()
    assert "warning: A11 Much better out of fold than on test" in capsys.readouterr().err
    verdicts = {one["code"]: one for one in json.loads((line / "reports/audit.json").read_text())}
    assert verdicts["A11"]["verdict"] == "warning"


def test_no_model_library_is_loaded() -> None:
    code = f"import sys, assay.stages.audit; print([name for name in {HEAVY} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
