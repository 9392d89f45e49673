"""All checks: verdicts, what is accepted, and how a line is refused."""

import re

import pytest

from assay.audit.base import ERROR, Finding, LeakCheck
from assay.audit.checks import CHECKS, AuditResult, as_data, audit, refuse
from assay.errors import AssayError
from audit_samples import clean, positive, with_feature
from samples import ROOT

LEAKING = with_feature(clean(), result=positive)
BY_CODE = {check.code: check for check in CHECKS}


def test_a_line_without_errors_is_let_through() -> None:
    warned = [AuditResult(check.code, check.title, "warning", "", (Finding("x", "y"),)) for check in CHECKS]
    refuse(warned)


def test_a_leak_is_refused_with_code_place_and_remedy() -> None:
    with pytest.raises(AssayError) as refused:
        refuse(audit(LEAKING, []))
    message = str(refused.value)
    for code in ("A05", "A06", "A07"):
        assert f"{code} {BY_CODE[code].title}: " in message
        assert f"{code}: {BY_CODE[code].mend}" in message
    assert "where: data/features/train.parquet; how features are computed" in message
    assert "rows:  result" in message


def test_what_is_accepted_stops_nothing_and_stays_in_sight() -> None:
    verdicts = audit(LEAKING, ["A05", "A06", "A07", "A09"])
    refuse(verdicts)
    (seen,) = [one for one in verdicts if one.code == "A05"]
    assert seen.verdict == "accepted"
    assert as_data([seen])[0]["findings"][0]["rows"] == ("result",)


def test_only_the_first_records_of_a_finding_are_written() -> None:
    many = Finding("many", "somewhere", tuple(map(str, range(500))))
    assert as_data([AuditResult("A08", "", "accepted", "", (many,))])[0]["findings"][0]["rows"] == many.rows[:10]


def test_only_known_codes_can_be_accepted() -> None:
    with pytest.raises(AssayError, match=r"no check A99(.|\n)*audit\.accept(.|\n)*A01, A02"):
        audit(LEAKING, ["A99"])


def documented(check: LeakCheck) -> str:
    """The row of the table in docs/method.md."""
    severity = "error" if check.severity == ERROR else "warning"
    return f"| {check.code} | {check.title} | {severity} | {check.why} | {check.mend} |"


def test_the_method_page_has_every_check_as_it_is() -> None:
    rows = re.findall(r"^\| A\d\d .*$", (ROOT / "docs/method.md").read_text(), re.M)
    assert rows == [documented(check) for check in CHECKS]
