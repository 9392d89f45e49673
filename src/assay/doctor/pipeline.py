"""DVC's configuration, dvc.yaml and dvc.lock: there, whole, and in the commit's order."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.lock import Lock, Mended, mended, split
from assay.errors import AssayError
from assay.files import write_bytes, yaml_mapping
from assay.lineage.graph import DVC_YAML, LOCK

CONFIGURATION = (".dvc/config", ".dvc/config.local")
OTHER_SIDES = ("MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")


def configuration(clone: Clone) -> Iterator[Fault]:
    """A configuration that DVC cannot read, as it is cut when a command is killed: then no command of DVC starts."""
    from configobj import ConfigObj, ConfigObjError

    for name in CONFIGURATION:
        try:
            ConfigObj(clone.text(name).splitlines())
        except ConfigObjError as error:
            yield Fault(f"DVC cannot read it: {' '.join(str(error).split())}", name, "correct it, with an editor")


def graph(clone: Clone) -> Iterator[Fault]:
    """A dvc.yaml that is missing or cannot be read. People write it, so only a missing one is restored."""
    content = clone.committed(DVC_YAML)
    if not (clone.root / DVC_YAML).exists():
        mend = partial(_write, clone, DVC_YAML, content) if content else None
        yield Fault("the file is missing", DVC_YAML, "git restore dvc.yaml", mend)
        return
    try:
        stages = yaml_mapping(clone.text(DVC_YAML)).get("stages")
        if not isinstance(stages, dict):
            raise ValueError("no stages")
    except ValueError as error:
        yield Fault(f"not a graph of stages: {error}", DVC_YAML, "correct it: git diff dvc.yaml shows what changed")


def lock(clone: Clone) -> Iterator[Fault]:
    """A dvc.lock that DVC refuses, that it reads wrongly, or that git put together from two sides."""
    text, fixed = clone.text(LOCK), whole(clone)
    if fixed.faults and fixed.text and fixed.text != text:
        mend = partial(_write, clone, LOCK, fixed.text.encode())
        todo = "assay doctor --mend takes what is whole, and the rest from the last commit"
        yield Fault("; ".join(fixed.faults), LOCK, clone.first(todo), mend)


def whole(clone: Clone) -> Mended:
    """dvc.lock as it should be."""
    head = split((clone.committed(LOCK) or b"").decode(errors="replace"))
    outs = {name: node.outs for name, node in clone.stages.items()}
    return mended(clone.lock, clone.text(LOCK), head, list(_sides(clone)), outs)


def _sides(clone: Clone) -> Iterator[Lock]:
    """The locks of the other sides of a merge that is under way."""
    for name in OTHER_SIDES:
        with suppress(AssayError):
            sha = clone.git("rev-parse", "--verify", "--quiet", name)
            yield split((clone.committed(LOCK, sha) or b"").decode(errors="replace"))


def _write(clone: Clone, name: str, content: bytes, attic: Attic) -> None:
    attic.copy(clone.root / name)
    write_bytes(clone.root / name, content)


CHECKS = [
    Check("dvc-config", "DVC can read its configuration", configuration, quick=True),
    Check(
        "dvc-yaml", "dvc.yaml is there and can be read", graph, "brings a missing one back from the commit", quick=True
    ),
    Check(
        "dvc-lock",
        "dvc.lock is whole, in the commit's order of stages, and of one side of a merge",
        lock,
        "keeps each entry that is whole, takes the others from the commit",
        quick=True,
    ),
]
