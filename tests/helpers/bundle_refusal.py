"""A model folder whose description was changed, and how it is refused."""

import json
from pathlib import Path

import pytest

from assay.bundle.folder import load_model
from assay.errors import AssayError
from assay.files import write_json


def described(folder: Path, **changes: object) -> None:
    """Change what bundle.json says of the file."""
    content = json.loads((folder / "bundle.json").read_text())
    write_json(folder / "bundle.json", {**content, "file": {**content["file"], **changes}})


def refusal(folder: Path) -> str:
    before = set(Path().rglob("*"))
    with pytest.raises(AssayError) as caught:
        load_model(folder)
    assert str(folder) in caught.value.where
    assert "assay doctor --mend" in caught.value.todo
    assert set(Path().rglob("*")) == before
    return caught.value.what
