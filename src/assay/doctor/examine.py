"""Runs every check on a clone, and mends what can be mended."""

import traceback
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.environment import lacking
from assay.doctor.locks import NO_REPOSITORY
from assay.doctor.registry import CHECKS
from assay.doctor.running import alone
from assay.errors import AssayError
from assay.machine import told

BLIND = "cannot be looked at: "
_ALONE, _PACKAGES, _REPOSITORY = (
    next(check for check in CHECKS if check.code == code) for code in ("at-work", "packages", "repository")
)


@dataclass(frozen=True)
class Result:
    """The result of a check: faults that were mended, and those left, with the mends that failed."""

    check: Check
    mended: list[Fault] = field(default_factory=list)
    left: list[Fault] = field(default_factory=list)

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


@dataclass(frozen=True)
class Unseen(Fault):
    """A check cannot look, for want of something that other checks need too, and that the check `owner` reports."""

    owner: Check = _PACKAGES


def examined(clone: Clone, checks: list[Check], attic: Attic | None) -> Iterator[Result]:
    """The result of each check. With an attic, findings are mended, unless another process works in the clone.

    That packages or the repository are missing is said once, however many checks need them.
    """
    way_out, known = lacking(clone), False
    unseen: dict[str, list[str]] = {_PACKAGES.code: [], _REPOSITORY.code: []}
    for result in _each(clone, checks, attic):
        seen = [finding for finding in result.left if not isinstance(finding, Unseen)]
        known = known or any(finding.todo == way_out for finding in seen)
        for finding in result.left:
            if isinstance(finding, Unseen):
                unseen[finding.owner.code].append(result.check.code)
                if finding.owner is _PACKAGES and not known:
                    known = True
                    yield Result(_PACKAGES, left=[Fault(finding.what.removeprefix(BLIND), todo=way_out)])
        yield replace(result, left=seen)
    for owner, wanted in ((_PACKAGES, "packages"), (_REPOSITORY, "a repository")):
        if codes := list(dict.fromkeys(unseen[owner.code])):
            yield Result(owner, left=[Fault(f"not looked at for want of {wanted}: {', '.join(codes)}")])


def _each(clone: Clone, checks: list[Check], attic: Attic | None) -> Iterator[Result]:
    with ExitStack() as held:
        if attic:
            try:
                held.enter_context(alone(clone.root))
            except (AssayError, ImportError, OSError) as error:
                attic, checks = None, [check for check in checks if check is not _ALONE]
                yield Result(_ALONE, left=[Fault(f"nothing is mended: {_sentence(error)}", todo=_todo(error, clone))])
        for check in checks:
            result = _one(check, clone, attic)
            if result.mended:
                clone = clone.fresh()
            yield result


def _todo(error: Exception, clone: Clone) -> str:
    if isinstance(error, AssayError | ImportError):
        return error.todo if isinstance(error, AssayError) else lacking(clone)
    known = told(error)
    return known.todo if known else ""


def _one(check: Check, clone: Clone, attic: Attic | None) -> Result:
    found = _look(check, clone)
    mendable = [finding for finding in found if finding.mend]
    if attic is None or not mendable:
        return Result(check, left=found)
    failed = [words for finding in mendable if (words := _mended(finding, attic))]
    left = _look(check, clone.fresh())
    still = {finding.key for finding in left}
    return Result(check, [finding for finding in mendable if finding.key not in still], [*failed, *left])


def _look(check: Check, clone: Clone) -> list[Fault]:
    """The findings of a check. If it cannot look, that is a finding too, and the other checks go on."""
    found: list[Fault] = []
    try:
        found += check.look(clone)
    except (AssayError, OSError, ImportError) as error:
        what, todo = f"{BLIND}{_sentence(error)}", getattr(error, "todo", "")
        owner = _owner(error)
        found.append(Unseen(what, todo=todo, owner=owner) if owner else Fault(what, todo=todo))
    except Exception as error:  # a fault of one check must not hide what the others find
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"this check has a fault: {type(error).__name__}: {_sentence(error)}"
        found.append(Fault(what, f"{place.filename}, line {place.lineno}"))
    return found


def _owner(error: Exception) -> Check | None:
    """The check that reports what is wanting; None if this is about one check alone."""
    if isinstance(error, AssayError):
        return _REPOSITORY if NO_REPOSITORY in error.what else None
    package = error.name if isinstance(error, ModuleNotFoundError) else None
    return _PACKAGES if package and not package.startswith("assay") else None


def _mended(finding: Fault, attic: Attic) -> Fault | None:
    """Mend a finding; another finding if that fails."""
    assert finding.mend is not None
    try:
        finding.mend(attic)
    except (AssayError, OSError, ImportError) as error:
        return Fault(f"cannot be mended: {_sentence(error)}", finding.where, finding.todo)
    return None


def _sentence(error: Exception) -> str:
    return " ".join((error.what if isinstance(error, AssayError) else str(error)).split()) or type(error).__name__
