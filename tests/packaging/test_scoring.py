"""The small distribution: it has what scoring needs, and no more."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from samples import ROOT

FOLDER = ROOT / "packaging/scoring"
PROJECT = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# What only the workshop needs.
# fmt: off
ROOMS = {
    "audit", "board", "budget", "cards", "choose", "compare", "diagnosis", "doctor", "dvc_internals", "evaluation",
    "experiments", "export", "forkserver", "lineage", "merging", "onboarding", "profile", "proof", "readiness",
    "registry", "report", "review_page", "sampling", "stages", "sweep",
}
# fmt: on
# Imported besides what is declared: these come with typer, pandas and pydantic; this one reads params.yaml, elsewhere.
BESIDE = {"rich", "numpy", "pydantic_core", "ruamel"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("dist"))


def built(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(FOLDER)], check=True)
    return next(folder.glob("assay_scoring-*.whl"))


def modules(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}


def imported(content: bytes) -> set[str]:
    nodes = list(ast.walk(ast.parse(content)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }


def distributions(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;~! ]", one)[0].lower() for one in requirements}


def test_it_has_the_rooms_that_score_and_no_other(wheel: Path) -> None:
    rooms = {name.split("/")[1] for name in modules(wheel)}
    assert {"bundle", "scoring", "serving", "web", "contract", "preparation", "datasets"} <= rooms
    assert not rooms & ROOMS


def test_each_file_is_that_of_the_source(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert all(archive.read(name) == (ROOT / "src" / name).read_bytes() for name in names)
    assert "assay/serving/page.html" in names


@pytest.mark.slow
def test_all_that_is_imported_of_other_projects_is_declared(wheel: Path) -> None:
    extras = [one for group in PROJECT["optional-dependencies"].values() for one in group]
    declared = distributions([*PROJECT["dependencies"], *extras])
    roots = {name.partition(".")[0] for content in modules(wheel).values() for name in imported(content)}
    others = roots - {"assay", *sys.stdlib_module_names} - BESIDE
    known = packages_distributions()
    brought = {name: {one.lower().replace("_", "-") for one in known.get(name, [name])} for name in others}
    assert not {name for name, found in brought.items() if not found & declared}


def test_its_dependencies_are_those_of_the_whole() -> None:
    extras = [one for groups in (PROJECT, WHOLE) for group in groups["optional-dependencies"].values() for one in group]
    whole = {*WHOLE["dependencies"], *extras}
    through_jinja2 = {"markupsafe"}
    assert {*PROJECT["dependencies"]} - through_jinja2 <= whole


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[\S+\])?==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_its_lock_has_the_versions_of_the_whole_and_no_workshop() -> None:
    small, whole = pins("requirements-scoring.lock"), pins("requirements-dev.lock")
    assert {name: version for name, version in small.items() if whole[name] != version} == {}
    assert distributions(PROJECT["dependencies"]) <= set(small)
    assert not {"dvc", "hydra-core", "matplotlib", "scikit-learn", "xgboost-cpu", "jinja2", "optuna"} & set(small)
    assert "://" not in (ROOT / "requirements-scoring.lock").read_text()


@pytest.mark.slow
def test_the_same_source_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert built(tmp_path).read_bytes() == wheel.read_bytes()


@pytest.mark.slow
def test_it_scores_byte_for_byte_as_the_whole_does(wheel: Path, line: Path, tmp_path: Path) -> None:
    """In an environment that has only what its lock names, far from the clone."""
    from assay.export.workspace import exported

    Path("model.zip").write_bytes(exported().content)
    run = alone(tmp_path / "alone", wheel)
    for command in (["bundle", "check", "model.zip"], ["bundle", "show", "model.zip"], ["--help"]):
        run("assay", *command)
    for place, out in (("model.zip", "small.csv"), ("models", "folder.csv")):
        run("assay", "score", "data/raw/records.csv", "--bundle", place, "-o", out)
    whole = [sys.executable, "-m", "assay.cli", "score", "data/raw/records.csv", "--bundle", "model.zip"]
    subprocess.run([*whole, "-o", "whole.csv"], check=True)
    assert Path("small.csv").read_bytes() == Path("folder.csv").read_bytes() == Path("whole.csv").read_bytes()
    lean = "import sys, assay.scoring.files; assert not {'sklearn', 'matplotlib', 'dvc'} & {*sys.modules}"
    run("python", "-c", f"{lean}; import assay.serving.start, assay.web.server")


def alone(folder: Path, wheel: Path) -> Callable[..., None]:
    """A function that runs a program of a fresh environment with the small distribution."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    run = {"PATH": str(folder / "bin")}
    # Compiled is only what is then imported, by whoever imports it.
    quick = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install", *quick]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements-scoring.lock")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)

    def inside(program: str, *arguments: str) -> None:
        subprocess.run([str(folder / "bin" / program), *arguments], check=True, env=run)

    return inside
