"""Compares dvc.lock and the run-cache with the statements of the stages, which say what really ran."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.lock import entry
from assay.doctor.outputs import address
from assay.doctor.runs import put_away
from assay.dvc_internals.run_cache import entries, sound
from assay.errors import AssayError
from assay.files import write_text, yaml_mapping
from assay.lineage.checks import shortened
from assay.lineage.graph import LOCK
from assay.lineage.lock import Entry, differences, own_md5
from assay.lineage.statement import location, parse

AGAIN = "dvc repro: the stage runs again"


def lock(clone: Clone) -> Iterator[Fault]:
    """Entries of dvc.lock that contradict the statement of their stage."""
    for stage, block in clone.lock.entries.items():
        if found := _false(clone, stage, entry(stage, block) or {}):
            what = f"what it says of {stage} is not true: {shortened(found)}"
            yield Fault(what, LOCK, "assay doctor --mend takes it out", partial(_take_out, clone, stage), then=AGAIN)


def run_cache(clone: Clone) -> Iterator[Fault]:
    """Results that the run-cache would return for other params or inputs than they were made from."""
    for path in filter(sound, entries(clone.cache)):  # others, the check `run-cache` finds
        content = yaml_mapping(path.read_text(encoding="utf-8"))
        stage = str(content.get("cmd", "")).rpartition(".")[2]
        if found := _false(clone, stage, content):
            what = f"a result of {stage} in the run-cache is not what it says: {shortened(found)}"
            where = str(path.relative_to(clone.cache))
            yield Fault(what, where, "assay doctor --mend puts it away", partial(put_away, path))


def _false(clone: Clone, stage: str, content: Entry) -> list[str]:
    """The false values in an entry; empty if its statement cannot be found or is damaged."""
    own = own_md5(content, stage)
    stated = _statement(clone, stage, own) if own else None
    with suppress(AssayError, ValueError):
        return differences(content, parse(json.loads(stated), stage)) if stated else []
    return []


def _statement(clone: Clone, stage: str, own: str) -> bytes | None:
    """The bytes of the statement with this hash, from the cache or the workspace; None if neither has it."""
    for path in (address(clone, own), clone.root / location(stage)):
        if clone.hashes.of([path]).get(path) == own:
            return path.read_bytes()
    return None


def _take_out(clone: Clone, stage: str, attic: Attic) -> None:
    entries = {name: block for name, block in clone.lock.entries.items() if name != stage}
    attic.copy(clone.root / LOCK)
    write_text(clone.root / LOCK, replace(clone.lock, entries=entries).text)


CHECKS = [
    Check(
        "record",
        "dvc.lock says of each stage what the stage itself stated: its parameters, inputs and outputs",
        lock,
        "takes the entry out: the stage runs again",
        quick=True,
    ),
    Check(
        "run-record",
        "the run-cache has no result of something else than what it says",
        run_cache,
        "puts it away",
        quick=True,
    ),
]
