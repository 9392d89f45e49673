"""How a stage starts: from params.yaml, as a Hydra app, from any folder of the repo, and with the code of its copy."""

import pickle
import shutil
import subprocess
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.root import enter_root
from attacks import touching
from pipeline_copy import warm_python
from samples import ROOT


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    return subprocess.run([warm_python(), *arguments], cwd=cwd, capture_output=True, text=True)


def test_the_root_is_found_from_below(here: Path) -> None:
    deep = here / "src" / "assay"
    deep.mkdir(parents=True)
    assert enter_root(deep) == here
    assert Path.cwd() == here


def test_outside_a_repository_a_stage_says_so(tmp_path: Path) -> None:
    with pytest.raises(AssayError, match=r"no dvc\.yaml here or above"):
        enter_root(tmp_path)
    refused = run("-m", "assay.stages.split", cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("assay split: error: no dvc.yaml")


@pytest.mark.parametrize("arguments", ["--cfg job split.test_from=1986-08-01", "split.test_from=1986-08-01 --cfg job"])
def test_a_stage_shows_its_configuration_as_hydra_apps_do(arguments: str) -> None:
    shown = run("-m", "assay.stages.split", *arguments.split(), cwd=ROOT)
    assert shown.returncode == 0, shown.stderr
    assert "test_from: '1986-08-01'" in shown.stdout


@pytest.mark.parametrize("override", ["split.test_form=1986-08-01", "model=xgbost", "criteria.min_recall=2"])
def test_a_stage_refuses_a_wrong_override_and_names_it(override: str) -> None:
    refused = run("-m", "assay.stages.split", override, cwd=ROOT)
    assert refused.returncode != 0
    assert override.rpartition("=")[0].split(".")[-1] in refused.stderr
    assert "Traceback" not in refused.stderr


# What Hydra would call by itself, from a section that any file of conf/ could have.
CALLBACK = "  callbacks: {evil: {_target_: pandas.read_pickle, filepath_or_buffer: evil.pkl}}\n"
LOGGING = "  job_logging: {formatters: {evil: {(): pandas.read_pickle, filepath_or_buffer: evil.pkl}}}\n"


@pytest.mark.slow
@pytest.mark.parametrize("section", [CALLBACK, LOGGING], ids=["callback", "logging"])
@pytest.mark.parametrize("arguments", [["split.seed=1"], ["-m", "split.seed=1,2"]], ids=["one", "several"])
def test_a_section_for_hydra_runs_nothing(section: str, arguments: list[str], here: Path) -> None:
    shutil.copytree(ROOT / "conf", "conf")
    config = Path("conf/config.yaml")
    config.write_text(config.read_text().replace("  - override hydra/job_logging: disabled\n", "") + section)
    Path("evil.pkl").write_bytes(pickle.dumps(touching("executed")))
    ended = run("-m", "assay.stages.split", *arguments, cwd=here)
    assert "the file is missing" in ended.stderr, ended.stderr  # the stage itself ran
    assert not Path("executed").exists()


@pytest.mark.slow
def test_a_copy_of_the_repository_runs_its_own_code(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "src", copy / "src", symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "dvc.yaml", copy)
    shutil.copy(ROOT / "params.yaml", copy)
    split = copy / "src/assay/stages/split.py"
    split.write_text(split.read_text().replace("named = {", "raise SystemExit('the copy')\n    named = {"))
    assert "the copy" in run("-m", "assay.stages.split", cwd=copy).stderr


def test_a_python_that_takes_no_code_from_the_copy_is_told_so_and_not_started_for_ever(here: Path) -> None:
    (here / "src/assay").mkdir(parents=True)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from pathlib import Path; "
        f"from assay.config.start import _run_code_of; _run_code_of(Path({str(here)!r}))"
    )
    ended = run("-I", "-c", code, cwd=here)
    assert ended.returncode == 1
    assert "another copy of the code runs" in ended.stderr
