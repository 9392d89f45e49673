"""The code files that can change a stage's outputs, found by its imports, which DVC does not follow."""

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from assay.errors import AssayError
from assay.lineage.links import PACKAGE

SOURCE = PACKAGE.parent
STAGES = "assay.stages"
# Imported everywhere, but no output depends on them. Their imports are not followed.
CARRIERS = {
    "assay.cluster": "connects",
    "assay.errors": "messages",
    "assay.forkserver.client": "starts a stage",
    "assay.git": "runs git",
    "assay.machine": "messages",
    "assay.memory": "refuses what does not fit",
    "assay.paths": "names of files, which dvc.yaml states",
    "assay.root": "changes to the folder",
    "assay.progress": "shown on a terminal",
    "assay.terminal": "shown on a terminal",
    "assay.stages": "holds nothing",
    "assay.config.start": "starts a stage",
    "assay.config.compose": "writes params.yaml, whose values are `params`",
    "assay.config.load": "reads params.yaml, whose values are `params`; tests hold it to OmegaConf's reading",
    "assay.config.schema": "says which values params.yaml may have",
    "assay.config.names": "refuses names",
    "assay.config.targets": "refuses names of code",
    "assay.config.unknown_key": "messages",
    "assay.lineage.busy": "refuses to start",
    "assay.lineage.checks": "refuses inputs",
    "assay.lineage.costs": "notes, which no output holds",
    "assay.lineage.graph": "reads dvc.yaml",
    "assay.lineage.lock": "reads dvc.lock",
    "assay.overview.load": "reads revisions for people",
}
STATEMENT = "assay.lineage.running"  # makes the statement, an output of every stage
# Modules that import others by a name from the configuration, and the modules that they may import.
REACHED = {
    "assay.bundle.importing": "assay.datasets",
    "assay.datasets": "assay.datasets",
    "assay.modelling.building": "assay.modelling.zoo",
}
TEMPLATE = re.compile(r"[a-z_]+(?:\.[a-z]+)*\.(?:j2|json|html)")
EXTENDED = re.compile(r'{%-? *(?:extends|include|import|from) +"([^"]+)"')


def dependencies(stage: str) -> tuple[list[Path], list[Path]]:
    """The files of code that can change a stage's outputs, and the folders whose files may be imported by any name.

    What lies in such a folder is no file of its own: a new one there must count before `assay deps` has seen it.
    """
    needed = needed_by({f"{STAGES}.{stage}", STATEMENT})
    named = [PACKAGE.parent.joinpath(*name.split(".")) for name in set(REACHED.values())]
    folders = sorted(one for one in named if one.is_dir() and any(path.is_relative_to(one) for path in needed))
    return sorted(path for path in needed if not any(path.is_relative_to(one) for one in folders)), folders


def needed_by(modules: set[str]) -> set[Path]:
    """The files of modules, and of everything that they import or name, directly or not, without `CARRIERS`."""
    return {path for path in files_of(reached(modules, CARRIERS)) if does_something(path)}


def reached(modules: Collection[str], without: Collection[str]) -> set[str]:
    """Modules of the project by name, and all that they import, directly or not, but for what `without` names."""
    seen: set[str] = set()
    waiting = set(modules)
    while waiting:
        seen |= waiting
        waiting = {found for one in waiting for found in _imported(one)} - seen - set(without)
    return seen


def files_of(modules: Collection[str]) -> set[Path]:
    """The files of modules, and the templates and tables that these name."""
    paths = {_modules()[name] for name in modules}
    return paths | {file for path in paths for file in _files(path)}


def _imported(module: str) -> set[str]:
    """The modules of the project that a module imports, without those that only its type hints need."""
    tree = _parsed(_modules()[module])
    for_types = {id(node) for block in ast.walk(tree) if _is_for_types(block) for node in ast.walk(block)}
    found = set(_reached(module, tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and id(node) not in for_types:
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in for_types:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return (found | _packages_of(found)) & _modules().keys()


def _reached(module: str, tree: ast.Module) -> Iterator[str]:
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
    if names & {"import_module", "importlib"} and module not in REACHED:
        todo = f"say in REACHED of {__name__} what it reaches"
        raise AssayError(f"{module} imports modules by name", where=str(_modules()[module]), todo=todo)
    if module in REACHED:
        yield from (name for name in _modules() if f"{name}.".startswith(f"{REACHED[module]}."))


def _packages_of(names: set[str]) -> set[str]:
    """The packages around modules: their `__init__` runs too."""
    return {name.rsplit(".", depth)[0] for name in names for depth in range(1, name.count(".") + 1)}


def _files(module: Path) -> set[Path]:
    """The templates and tables that a module names in a text: those beside it, and those that all pages share."""
    found: set[Path] = set()
    waiting = {
        node.value
        for node in ast.walk(_parsed(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TEMPLATE.fullmatch(node.value)
    }
    while waiting:
        beside = {folder / name for name in waiting for folder in (module.parent, PACKAGE / "presentation")}
        new = {path for path in beside if path.exists()} - found
        found |= new
        waiting = {name for path in new if path.suffix == ".j2" for name in EXTENDED.findall(path.read_text("utf-8"))}
    return found


def does_something(path: Path) -> bool:
    """Whether a file has more than a docstring."""
    return path.suffix != ".py" or not all(isinstance(node, ast.Expr) for node in _parsed(path).body)


@cache
def _modules() -> dict[str, Path]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return {".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
