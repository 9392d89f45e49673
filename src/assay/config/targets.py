"""The code that a configuration may name: the repository's own, and the estimators of model libraries.

Only names are checked here, before anything is imported. `assay.datasets` and `assay.modelling.building` ask here
first, then import, then check what they found.
"""

import re
import reprlib
from collections.abc import Iterator, Mapping
from typing import Any

DATASETS, ZOO = "assay.datasets", "assay.modelling.zoo"
LIBRARIES = ("sklearn", "xgboost", "lightgbm")  # whose estimators `_target_` may name
TARGET = "_target_"
MEMBERS = "members"  # of an ensemble: models by name, each with a configuration of its own
RULE_CLASSIFIER = f"{ZOO}.RuleClassifier"

NAME = "[A-Za-z][A-Za-z0-9_]*"  # a public name of a module, or in one
KNOWLEDGE_PATH = re.compile(rf"{DATASETS}(\.{NAME})+", re.ASCII)
FUNCTION_PATH = re.compile(rf"{DATASETS}(\.{NAME}){{2,}}", re.ASCII)
OWN_PATH = re.compile(rf"{ZOO}\.{NAME}", re.ASCII)
LIBRARY_PATH = re.compile(rf"(?P<library>{NAME})(\.{NAME})+", re.ASCII)
# Parameters by which libraries read or write files. A cache folder (`memory`) is unpickled.
FILES = re.compile(
    r"(.*_)?(memory|cachedir|file|filename|filenames|dir|directory|path|log|borders|input_model|output_model)"
    r"|config|fs|forced_splits|machine_list|mlist|model_(in|input|out|output)"  # of LightGBM, beside these
)
# Of LightGBM: with which other machines it talks.
NETWORK = {"machines", "workers", "nodes", "num_machines", "num_machine", "local_listen_port", "local_port", "port"}
ANOTHER = re.compile(r"\s.*=|=.*\s", re.S)
FROM_FILES = {"input": ("file", "filename")}
SHORT = reprlib.Repr()
SHORT.maxstring = 100


def knowledge_fault(value: str, key: str) -> str | None:
    """The fault of a dataset's `knowledge`, the name of a module; None without one."""
    if KNOWLEDGE_PATH.fullmatch(value):
        return None
    return f"{key}={SHORT.repr(value)} is no module under {DATASETS}"


def function_fault(value: str, key: str) -> str | None:
    """The fault of the name of a hand rule; None without one."""
    if isinstance(value, str) and FUNCTION_PATH.fullmatch(value):
        return None
    return f"{key}={SHORT.repr(value)} is no function of a module under {DATASETS}"


def target_fault(value: Any, key: str) -> str | None:
    """The fault of the name of an estimator; None without one."""
    if isinstance(value, str):
        found = LIBRARY_PATH.fullmatch(value)
        if OWN_PATH.fullmatch(value) or (found and found["library"] in LIBRARIES):
            return None
    return f"{key}={SHORT.repr(value)} is neither in {ZOO} nor an estimator of: {', '.join(LIBRARIES)}"


def model_faults(model: Any, key: str) -> list[str]:
    """Everything that is wrong in a model's configuration, at any depth."""
    return list(_faults(model, key))


def _faults(node: Any, key: str) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for number, item in enumerate(node):
            yield from _faults(item, f"{key}[{number}]")
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from filter(None, [_parameter_fault(str(name), value, f"{key}.{name}")])
            yield from _faults(value, f"{key}.{name}")
        if node.get(TARGET) == RULE_CLASSIFIER and node.get("rule") is not None:
            yield from filter(None, [function_fault(node["rule"], f"{key}.rule")])


def _parameter_fault(name: str, value: Any, key: str) -> str | None:
    if name == TARGET:
        return target_fault(value, key)
    if name.startswith("_"):
        return f"{key} is not allowed: of the names that begin with _ only {TARGET}"
    if (FILES.fullmatch(name) and not isinstance(value, bool | None)) or value in FROM_FILES.get(name, ()):
        return f"{key}={SHORT.repr(value)} is not allowed: the library would read or write files by it"
    if name in NETWORK:
        return f"{key}={SHORT.repr(value)} is not allowed: the library would open a connection by it"
    if any(ANOTHER.search(text) for text in (name, *_texts(value))):
        return f"{key}={SHORT.repr(value)} is not allowed: a text with a blank and = is another parameter to LightGBM"
    return None


def _texts(value: Any) -> Iterator[str]:
    """The text of a parameter, or those of a list of them."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
