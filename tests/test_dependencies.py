"""dvc.yaml lists every module that a stage imports: DVC does not follow imports."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from assay.paths import CONTRACT
from samples import ROOT

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
SOURCES = {path.relative_to(ROOT / "src").with_suffix(""): path for path in (ROOT / "src").rglob("*.py")}
MODULES = {".".join(name.parts).removesuffix(".__init__"): path for name, path in SOURCES.items()}
# What only carries messages, names of files, and the configuration, whose values are params; with what it imports.
CARRIERS = ("assay", "assay.errors", "assay.machine", "assay.paths", "assay.progress", "assay.stages")


def imported(module: str) -> set[str]:
    """The modules of the project that a module imports, but for those that only its types need."""
    tree = ast.parse(MODULES[module].read_text())
    for_types = {id(node) for block in ast.walk(tree) if _for_types(block) for node in ast.walk(block)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in for_types:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & MODULES.keys()


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def closure(module: str) -> set[str]:
    """A module and all that it imports, directly or not."""
    seen: set[str] = set()
    waiting = {module}
    while waiting:
        seen |= waiting
        waiting = {found for one in waiting for found in imported(one) if one not in CARRIERS} - seen
    return seen


@pytest.mark.parametrize("stage", STAGES)
def test_every_module_that_can_change_a_stage_is_among_its_deps(stage: str) -> None:
    needed = [name for name in closure(f"assay.stages.{stage}") if name not in CARRIERS]
    paths = [MODULES[name].relative_to(ROOT) for name in needed if not name.startswith("assay.config")]
    listed = [Path(dep) for dep in STAGES[stage]["deps"]]
    assert sorted(str(path) for path in paths if not any(path.is_relative_to(dep) for dep in listed)) == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_reads_the_contract_of_the_dataset_depends_on_it(stage: str) -> None:
    if re.search(r"config\.dataset|\"dataset\"", MODULES[f"assay.stages.{stage}"].read_text()):
        of_params = [key for key in STAGES[stage].get("params", []) if key.partition(".")[0] == "dataset"]
        assert of_params or str(CONTRACT) in STAGES[stage]["deps"]
