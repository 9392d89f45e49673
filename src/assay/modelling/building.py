"""Builds the estimator of a model's configuration, from the zoo or a declared library."""

from collections.abc import Callable
from importlib import import_module
from inspect import isclass, isfunction
from typing import Any

from assay.config.targets import MEMBERS, TARGET, ZOO, model_faults, target_fault
from assay.errors import AssayError
from assay.machine import of_the_system

NOT_PARAMETERS = ("name", "threshold")
CANNOT, CORRECT = "the estimator cannot be made", "correct its parameters"
OF_ESTIMATORS = ("fit", "get_params", "set_params")


def build(model: dict[str, Any]) -> Any:
    """The unfitted estimator of a `model` configuration; AssayError if it cannot be made.

    A parameter with a `_target_` is an estimator too, and is made first. Every name is checked before any import.
    """
    where = f"conf/model/{model['name']}.yaml"
    if found := model_faults(model, "model"):
        raise AssayError("; ".join(found), where=where, todo="see CONTRIBUTING.md, 'Add a model'")
    members = {name: build(member) for name, member in model.get(MEMBERS, {}).items()}
    own = {key: value for key, value in model.items() if key not in (*NOT_PARAMETERS, MEMBERS)}
    try:
        return resolved(own.pop(TARGET))(**made(own), **({MEMBERS: members} if members else {}))
    except AssayError as error:
        raise AssayError(f"{CANNOT}: {error.what}", where=where, todo=error.todo or CORRECT) from error
    except Exception as error:  # whatever the estimator's constructor raises
        if of_the_system(error) and not _no_such_module(error):
            raise
        reason = str(error).partition("\n")[0]
        raise AssayError(f"{CANNOT}: {reason}", where=where, todo=CORRECT) from error


def _no_such_module(error: Exception) -> bool:
    """Whether a library that is installed has no module of the name that the configuration says."""
    return isinstance(error, ModuleNotFoundError) and "." in (error.name or "")


def made(node: Any) -> Any:
    """A value of the configuration, with an estimator in place of each mapping that has a `_target_`."""
    if isinstance(node, list):
        return [made(item) for item in node]
    if not isinstance(node, dict):
        return node
    parameters = {name: made(value) for name, value in node.items() if name != TARGET}
    return resolved(node[TARGET])(**parameters) if TARGET in node else parameters


def resolved(target: str) -> Callable[..., Any]:
    """The estimator's class, or a function of the zoo that makes one; AssayError if the name means anything else."""
    if fault := target_fault(target, TARGET):
        raise AssayError(fault)
    path, _, name = target.rpartition(".")
    found: Any = getattr(import_module(path), name, None)
    if _is_estimator(found, of=path.partition(".")[0]) or _is_factory(found):
        return found
    raise AssayError(f"{target} is no estimator")


def _is_estimator(found: Any, of: str) -> bool:
    """Whether this is a class of that library with the methods of a scikit-learn estimator."""
    own = isclass(found) and found.__module__.partition(".")[0] == of
    return own and all(callable(getattr(found, method, None)) for method in OF_ESTIMATORS)


def _is_factory(found: Any) -> bool:
    return isfunction(found) and found.__module__ == ZOO and not found.__name__.startswith("_")
