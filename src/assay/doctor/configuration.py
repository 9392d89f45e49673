"""conf/ and params.yaml."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.check import Check, Fault
from assay.doctor.clone import Clone
from assay.doctor.inputs import restoring
from assay.doctor.kept_experiment import disagreement
from assay.doctor.lock import CONFLICT
from assay.errors import AssayError
from assay.files import write_text, yaml_mapping
from assay.lineage.graph import PARAMS


def readable(clone: Clone) -> Iterator[Fault]:
    """A params.yaml that nobody wants: missing, cut, or with marks of a merge."""
    if fault := _fault(clone):
        todo = "assay params, or assay doctor --mend, which keeps a copy"
        yield Fault(fault, PARAMS, clone.first(todo), partial(_compose, clone.root))


def agreeing(clone: Clone) -> Iterator[Fault]:
    """conf/ and params.yaml disagree. Only a person knows which of them is meant."""
    from assay.config.compose import composed, difference

    if _fault(clone):
        return  # said already
    try:
        text = composed()
    except AssayError as error:
        if not (gone := [one for one in clone.changes if one.path.startswith("conf/") and "D" in one.index + one.tree]):
            raise
        todo = restoring([one.path for one in gone], staged=any(one.index == "D" for one in gone))
        yield Fault(f"cannot be composed: {error.what}", "conf", todo)
        return
    changed = difference(text, clone.root / PARAMS)
    if changed:
        lines = [line for line in changed.splitlines()[2:] if line[:1] in "+-"]
        shown = "; ".join(" ".join(line.split()) for line in lines[:4]) + (" ..." if len(lines) > 4 else "")
        found = disagreement(clone, text)
        mend = None if found.ran else partial(_compose, clone.root)
        yield Fault(
            f"{found.what}: {shown}", PARAMS, clone.first(found.todo), mend, advice=found.ran and not found.edited
        )


def _fault(clone: Clone) -> str:
    if not (clone.root / PARAMS).exists():
        return "the file is missing"
    text = clone.text(PARAMS)
    if CONFLICT.search(text):
        return "marks of a merge"
    try:
        yaml_mapping(text)
    except ValueError as error:
        return f"not YAML: {error}"
    committed = (clone.committed(PARAMS) or b"").decode(errors="replace")
    cut = committed != text and committed.startswith(text)
    return "cut short" if cut or not text.endswith("\n") else ""


def _compose(root: Path, attic: Attic) -> None:
    from assay.config.compose import composed

    text = composed()
    attic.copy(root / PARAMS)
    write_text(root / PARAMS, text)


CHECKS = [
    Check(
        "params-file",
        "params.yaml is there, whole, and without marks of a merge",
        readable,
        "composes it from conf/, keeps a copy",
        quick=True,
    ),
    Check("params", "params.yaml is what conf/ composes to", agreeing, "composes it from conf/, keeps a copy"),
]
