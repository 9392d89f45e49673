"""Runs every check on a clone, and mends what can be mended."""

import traceback
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Finding
from assay.doctor.clone import Clone
from assay.doctor.registry import CHECKS
from assay.doctor.running import alone
from assay.errors import AssayError

_ALONE = next(check for check in CHECKS if check.code == "at-work")


@dataclass(frozen=True)
class Result:
    """What a check found: what is mended, and what is left, with the mends that failed."""

    check: Check
    mended: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Nothing is left but advice."""
        return all(finding.advice for finding in self.left)


def chosen(quick: bool, skipped: Collection[str]) -> list[Check]:
    """The checks to look with; AssayError for a code that there is none of."""
    if unknown := sorted(set(skipped) - {check.code for check in CHECKS}):
        codes = ", ".join(check.code for check in CHECKS)
        raise AssayError(f"no check {', '.join(unknown)}", where="--skip", todo=f"choose among: {codes}")
    return [check for check in CHECKS if (check.quick or not quick) and check.code not in skipped]


def examined(clone: Clone, checks: list[Check], attic: Attic | None) -> Iterator[Result]:
    """The result of each check. With an attic, findings are mended, unless another process works in the clone."""
    with ExitStack() as held:
        if attic:
            try:
                held.enter_context(alone(clone.root))
            except (AssayError, ImportError) as error:
                attic, checks = None, [check for check in checks if check is not _ALONE]
                todo = getattr(error, "todo", "make repro installs what is missing")
                yield Result(_ALONE, left=[Finding(f"nothing is mended: {_sentence(error)}", todo=todo)])
        for check in checks:
            result = _one(check, clone, attic)
            if result.mended:
                clone = clone.fresh()
            yield result


def _one(check: Check, clone: Clone, attic: Attic | None) -> Result:
    found = _look(check, clone)
    mendable = [finding for finding in found if finding.mend]
    if attic is None or not mendable:
        return Result(check, left=found)
    failed = [words for finding in mendable if (words := _mended(finding, attic))]
    left = _look(check, clone.fresh())
    still = {finding.key for finding in left}
    return Result(check, [finding for finding in mendable if finding.key not in still], [*failed, *left])


def _look(check: Check, clone: Clone) -> list[Finding]:
    """What a check finds. If it cannot look, that is a finding too, and the other checks go on."""
    found: list[Finding] = []
    try:
        found += check.look(clone)
    except (AssayError, OSError, ImportError) as error:
        found.append(Finding(f"cannot be looked at: {_sentence(error)}", todo=getattr(error, "todo", "")))
    except Exception as error:  # a fault of one check must not hide what the others find
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"this check has a fault: {type(error).__name__}: {_sentence(error)}"
        found.append(Finding(what, f"{place.filename}, line {place.lineno}"))
    return found


def _mended(finding: Finding, attic: Attic) -> Finding | None:
    """Mend a finding; another finding if that fails."""
    assert finding.mend is not None
    try:
        finding.mend(attic)
    except (AssayError, OSError, ImportError) as error:
        return Finding(f"cannot be mended: {_sentence(error)}", finding.where, finding.todo)
    return None


def _sentence(error: Exception) -> str:
    return " ".join((error.what if isinstance(error, AssayError) else str(error)).split()) or type(error).__name__
