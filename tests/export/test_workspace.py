"""What goes into an archive: this very model, and what was measured of it."""

import json
from pathlib import Path

import pytest

from assay.bundle import code
from assay.bundle.packing import EVIDENCE, unpack
from assay.errors import AssayError
from assay.export.workspace import exported
from flipped import flip

ARCHIVE = Path("model.zip")


def evidence() -> tuple[set[str], list[str]]:
    found = exported()
    ARCHIVE.write_bytes(found.content)
    return set(unpack(ARCHIVE).evidence), found.left_out


def test_all_that_belongs_to_the_model_comes_along(line: Path) -> None:
    there, left_out = evidence()
    assert there == {"model_card.md", "metrics.json", "intervals.json"}
    assert left_out == []
    found = unpack(ARCHIVE)
    assert found.evidence["metrics.json"] == Path("reports/metrics.json").read_bytes()
    assert {f"models/{name}" for name in found.model.files} | {"models/hashes.json"} == {
        path.as_posix() for path in Path("models").rglob("*") if path.is_file()
    }
    assert list(found.code.values()) == [code.installed("thyroid")]


def test_the_same_model_gives_the_same_bytes_and_name(line: Path) -> None:
    one = exported()
    for path in Path("models").rglob("*"):
        path.touch()
    assert exported() == one
    assert one.name == f"thyroid-overt-{_hash()[:8]}.zip"


def _hash() -> str:
    ARCHIVE.write_bytes(exported().content)
    return unpack(ARCHIVE).model.hash


@pytest.mark.parametrize("name", [path.as_posix() for path in EVIDENCE])
def test_what_was_changed_or_is_not_there_is_left_out_and_named(name: str, line: Path) -> None:
    with Path(name).open("a") as file:
        file.write(" ")
    assert evidence()[1] == [name]
    Path(name).unlink()
    assert evidence()[1] == [name]


def test_figures_of_another_model_are_left_out(line: Path) -> None:
    from assay.bundle.hashes import seal

    path = Path("models/reference.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "other": 1}))
    seal(path.parent)
    there, left_out = evidence()
    assert there == set()
    assert left_out == [path.as_posix() for path in EVIDENCE]


def test_a_model_without_statements_has_no_figures(line: Path) -> None:
    for stage in ("evaluate", "cards"):
        Path(f"data/lineage/{stage}.json").unlink()
    assert evidence()[0] == set()


def test_a_folder_that_is_not_whole_is_not_packed(line: Path) -> None:
    flip(Path("models/model.txt"))
    with pytest.raises(AssayError, match="not the file that"):
        exported()


def test_code_that_has_changed_since_the_training_is_not_packed(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "installed", lambda plugin: {"thyroid.py": b"x = 1"})
    with pytest.raises(AssayError, match="not that of the training"):
        exported()
