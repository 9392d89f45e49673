"""All checks and their verdicts; stops a line that leaks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assay.audit.base import ERROR, Finding, LeakCheck
from assay.audit.evidence import Evidence
from assay.audit.features import ComputedLabel, FittedElsewhere, TellingFeature, UnavailableFeature
from assay.audit.folds import NearDuplicates, Resampling, SharedEntity, TimeOverlap
from assay.audit.models import FallsOnTest, ShuffledLabels, TellingOrder
from assay.audit.tables import FutureRows
from assay.errors import AssayError
from assay.records.changes import SHOWN

CHECKS: tuple[LeakCheck, ...] = (
    Resampling(),
    SharedEntity(),
    NearDuplicates(),
    TimeOverlap(),
    TellingFeature(),
    ComputedLabel(),
    UnavailableFeature(),
    FittedElsewhere(),
    ShuffledLabels(),
    TellingOrder(),
    FallsOnTest(),
    FutureRows(),
)
PASSED, NOT_APPLICABLE, ACCEPTED = "passed", "not applicable", "accepted"


@dataclass(frozen=True)
class AuditResult:
    """The result of a check. verdict: passed, not applicable, warning, error, or accepted by a person as harmless."""

    code: str
    title: str
    verdict: str
    figure: str
    findings: tuple[Finding, ...]


def audit(evidence: Evidence, accept: Sequence[str]) -> list[AuditResult]:
    """The result of every check, in order of code; `accept`: the codes of checks whose errors do not stop the line."""
    if unknown := sorted(set(accept) - {check.code for check in CHECKS}):
        codes = ", ".join(check.code for check in CHECKS)
        raise AssayError(f"no check {', '.join(unknown)}", where="audit.accept", todo=f"choose among: {codes}")
    return [_judged(check, evidence, check.code in accept) for check in CHECKS]


def refuse(verdicts: Sequence[AuditResult]) -> None:
    """Raise an AssayError with code, place and remedy of every error, if there is any."""
    errors = [(one, check) for one, check in zip(verdicts, CHECKS, strict=True) if one.verdict == ERROR]
    if not errors:
        return
    findings = [finding for one, _ in errors for finding in one.findings]
    accepting = f"What you judge harmless: audit.accept=[{','.join(one.code for one, _ in errors)}]."
    raise AssayError(
        "; ".join(f"{one.code} {one.title}: {finding.what}" for one, _ in errors for finding in one.findings),
        where="; ".join(dict.fromkeys(finding.where for finding in findings)),
        rows=list(dict.fromkeys(row for finding in findings for row in finding.rows)),
        todo=" ".join([*(f"{one.code}: {check.mend}" for one, check in errors), accepting]),
    )


def as_data(verdicts: Sequence[AuditResult]) -> list[dict[str, Any]]:
    """The verdicts as plain data, with the first few records or features of each finding."""
    data = [asdict(one) for one in verdicts]
    for finding in (finding for one in data for finding in one["findings"]):
        finding["rows"] = finding["rows"][:SHOWN]
    return data


def _judged(check: LeakCheck, evidence: Evidence, accepted: bool) -> AuditResult:
    seen = check.examine(evidence)
    verdict = PASSED if seen.applies else NOT_APPLICABLE
    if seen.findings:
        verdict = ACCEPTED if accepted else check.severity
    return AuditResult(check.code, check.title, verdict, seen.figure, seen.findings)
