"""`assay bundle export`, and the commands that take the archive."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assay.bundle import code
from assay.cli import commands, scoring
from flipped import flip

APPS = {"the whole command": commands.app, "the small one": scoring.app}


def assay(*arguments: str, app: str = "the whole command", **environment: str) -> Result:
    return CliRunner().invoke(APPS[app], arguments, env=environment)


@pytest.fixture
def archive(line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The archive of the small line, seen from an empty folder."""
    done = assay("bundle", "export", "-o", "../model.zip")
    assert done.exit_code == 0, done.output
    place = tmp_path / "model.zip"
    assert f"SHA-256: {sha256(place.read_bytes()).hexdigest()}" in done.output
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return place


def test_the_file_is_called_after_data_labels_and_hash_and_lies_where_one_stands(line: Path) -> None:
    os.chdir(line / "reports")
    assert assay("bundle", "export").exit_code == 0
    os.chdir(line)
    found = json.loads(assay("bundle", "show", "--json").output)["hash"]
    assert [path.name for path in Path("reports").glob("*.zip")] == [f"thyroid-overt-{found[:8]}.zip"]
    Path("out").mkdir()
    assert assay("bundle", "export", "-o", "out").exit_code == 0
    assert list(Path("out").glob("thyroid-overt-*.zip"))


def test_what_is_left_out_is_said(line: Path) -> None:
    Path("reports/metrics.json").write_text("{}")
    done = assay("bundle", "export")
    assert done.exit_code == 0
    assert "reports/metrics.json is left out: it is not of this very model" in done.output
    assert "audit" not in done.output


def test_a_model_that_was_not_audited_is_told(line: Path) -> None:
    Path("data/lineage/audit.json").unlink()  # as DVC does before it runs the stage
    done = assay("bundle", "export")
    assert "nothing shows that models/ has passed the audit and was evaluated: the audit did not pass" in done.output
    for name in ("model_card.md", "metrics.json", "intervals.json"):
        assert f"reports/{name} is left out" in done.output


def test_the_small_command_asks_which_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = assay("score", "in.csv", "-o", "out.csv", app="the small one")
    assert done.exit_code == 1
    assert "which model?" in done.output
    assert "model folder: --bundle FILE" in done.output


@pytest.mark.parametrize("app", APPS)
def test_an_archive_is_shown_and_checked_without_a_clone(app: str, archive: Path) -> None:
    said = assay("bundle", "show", str(archive), app=app).output
    for text in ("On the test fold:", "average_precision | ", sha256(archive.read_bytes()).hexdigest(), "lightgbm"):
        assert text in said
    shown = json.loads(assay("bundle", "show", "--json", str(archive), app=app).output)
    assert shown["metrics_on_test"]["recall"]["interval"]
    assert f"bundle: {shown['hash']}" in assay("bundle", "check", str(archive), app=app).output


def test_the_code_of_an_archive_can_be_read_before_it_is_trusted(archive: Path) -> None:
    said = assay("bundle", "show", "--code", str(archive)).output
    for path, content in code.installed("thyroid").items():
        assert f"/{path}\n{content.decode().rstrip()}" in said


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_changed_byte_in_an_archive_is_found(command: str, archive: Path) -> None:
    flip(archive)
    done = assay("bundle", command, str(archive))
    assert done.exit_code == 1
    assert "to do: get the archive again" in done.output


@pytest.mark.parametrize("app", APPS)
def test_records_are_scored_from_an_archive_as_from_the_folder(app: str, archive: Path) -> None:
    line = archive.parent / "line"
    for place, out in ((archive, "archive.csv"), (line / "models", "folder.csv")):
        done = assay("score", str(line / "data/raw/records.csv"), "--bundle", str(place), "-o", out, app=app)
        assert done.exit_code == 0, done.output
    assert Path("archive.csv").read_bytes() == Path("folder.csv").read_bytes()


def test_trust_is_an_option_or_a_variable(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = json.loads(assay("bundle", "show", "--json", str(archive)).output)["code_sha256"]["thyroid"]
    monkeypatch.setattr(code, "found", lambda plugin: {})
    refused = assay("bundle", "check", str(archive))
    assert refused.exit_code == 1
    assert stated in refused.output
    assert assay("bundle", "check", str(archive), "--trust", stated).exit_code == 0
    assert assay("bundle", "check", str(archive), ASSAY_TRUST=f"{'0' * 64} {stated}").exit_code == 0
