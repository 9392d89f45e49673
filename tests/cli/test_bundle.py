"""`assay bundle`: what a model folder is, and whether it is whole, from anywhere."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assay.cli.commands import app
from flipped import flip


def bundle(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["bundle", *arguments])


def test_a_whole_bundle_is_told_by_its_hash(line: Path) -> None:
    shown = json.loads(bundle("show", "--json").output)
    checked = bundle("check")
    assert checked.exit_code == 0
    assert f"bundle: {shown['hash']}" in checked.output
    assert json.loads(bundle("check", "--json").output)["hash"] == shown["hash"]


def test_what_a_bundle_is_can_be_read(line: Path) -> None:
    said = bundle("show").output
    for text in (
        "lightgbm",
        "treated: on_thyroxine",
        "overt thyroid disease",
        "recall at least 0.9",
        "reference.json",
    ):
        assert text in said
    assert "Out of fold on train and validation" in said
    assert "Intervals: 95%, of 500 resamples" in said
    assert "average_precision | " in said


def test_a_folder_elsewhere_needs_no_clone(line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("models").rename(tmp_path / "shared")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert bundle("check", "../shared").exit_code == 0
    assert bundle("show", "../shared").exit_code == 0
    assert "no dvc.yaml here or above" in bundle("check").output


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_changed_byte_is_found(command: str, line: Path) -> None:
    flip(Path("models/reference.json"))
    done = bundle(command)
    assert done.exit_code == 1
    assert "not the file that hashes.json lists" in done.output
    assert "models/reference.json" in done.output


def test_a_bundle_of_other_versions_is_shown_and_checked_on_request(line: Path) -> None:
    from assay.bundle.hashes import seal

    path = Path("models/bundle.json")
    path.write_text(path.read_text().replace('"lightgbm": "4.', '"lightgbm": "3.'))
    seal(Path("models"))
    assert bundle("check").exit_code == 1
    assert bundle("check", "--other-versions").exit_code == 0
    assert "lightgbm 3." in bundle("show").output
