"""All checks and their verdicts; stops a line that leaks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assay.audit.base import ERROR, WARNING, Finding, LeakCheck
from assay.audit.evidence import Evidence
from assay.audit.features import ComputedLabel, CopiedColumn, FittedElsewhere, TellingFeature, UnavailableFeature
from assay.audit.folds import NearDuplicates, Resampling, SharedEntity, TimeOverlap
from assay.audit.missingness import FilledForOneClass
from assay.audit.models import FallsOnTest, ShuffledLabels, TellingOrder
from assay.audit.standing_out import PairStandsOut, StandsOut
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
    StandsOut(),
    PairStandsOut(),
    FilledForOneClass(),
    CopiedColumn(),
    FutureRows(),
)
PASSED, NOT_APPLICABLE, ACCEPTED = "passed", "not applicable", "accepted"
GRAVE = (ERROR, WARNING, ACCEPTED)  # the gravest first


@dataclass(frozen=True)
class Judged:
    """A finding with its verdict: warning, error, or accepted by a person as harmless."""

    verdict: str
    what: str
    where: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditResult:
    """The result of a check. verdict: passed, not applicable, or the gravest of its findings."""

    code: str
    title: str
    verdict: str
    figure: str
    findings: tuple[Judged, ...]


def audit(evidence: Evidence, accept: Sequence[str]) -> list[AuditResult]:
    """The result of every check, in order of code.

    accept: what does not stop the line, as CODE for all findings of a check, or CODE:NAME for those that name only this
    feature. A warning of a check that can stop the line is never accepted so: it says what could not be judged.
    """
    if unknown := sorted({one.split(":")[0] for one in accept} - {check.code for check in CHECKS}):
        codes = ", ".join(check.code for check in CHECKS)
        raise AssayError(f"no check {', '.join(unknown)}", where="audit.accept", todo=f"choose among: {codes}")
    return [judged(check, evidence, accept) for check in CHECKS]


def refuse(verdicts: Sequence[AuditResult]) -> None:
    """Raise an AssayError with code, place and remedy of every error, if there is any."""
    stopping = [(one, check) for one, check in zip(verdicts, CHECKS, strict=True) if one.verdict == ERROR]
    if not stopping:
        return
    errors = [(one, finding) for one, _ in stopping for finding in one.findings if finding.verdict == ERROR]
    accepting = f"What you judge harmless: audit.accept=[{','.join(one.code for one, _ in stopping)}]."
    raise AssayError(
        "; ".join(f"{one.code} {one.title}: {finding.what}" for one, finding in errors),
        where="; ".join(dict.fromkeys(finding.where for _, finding in errors)),
        rows=list(dict.fromkeys(row for _, finding in errors for row in finding.rows)),
        todo=" ".join([*(f"{one.code}: {check.mend}" for one, check in stopping), accepting]),
    )


def remarks(verdicts: Sequence[AuditResult]) -> list[str]:
    """The remarks on findings that do not stop the line: warnings, and errors that were accepted."""
    return [
        f"{one.code} {one.title}: {'accepted: ' if finding.verdict == ACCEPTED else ''}{finding.what}"
        for one in verdicts
        for finding in one.findings
        if finding.verdict != ERROR
    ]


def as_data(verdicts: Sequence[AuditResult]) -> list[dict[str, Any]]:
    """The verdicts as plain data, with the first few records or features of each finding."""
    data = [asdict(one) for one in verdicts]
    for finding in (finding for one in data for finding in one["findings"]):
        finding["rows"] = finding["rows"][:SHOWN]
    return data


def judged(check: LeakCheck, evidence: Evidence, accept: Sequence[str]) -> AuditResult:
    """The result of one check; accept: as in `audit`."""
    seen = check.examine(evidence)
    findings = tuple(
        Judged(_verdict(finding, check, accept), finding.what, finding.where, finding.rows) for finding in seen.findings
    )
    verdict = PASSED if seen.applies else NOT_APPLICABLE
    gravest = next((grave for grave in GRAVE if grave in {finding.verdict for finding in findings}), verdict)
    sampled = seen.applies and evidence.sample and not check.of_all
    figure = f"{seen.figure}; {evidence.sample}" if sampled else seen.figure
    return AuditResult(check.code, check.title, gravest, figure, findings)


def _verdict(finding: Finding, check: LeakCheck, accept: Sequence[str]) -> str:
    severity = finding.severity or check.severity
    named = bool(finding.rows) and all(f"{check.code}:{row}" in accept for row in finding.rows)
    return ACCEPTED if severity == check.severity and (check.code in accept or named) else severity
