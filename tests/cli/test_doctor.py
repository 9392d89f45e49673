"""`assay doctor` and `assay back` as commands: from anywhere, in a broken clone, and what they exit with."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assay.cli.commands import app
from samples import ROOT


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a commit, without DVC's part."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    (tmp_path / "params.yaml").write_text("a: 1\n")
    (tmp_path / "below").mkdir()
    for command in ("init --quiet", "add .", "-c user.name=a -c user.email=a@example.org commit --quiet -m start"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    return tmp_path


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", "--quick", *arguments])


def test_a_healthy_one(here: Path) -> None:
    result = doctor()
    assert result.exit_code == 0, result.output
    assert result.output.startswith("healthy: ")


def test_a_broken_one_from_a_subfolder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "dvc.yaml").unlink()
    monkeypatch.chdir(here / "below")
    result = doctor()
    assert result.exit_code == 1
    assert "dvc.yaml: the file is missing" in result.output
    assert "to do: assay doctor --mend" in result.output
    monkeypatch.chdir(here / "below")
    result = doctor("--mend")
    assert result.exit_code == 0, result.output
    assert "mended  dvc-yaml" in result.output
    assert (here / "dvc.yaml").read_text() == "stages: {}\n"


def test_what_cannot_be_mended_is_left_with_what_to_do(here: Path) -> None:
    (here / "dvc.yaml").write_text("stages: [")
    result = doctor("--mend")
    assert result.exit_code == 1
    assert "left    dvc-yaml" in result.output
    assert (here / "dvc.yaml").read_text() == "stages: ["
    assert doctor("--skip", "dvc-yaml").exit_code == 0


def test_an_unknown_check(here: Path, capfd: pytest.CaptureFixture) -> None:
    assert doctor("--skip", "nonsense").exit_code == 1


def test_back(here: Path) -> None:
    (here / "params.yaml").write_text("a: 2\n")
    subprocess.run(["git", "add", "params.yaml"], cwd=here, check=True)
    (here / "mine.txt").write_text("mine")
    result = CliRunner().invoke(app, ["back"])
    assert result.exit_code == 0, result.output
    assert "1 file(s)" in result.output
    assert (here / "params.yaml").read_text() == "a: 1\n"
    assert (here / "mine.txt").read_text() == "mine"
    assert next((here / ".assay/doctor").rglob("params.yaml")).read_text() == "a: 2\n"


def test_it_looks_where_nothing_can_be_imported(here: Path) -> None:
    """With the standard library alone, as in an environment that was never installed."""
    program = "import sys; sys.path[:0] = [sys.argv.pop(1)]; from assay.doctor.__main__ import main; main()"
    (here / "dvc.yaml").unlink()
    command = [sys.executable, "-I", "-S", "-c", program, str(ROOT / "src"), "--quick"]
    done = subprocess.run(command, cwd=here / "below", capture_output=True, text=True)
    assert done.returncode == 1
    assert "dvc.yaml: the file is missing" in done.stdout, done.stderr
    assert done.stdout.count("No module named") == 1
    assert "make repro installs them into .venv" in done.stdout.partition("not looked at for want of packages: ")[0]


def test_to_look_at_a_healthy_clone_neither_dvc_nor_pandas_is_imported(here: Path) -> None:
    program = "import sys; from assay.cli.commands import app; app(['doctor', '--quick'], standalone_mode=False); "
    program += "print(sorted({'dvc', 'pandas', 'hydra', 'numpy', 'pyarrow', 'tqdm'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], cwd=here, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
