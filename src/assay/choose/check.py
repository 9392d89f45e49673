"""Says whether the last decision of a choice holds, and whether conf/ follows it."""

import shlex

from assay.choose.candidates import INCUMBENT, candidate, read_choice
from assay.choose.decision import configuration
from assay.choose.folder import DECISION, Decided, folder_of, read
from assay.choose.judging import hashes
from assay.errors import AssayError, sample
from assay.lineage.checks import first_difference


def check(name: str) -> str:
    """Say which decision holds.

    AssayError if there is none, if data, choice or a search changed since, or if conf/ has another model or features.
    """
    choice, incumbent, again = read_choice(name), candidate(INCUMBENT, 0, ()), f"assay choose {name}"
    folder = folder_of(name, incumbent)
    decided = read(folder, again)
    now = hashes(name, choice)
    if changed := sorted(one for one in {*now, *decided.files} if now.get(one) != decided.files.get(one)):
        raise AssayError("it was decided on another state of them", where=sample(changed), todo=again)
    if (found := configuration(incumbent)) != decided.configuration:
        key, chosen, here = first_difference("", decided.configuration, found)
        raise AssayError(
            f"conf/ has another model or other features than were chosen: {decided.chosen}; "
            f"{key.lstrip('.')} is {here!r} and was {chosen!r}",
            where=str(folder / DECISION),
            todo=_taking(decided, again),
        )
    return f"{folder / DECISION}: {decided.chosen}, decided on these data, and in use"


def _taking(decided: Decided, again: str) -> str:
    """The command that makes conf/ follow a decision: its overrides, if they still compose to what was chosen."""
    if decided.proposal and configuration(candidate(INCUMBENT, 0, tuple(decided.proposal))) == decided.configuration:
        return f"assay params {shlex.join(decided.proposal)}; assay params --keep"
    return f"set it back in conf/, then: assay params; or decide again: {again}"
