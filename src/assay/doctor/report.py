"""Prints the result of an examination."""

from collections.abc import Iterator

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.examine import Result, examined
from assay.text import visible

SHOWN = 6  # findings of a check, in each state


def print_report(clone: Clone, checks: list[Check], attic: Attic | None) -> bool:
    """Examine a clone and print each result at once; with an attic, mend too. True if nothing is left but notes."""
    results = []
    for result in examined(clone, checks, attic):
        results.append(result)
        for line in lines(result):
            print(visible(line), flush=True)
    for line in summary(results, len(clone.hashes), attic.kept if attic else [], clone.first("assay doctor --mend")):
        print(visible(line), flush=True)
    return all(result.sound for result in results)


def lines(result: Result) -> Iterator[str]:
    """The lines for each finding of a check; none if there is nothing to say."""
    code = result.check.code
    yield from _some("mended", code, result.mended)
    yield from _some("left", code, [finding for finding in result.left if not finding.advice])
    yield from _some("note", code, [finding for finding in result.left if finding.advice])


def _some(state: str, code: str, findings: list[Fault]) -> Iterator[str]:
    for finding in findings[:SHOWN]:
        where = f"{finding.where}: " if finding.where else ""
        yield f"{state:7} {code:12} {where}{finding.what}"
        if todo := finding.then if state == "mended" else finding.todo:
            yield f"{'':20} {'then' if state == 'mended' else 'to do'}: {todo}"
    if len(findings) > SHOWN:
        yield f"{state:7} {code:12} and {len(findings) - SHOWN} more of the kind"


def summary(results: list[Result], hashed: int, kept: list[str], todo: str) -> Iterator[str]:
    """The last lines: the totals, the folder of what was replaced, and what to do where something can be mended."""
    mended = sum(len(result.mended) for result in results)
    checks = len({result.check.code for result in results})
    left = sum(not finding.advice for result in results for finding in result.left)
    if kept:
        folder = "/".join(kept[0].split("/")[:3])
        yield f"kept: {len(kept)} file(s) or folder(s) that were replaced, in {folder}/"
    if not mended and not left:
        yield f"healthy: {checks} checks, {hashed} files read"
    else:
        yield f"{mended} mended, {left} left, in {checks} checks"
        mendable = any(finding.mend for result in results for finding in result.left if not finding.advice)
        if mendable and not mended:
            yield f"to do: {todo}"
