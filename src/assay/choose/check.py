"""Says whether the last decision of a choice holds, and whether conf/ follows it."""

import shlex
from collections.abc import Sequence

from assay.choose.candidates import INCUMBENT, candidate, read_choice
from assay.choose.decision import configuration
from assay.choose.folder import DECISION, folder_of, read
from assay.choose.judging import hashes
from assay.errors import AssayError, sample


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
    if configuration(incumbent) != decided.configuration:
        raise AssayError(
            f"conf/ has another model or other features than were chosen: {decided.chosen}",
            where=str(folder / DECISION),
            todo=_taking(decided.proposal, again),
        )
    return f"{folder / DECISION}: {decided.chosen}, decided on these data, and in use"


def _taking(proposal: Sequence[str], again: str) -> str:
    """What to type so that conf/ follows a decision."""
    if not proposal:
        return f"take conf/ back, or decide again: {again}"
    return f"assay params {shlex.join(proposal)}; assay params --keep"
