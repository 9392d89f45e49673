"""The assay command."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assay.cli.commands import app
from samples import ROOT


def assay(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def repository(here: Path) -> Path:
    for name in ("conf", "src"):
        (here / name).symlink_to(ROOT / name)
    return here


@pytest.mark.parametrize(
    "said",
    [
        "dvc repro",
        "dvc exp run -S model=logistic",
        "dvc exp show",
        "assay params",
        "assay report",
        "assay labels diff main",
    ],
)
def test_help_teaches_the_native_commands(said: str) -> None:
    assert said in assay("--help").output
    assert said in assay().output


def test_check_passes_where_params_and_conf_agree(repository: Path) -> None:
    checked = assay("params", "--check")
    assert (checked.exit_code, checked.output) == (0, "params.yaml: unchanged\n")


def test_check_fails_with_the_difference_and_writes_nothing(repository: Path) -> None:
    params = repository / "params.yaml"
    edited = params.read_text().replace("num_leaves: 31", "num_leaves: 9")
    params.write_text(edited)
    checked = assay("params", "--check")
    assert checked.exit_code == 1
    assert "-  num_leaves: 31" in checked.output
    assert "+  num_leaves: 9" in checked.output
    assert "to do:" in checked.output
    assert params.read_text() == edited


@pytest.mark.slow
def test_keep_says_what_it_wrote(here: Path) -> None:
    shutil.copytree(ROOT / "conf", here / "conf")
    (here / "src").symlink_to(ROOT / "src")
    assert assay("params", "model.num_leaves=3").exit_code == 0
    assert assay("params", "--keep").output == "conf/model/lightgbm.yaml: model.num_leaves: 31 -> 3\n"
    assert assay("params", "--keep").output == "conf/: unchanged\n"
    assert assay("params", "--check").exit_code == 0


@pytest.mark.parametrize("other", ["--check", "model=logistic"])
def test_keep_takes_params_as_it_is(other: str, repository: Path) -> None:
    refused = assay("params", "--keep", other)
    assert refused.exit_code == 1
    assert "--keep takes params.yaml as it is" in refused.output


def test_params_writes_what_is_asked_for_and_back(repository: Path) -> None:
    before = (repository / "params.yaml").read_bytes()
    assert assay("params", "model=logistic", "model.C=0.3").output == "params.yaml: written\n"
    assert "C: 0.3" in (repository / "params.yaml").read_text()
    assert assay("params").output == "params.yaml: written\n"
    assert (repository / "params.yaml").read_bytes() == before


def test_a_wrong_override_leaves_the_params_as_they_are(repository: Path) -> None:
    before = (repository / "params.yaml").read_bytes()
    refused = assay("params", "model.num_leaves=abc")
    assert refused.exit_code == 1
    assert "model.num_leaves" in refused.output
    assert (repository / "params.yaml").read_bytes() == before


def test_debug_shows_the_traceback(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_DEBUG", "")
    assert "Traceback" not in assay("params", "seed=1").output
    assert "Traceback" in assay("--debug", "params", "seed=1").output


def test_the_report_is_found_from_a_subfolder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = assay("report")
    assert refused.exit_code == 1
    assert "to do: run: dvc repro" in refused.output
    page = repository / "reports/report.html"
    page.parent.mkdir()
    page.touch()
    monkeypatch.chdir(page.parent)
    assert assay("report", "--no-browser").output == f"{page}\n"
