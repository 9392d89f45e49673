"""All checks: verdicts, what is accepted, and how a line is refused."""

import re

import pytest

from assay.audit.base import ERROR, WARNING, Examination, Finding, LeakCheck
from assay.audit.checks import CHECKS, AuditResult, Judged, as_data, audit, judged, refuse, remarks
from assay.audit.evidence import Evidence
from assay.errors import AssayError
from audit_samples import clean, positive, with_feature
from samples import ROOT

CLEAN = clean()
LEAKING = with_feature(CLEAN, result=positive)
BY_CODE = {check.code: check for check in CHECKS}


def test_a_line_without_errors_is_let_through() -> None:
    warned = [AuditResult(check.code, check.title, "warning", "", (Judged("warning", "x", "y"),)) for check in CHECKS]
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
    many = Judged("accepted", "many", "somewhere", tuple(map(str, range(500))))
    assert as_data([AuditResult("A08", "", "accepted", "", (many,))])[0]["findings"][0]["rows"] == many.rows[:10]


class Torn(LeakCheck):
    """A check that is sure of one feature, unsure of another, and could not judge a third."""

    code = "A05"
    title = "Torn"
    severity = ERROR
    why = mend = ""

    def examine(self, evidence: Evidence) -> Examination:
        sure = Finding("leaks", "here", ("x",)), Finding("leaks too", "here", ("y",))
        return Examination("3 features", (*sure, Finding("may leak", "here", ("z",), WARNING)))


@pytest.mark.parametrize(
    ("accept", "verdict", "of_findings"),
    [
        ([], "error", ["error", "error", "warning"]),
        (["A05:x"], "error", ["accepted", "error", "warning"]),
        (["A05:x", "A05:y", "A05:z"], "warning", ["accepted", "accepted", "warning"]),
        (["A05"], "warning", ["accepted", "accepted", "warning"]),
        (["A06"], "error", ["error", "error", "warning"]),
    ],
)
def test_what_is_accepted_hides_no_other_finding(accept: list[str], verdict: str, of_findings: list[str]) -> None:
    found = judged(Torn(), CLEAN, accept)
    assert found.verdict == verdict
    assert [one.verdict for one in found.findings] == of_findings


def test_everything_that_stops_nothing_is_said() -> None:
    found = [judged(Torn(), CLEAN, ["A05:x"])]
    assert remarks(found) == ["A05 Torn: accepted: leaks", "A05 Torn: may leak"]


def test_only_known_codes_can_be_accepted() -> None:
    with pytest.raises(AssayError, match=r"no check A99(.|\n)*audit\.accept(.|\n)*A01, A02"):
        audit(LEAKING, ["A99"])
    with pytest.raises(AssayError, match="no check A99"):
        audit(LEAKING, ["A99:TSH"])


def documented(check: LeakCheck) -> str:
    """The row of the table in docs/method.md."""
    severity = "error" if check.severity == ERROR else "warning"
    return f"| {check.code} | {check.title} | {severity} | {check.why} | {check.mend} |"


def test_the_method_page_has_every_check_as_it_is() -> None:
    rows = re.findall(r"^\| A\d\d .*$", (ROOT / "docs/method.md").read_text(), re.M)
    assert rows == [documented(check) for check in CHECKS]
