"""The folder of a decision in choices/: decision.json for programs, README.md and a picture for people."""

from dataclasses import fields
from pathlib import Path

from assay.choose.candidates import CHOICES, Candidate
from assay.choose.decision import Decided, Record, content
from assay.choose.page import as_markdown, picture
from assay.config.load import typed_as
from assay.errors import AssayError
from assay.files import Exact, read_json, replacing, write_json, write_text

DECISIONS = Path("choices")
DECISION, PAGE, PICTURE = "decision.json", "README.md", "candidates.svg"
KEYS = [item.name for item in fields(Decided)]


def folder_of(name: str, incumbent: Candidate) -> Path:
    """Where the decision is kept: one for each choice, dataset and label policy."""
    return _folder(name, incumbent.config.dataset.name, incumbent.config.labels.name)


def is_decided(dataset: str, labels: str) -> bool:
    """Whether any choice of conf/choice/ has been decided for this dataset and label policy."""
    return any((_folder(path.stem, dataset, labels) / DECISION).is_file() for path in CHOICES.glob("*.yaml"))


def _folder(name: str, dataset: str, labels: str) -> Path:
    return DECISIONS / f"{dataset}-{labels}-{name}"


def write(record: Record, path: Path) -> None:
    """Write the folder of a decision, whole or not at all."""
    with replacing(path) as scratch:
        scratch.mkdir()
        write_json(scratch / DECISION, Exact(content(record)), sort_keys=False)
        write_text(scratch / PICTURE, picture(record))
        write_text(scratch / PAGE, as_markdown(record, PICTURE))


def read(path: Path, todo: str) -> Decided:
    """The decision of a folder; AssayError, with what to do, if there is none."""
    file = path / DECISION
    if not file.exists():
        raise AssayError("nothing was decided yet", where=str(file), todo=todo)
    try:
        found = read_json(file)
        known = {key: found[key] for key in KEYS if key in found} if isinstance(found, dict) else found
        return typed_as(Decided, known, "decision")
    except AssayError as error:
        raise AssayError(f"not a decision of this release: {error.what}", where=str(file), todo=todo) from error
