"""Says whether the last decision of a choice holds, and whether conf/ follows it."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from assay.choose.candidates import Candidate, candidates, read_choice
from assay.choose.decision import OPEN, configuration, described
from assay.choose.folder import DECISION, folder_of, read
from assay.choose.judging import hashes
from assay.errors import AssayError, sample


def check(name: str) -> str:
    """Say which decision holds; AssayError if it was made on other data or candidates, or conf/ does not follow it."""
    found = candidates(read_choice(name))
    folder, again = folder_of(name, found[0]), f"assay choose {name}"
    decided = read(folder, again)
    if changed := [*_changed_files(name, decided.files), *_changed_candidates(found, decided.candidates)]:
        raise AssayError("it was decided on another state of them", where=sample(changed), todo=again)
    if configuration(found[0]) != decided.configuration:
        raise AssayError(
            f"conf/ has another model or other features than were chosen: {decided.chosen}",
            where=str(folder / DECISION),
            todo=_taking(decided.proposal, again),
        )
    return f"{folder / DECISION}: {decided.chosen}, decided on these data, and in use"


def _changed_files(name: str, then: Mapping[str, str]) -> list[str]:
    now = hashes(name)
    return sorted(one for one in {*now, *then} if now.get(one) != then.get(one))


def _changed_candidates(found: Sequence[Candidate], decided: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of candidates that the choice has now and had not then.

    The first of both are left out: the incumbent may be another one since the decision was followed.
    """
    then = [{key: one[key] for key in (*OPEN, "search") if key in one} for one in decided]
    return [one.name for one in found[1:] if described(one) not in then]


def _taking(proposal: Sequence[str], again: str) -> str:
    """What to type so that conf/ follows a decision."""
    if not proposal:
        return f"take conf/ back, or decide again: {again}"
    return f"assay params {shlex.join(proposal)}; assay params --keep"
